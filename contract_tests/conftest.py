"""Fixtures of the contract tests: the API that the command line names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from pixelpact.contract_tests.client.client import ApiClient

#: On this machine, a mock server accepts any key.
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOOPBACK_KEY = "pixelpact-contract-tests"


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Report a missing URL or key in one line, instead of as an error of every test."""
    _base_url(config)
    _api_key(config)


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> Iterator[ApiClient]:
    """The API under test."""
    api = ApiClient(_base_url(request.config), _api_key(request.config))
    yield api
    api.close()


def _base_url(config: pytest.Config) -> str:
    url: str | None = config.getoption("--pixelpact-base-url")
    if not url:
        raise pytest.UsageError(
            "The contract tests need the URL of an API: --pixelpact-base-url http://127.0.0.1:8010/v2 "
            "(`pixelpact serve` starts one there)"
        )
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise pytest.UsageError(
            f"--pixelpact-base-url must be a URL such as http://127.0.0.1:8010/v2, got {url!r}"
        )
    return url


def _api_key(config: pytest.Config) -> str:
    variable: str = config.getoption("--pixelpact-api-key-env")
    key = os.environ.get(variable, "")
    if not key and urlsplit(_base_url(config)).hostname in _LOOPBACK:
        return _LOOPBACK_KEY
    if not key:
        raise pytest.UsageError(
            f"The contract tests need an API key in the environment variable {variable} "
            "(--pixelpact-api-key-env names another one)"
        )
    return key
