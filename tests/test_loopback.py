"""Nothing outside this machine is contacted: every connection of the tests is watched."""

from __future__ import annotations

import socket

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from tests.bodies import runnable


def test_a_connection_to_another_machine_is_forbidden() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_remote_inputs_and_callbacks_are_not_contacted(http: httpx.Client, pixelpact: MockApi) -> None:
    remote = {"type": "remote", "source": "http://192.0.2.1/fox.txt"}

    job = http.post(
        "/jobs", json=runnable(input=[remote], callback="http://192.0.2.1/", notify_status=True)
    ).json()
    (output,) = http.get(f"/jobs/{job['id']}").json()["output"]

    assert pixelpact.read_image(http.get(output["uri"]).content).prompt == "http://192.0.2.1/fox.txt"
