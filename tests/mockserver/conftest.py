"""What many tests of the mock server begin with."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller
from pixelpact.pytest_plugin import MockApi
from tests.bodies import finished, runnable

#: The longest test takes a twentieth of this.
_SECONDS_FOR_A_TEST = 60


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Fails a test that waits for what never comes, on systems that can interrupt it."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        pytest.fail(f"The test was not over after {_SECONDS_FOR_A_TEST} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_SECONDS_FOR_A_TEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def staged(http: httpx.Client) -> dict[str, Any]:
    """A job that is ready and waits."""
    job: dict[str, Any] = http.post("/jobs", json=runnable(process=False)).json()
    return job


@pytest.fixture
def done(http: httpx.Client) -> dict[str, Any]:
    """A job that is completed."""
    return finished(http, runnable())


@pytest.fixture
def control(pixelpact: MockApi) -> Controller:
    """Control of this test's own account."""
    return pixelpact.control
