"""What many tests of the mock server begin with."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller
from pixelpact.pytest_plugin import MockApi
from tests.bodies import finished, runnable


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
