"""Contract tests: pytest tests that know nothing but the URL of an API.

pytest --pyargs pixelpact.contract_tests --pixelpact-base-url http://127.0.0.1:8010/v2
"""
