"""What an account has: credits, statistics, a limit of jobs at once, idempotency keys."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.schema import headers
from tests.bodies import PROMPT, finished, runnable


def test_credits_are_spent_until_they_are_gone(serve: Callable[..., httpx.Client]) -> None:
    http = serve(credits=2)

    before = http.get("/contracts").json()
    finished(http, runnable(input=[PROMPT, PROMPT]))
    after = http.get("/contracts").json()
    refused = http.post("/jobs", json=runnable())

    assert (before["credits_remaining"], after["credits_remaining"]) == (2, 0)
    assert after["contracts"][0]["contract_type"] == "prepaid"
    assert refused.status_code == 402
    assert http.post("/jobs", json={}, headers={headers().api_key[0]: "another"}).status_code == 201


def test_too_many_at_once_is_429_with_retry_after(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(max_concurrent=2, pace="realistic", clock=clock)

    codes = [http.post("/jobs", json=runnable()).status_code for _ in range(2)]
    refused = http.post("/jobs", json=runnable())
    clock.advance(60)

    assert codes == [201, 201]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert http.post("/jobs", json=runnable()).status_code == 201


def test_statistics_tell_what_happened(serve: Callable[..., httpx.Client]) -> None:
    http = serve(clock=ManualClock(1_700_000_000.0))
    finished(http, runnable())
    finished(http, runnable(input=[PROMPT, PROMPT]))

    row = {"conversions": 3, "credits": 3}

    assert http.get("/stats/day/2023-11-14/all").json() == [{"date": "2023-11-14", **row}]
    assert http.get("/stats/month/2023-11/single").json() == [{"date": "2023-11-14", **row}]
    assert http.get("/stats/year/2023/all").json() == [{"date": "2023-11", **row}]
    assert http.get("/stats/year/2022/all").json() == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/stats/day/2023-02-30/all", "date"),
        ("/stats/day/2023-2-3/all", "date"),
        ("/stats/month/2023-13/all", "date"),
        ("/stats/year/23/all", "date"),
        ("/stats/year/2023/some", "filter"),
    ],
)
def test_a_wrong_date_or_filter_is_named(http: httpx.Client, path: str, field: str) -> None:
    answer = http.get(path)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


def test_the_same_key_and_body_give_the_first_job(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "one"}

    first = http.post("/jobs", json={"process": False, "limits": {"a": 7}}, headers=key)
    again = http.post("/jobs", json={"limits": {"a": 7.0}, "process": False}, headers=key)
    other = http.post("/jobs", json={"process": True}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert len(http.get("/jobs").json()) == 1
