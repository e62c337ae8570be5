"""The pytest plugin: a fixture with a mock server, and the options of the contract tests.

Every pytest run imports this module in every project that has pixelpact installed, so it imports only pytest
and the standard library; the fixture imports everything else when it is used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pixelpact.mockserver import ControlClient, Picture, Server

_CONTRACT_TESTS = "pixelpact.contract_tests"
_PACE_INI = "pixelpact_pace"
#: The length of the API's own keys, in characters.
_KEY_LENGTH = 32
#: Options of the contract tests with a value: name, type and help.
_OPTIONS: tuple[tuple[str, Callable[[str], object], str], ...] = (
    ("profile", str, "answers that the contract tests expect: a file, or `default` for the built-in ones"),
    ("max-requests", int, "send at most so many requests"),
    ("max-paid-jobs", int, "create at most so many jobs that may spend credits"),
    ("rate", float, "send at most so many requests a second"),
    ("max-time", float, "take at most so many seconds"),
    ("listener-url", str, "where callbacks reach this machine from the API"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the contract tests and the settings of the fixture."""
    group = parser.getgroup("pixelpact", "pixelpact: contract tests and mock server of API2Convert")
    group.addoption(
        "--pixelpact-base-url",
        metavar="URL",
        default=os.environ.get("PIXELPACT_BASE_URL"),
        help="API that the contract tests run against, such as http://127.0.0.1:8010/v2 "
        "(also PIXELPACT_BASE_URL)",
    )
    group.addoption(
        "--pixelpact-api-key-env",
        metavar="NAME",
        default=None,
        help="environment variable that holds the API key for the contract tests, so that no key is on a "
        "command line (default: API2CONVERT_API_KEY)",
    )
    for name, kind, text in _OPTIONS:
        group.addoption(f"--pixelpact-{name}", type=kind, default=None, metavar=name.upper(), help=text)
    group.addoption(
        "--pixelpact-listener-port",
        type=int,
        default=0,
        metavar="PORT",
        help="port that the listener URL leads to",
    )
    group.addoption(
        "--pixelpact-has",
        action="append",
        metavar="WHAT",
        help="what the account has: few-credits (one or two left), concurrency-limit",
    )
    parser.addini(
        _PACE_INI, "pace of the `pixelpact` fixture's jobs: instant, polls=N or realistic", default="instant"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the hooks of the contract tests, where they are what pytest is given."""
    if config.option.pyargs and any(arg.startswith(_CONTRACT_TESTS) for arg in config.args):
        from pixelpact.contract_tests import pytest_items

        config.pluginmanager.register(pytest_items, "pixelpact-contract-tests")


class MockApi:
    """The value of the fixture `pixelpact`: a running mock server, with the key and control of each test."""

    def __init__(self, server: Server) -> None:
        #: The server itself, with its clock and settings.
        self.server = server
        self._control: tuple[str, ControlClient] | None = None

    def __repr__(self) -> str:
        return f"<pixelpact mock API at {self.base_url}>"

    @property
    def base_url(self) -> str:
        """The base URL of the API: `Api2Convert(key, base_url=pixelpact.base_url)`."""
        return self.server.base_url

    @property
    def api_key(self) -> str:
        """The API key of the running test; it opens an account that no other test uses."""
        test, _, _ = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")
        # Hashed, because a test may be called test_invalid_..., and a key with that word is refused.
        return hashlib.sha256(test.encode()).hexdigest()[:_KEY_LENGTH]

    @property
    def control(self) -> ControlClient:
        """Controls the account of the running test: its scenarios, clock and journal."""
        from pixelpact.mockserver import ControlClient

        key = self.api_key
        if self._control is None or self._control[0] != key:
            self.close()
            self._control = key, ControlClient(self.server.url, api_key=key)
        return self._control[1]

    def close(self) -> None:
        """Close the connection to the control API."""
        if self._control is not None:
            self._control[1].close()

    @staticmethod
    def read_image(content: bytes) -> Picture:
        """The picture that the bytes of a placeholder image show, with the options of its request.

        Raises:
            ImageError: the bytes are not a placeholder image, or damaged.
        """
        from pixelpact.mockserver import read_image

        return read_image(content)


@pytest.fixture(scope="session")
def pixelpact(request: pytest.FixtureRequest) -> Iterator[MockApi]:
    """A mock server of API2Convert in a thread, on a free port of 127.0.0.1.

    One server serves all tests of a process; each test has its own account, by `pixelpact.api_key`.
    """
    from pixelpact.mockserver import Server, Settings

    with Server(Settings(pace=request.config.getini(_PACE_INI))) as server:
        api = MockApi(server)
        yield api
        api.close()
