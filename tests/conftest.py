"""What all our tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from pixelpact.mockserver import ManualClock, Server, Settings
from pixelpact.mockserver.server import serving
from pixelpact.mockserver.service import mock
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import Profile, headers
from tests.conformance import Findings, Judged
from tests.loopback import FORBIDDEN, watch_sockets, watch_uvloop
from tests.strict_store import StrictStore

pytest_plugins = ["pytester"]

# A busy machine is no fault of what is tested.
settings.register_profile(
    "pixelpact", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pixelpact")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--strict-store", action="store_true", help="run all servers on the strict test store")


@pytest.fixture(scope="session", autouse=True)
def _stores(request: pytest.FixtureRequest) -> Iterator[None]:
    """With `--strict-store`, puts that store under every server that a test of this process starts."""
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--strict-store"):
            patch.setattr(mock, "MemoryStore", StrictStore)
        yield


watch_sockets()

_FINDINGS = Findings()
_REACHED: set[str] = set()


@pytest.fixture(scope="session", autouse=True)
def _on_loopback() -> Iterator[None]:
    """Watches the event loop of servers, whose sockets are its own."""
    with pytest.MonkeyPatch.context() as patch:
        watch_uvloop(patch)
        yield


@pytest.fixture(autouse=True)
def _nobody_called(_on_loopback: None) -> Iterator[None]:
    """Fails a test that tried to reach another machine."""
    FORBIDDEN.clear()
    yield
    assert FORBIDDEN == [], "only this machine may be called"


@pytest.fixture(scope="session", autouse=True)
def _judged() -> Iterator[None]:
    """Puts a judge in front of every server that a test of this process starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "create_app", lambda mock: Judged(mock, _FINDINGS, _REACHED))
        yield
    assert _FINDINGS.take_rest() == [], (
        "openapi.json does not allow these answers, which came after their test"
    )


@pytest.fixture(autouse=True)
def _as_documented(request: pytest.FixtureRequest, _judged: None) -> Iterator[None]:
    """Fails a test during which a server answered what `openapi.json` does not allow."""
    test = request.node.nodeid
    _FINDINGS.begin(test, exempt=request.node.get_closest_marker("undocumented") is not None)
    yield
    assert _FINDINGS.take(test) == [], "openapi.json does not allow these answers"


@pytest.fixture(scope="session")
def reached() -> set[str]:
    """The operations that the tests of this process have reached so far."""
    return _REACHED


@pytest.fixture(scope="session")
def web() -> Iterator[httpx.Client]:
    """A plain client without a key. (No certificates: loading them takes longer than most tests.)"""
    with httpx.Client(verify=False) as client:
        yield client


@pytest.fixture
def http(pixelpact: MockApi) -> Iterator[httpx.Client]:
    """A plain client of the mock API, with this test's own account."""
    key = {headers().api_key[0]: pixelpact.api_key}
    with httpx.Client(base_url=pixelpact.base_url, headers=key, verify=False) as client:
        yield client


@pytest.fixture
def play(pixelpact: MockApi) -> Iterator[Callable[..., httpx.Client]]:
    """Has scenarios in force for the account of this test; gives its client."""
    opened: list[httpx.Client] = []

    def choose(*choices: Any) -> httpx.Client:
        pixelpact.control.choose(*choices)
        key = {headers().api_key[0]: pixelpact.api_key}
        opened.append(httpx.Client(base_url=pixelpact.base_url, headers=key, verify=False))
        return opened[-1]

    yield choose
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def _closing() -> Iterator[ThreadPoolExecutor]:
    """Stops servers while other tests run: most of the time that takes is waiting."""
    with ThreadPoolExecutor(max_workers=8) as executor:
        yield executor


@pytest.fixture
def serve(_closing: ThreadPoolExecutor) -> Iterator[Callable[..., httpx.Client]]:
    """Makes servers with settings of their own; gives a client with a key for each."""
    opened: list[tuple[Server, httpx.Client]] = []

    def make(*, clock: ManualClock | None = None, **asked: Any) -> httpx.Client:
        answers = asked.pop("answers", {})
        server = Server(Settings(profile=Profile(answers), **{"pace": "instant", **asked}), clock=clock)
        server.__enter__()
        client = httpx.Client(base_url=server.base_url, headers={headers().api_key[0]: "a-key"}, verify=False)
        opened.append((server, client))
        return client

    yield make
    for server, client in opened:
        client.close()
        _closing.submit(server.__exit__, None, None, None)
