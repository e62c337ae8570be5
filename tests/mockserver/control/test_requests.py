"""Requests to the control API: whom they are about, and what their bodies and queries may be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Server, Settings
from pixelpact.schema import headers

KEY = headers().api_key[0]


@pytest.fixture
def server() -> Any:
    with Server(Settings(), clock=ManualClock(1000.0)) as server:
        yield server


def test_an_account_may_be_named_in_place_of_its_key(server: Server) -> None:
    with Controller(server.url, api_key="a") as control, Controller(server.url) as everybody:
        httpx.get(f"{server.base_url}/statuses", headers={KEY: "a"}, verify=False)
        (entry,) = everybody.journal()
        url = f"{server.url}/_pixelpact"
        named = {"params": {"account": entry.account}, "verify": False}
        httpx.post(f"{url}/clock/advance", json={"seconds": 7}, **named)
        httpx.put(f"{url}/scenarios", json=["slow"], headers={KEY: "b"}, **named)

        assert (control.now(), everybody.now()) == (1007, 1000)
        assert (control.chosen(), everybody.chosen()) == ([{"scenario": "slow"}], [])
        assert [each["operation"] for each in httpx.get(f"{url}/journal", **named).json()] == ["listStatuses"]


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b"{}"])
@pytest.mark.parametrize(("path", "status"), [("clock/freeze", 200), ("reset", 204), ("clock/resume", 200)])
def test_a_body_that_may_be_left_out_may_be_blank(
    server: Server, path: str, status: int, body: bytes
) -> None:
    answer = httpx.post(f"{server.url}/_pixelpact/{path}", content=body, verify=False)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("PATCH", "clock", 405, "The control API has no PATCH '/_pixelpact/clock'"),
        ("GET", "clocks", 404, "The control API has no path '/_pixelpact/clocks'"),
        ("GET", "x" * 100, 404, f"The control API has no path '/_pixelpact/{'x' * 52}'"),
    ],
)
def test_what_there_is_not_is_named(
    server: Server, method: str, path: str, status: int, message: str
) -> None:
    answer = httpx.request(method, f"{server.url}/_pixelpact/{path}", verify=False)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_nothing_that_matches_is_told_with_how_long_was_waited(server: Server) -> None:
    answer = httpx.get(f"{server.url}/_pixelpact/journal/wait?timeout=0.01", verify=False)

    assert answer.status_code == 404
    assert answer.json()["message"] == "Nothing that matches came within 0.01 seconds"


def test_all_that_is_wrong_with_a_query_is_told(server: Server) -> None:
    answer = httpx.get(f"{server.url}/_pixelpact/journal?limit=0&after=x&none=1", verify=False)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"limit", "after", "none"}


def test_scenarios_are_listed_with_their_defaults(server: Server) -> None:
    known = httpx.get(f"{server.url}/_pixelpact/scenarios", verify=False).json()["known"]

    (limited,) = [row for row in known if row["name"] == "rate-limited"]
    assert limited["summary"]
    assert (limited["parameters"]["times"], limited["parameters"]["probability"]) == (2, 1)


def test_a_reset_takes_back_all_unless_told_what(server: Server) -> None:
    def kept(control: Controller) -> tuple[float, list[Any], str, int]:
        jobs = httpx.get(f"{server.base_url}/jobs", headers={KEY: "a"}, verify=False)
        requests = len(control.journal(operation="createJob"))
        return control.now(), control.chosen(), control.profile()["spent"], jobs.status_code * 10 + requests

    with Controller(server.url, api_key="a") as control:
        seen = []
        for what in ((), ("clock", "journal"), ("scenarios", "jobs"), ("profile",)):
            control.reset()
            control.advance(5)
            control.choose("jitter")
            control.choose({"scenario": "jitter", "probability": 0})
            control.set_profile({"spent": "nothing"})
            httpx.post(f"{server.base_url}/jobs", json={}, headers={KEY: "a"}, verify=False)
            control.reset(*what)
            seen.append(kept(control))

    chosen, usual = [{"scenario": "jitter", "probability": 0}], seen[0][2]
    assert usual != "nothing"
    assert seen == [
        (1000, [], usual, 2040),
        (1000, chosen, "nothing", 2000),
        (1005, [], "nothing", 2041),
        (1005, chosen, usual, 2001),
    ]


@pytest.mark.parametrize(("levels", "is_refused_for_that"), [(128, False), (129, True)])
def test_a_body_may_be_nested_so_deep(server: Server, levels: int, is_refused_for_that: bool) -> None:
    body = b"[" * levels + b"]" * levels
    answer = httpx.put(f"{server.url}/_pixelpact/scenarios", content=body, verify=False)

    assert answer.status_code == 400
    assert ("nested more than 128 levels deep" in answer.json()["message"]) is is_refused_for_that
