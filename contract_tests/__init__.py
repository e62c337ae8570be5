"""Contract tests: pytest tests that know only the URL of an API, and a machine of random calls.

pytest --pyargs pixelpact.contract_tests --pixelpact-base-url http://127.0.0.1:8010/v2
"""

from pixelpact.contract_tests.client.errors import ContractBroken
from pixelpact.contract_tests.client.findings import Finding
from pixelpact.contract_tests.machine.base import JOBS
from pixelpact.contract_tests.machine.machine import JobMachine, machine_for

__all__ = ["JOBS", "ContractBroken", "Finding", "JobMachine", "machine_for"]
