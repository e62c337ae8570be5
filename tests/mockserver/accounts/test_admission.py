"""Credits and concurrent jobs: what an account may create and start."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.schema import headers
from tests.bodies import PROMPT, finished, runnable


def start(http: httpx.Client, job: httpx.Response) -> httpx.Response:
    return http.patch(f"/jobs/{job.json()['id']}", json={"process": True})


def last_input(http: httpx.Client, job: httpx.Response) -> httpx.Response:
    return http.post(f"/jobs/{job.json()['id']}/input", json=PROMPT)


def last_conversion(http: httpx.Client, job: httpx.Response) -> httpx.Response:
    return http.post(f"/jobs/{job.json()['id']}/conversions", json={"target": "png"})


def last_upload(http: httpx.Client, job: httpx.Response) -> httpx.Response:
    url = f"{job.json()['server']}/upload-base64/{job.json()['id']}"
    return http.post(url, json={"content": "QQ==", "filename": "a.txt"})


STARTS = pytest.mark.parametrize(
    ("begun", "begin"),
    [
        (runnable(process=False), start),
        ({"conversion": [{"target": "png"}]}, last_input),
        ({"input": [PROMPT]}, last_conversion),
        ({"conversion": [{"target": "png"}]}, last_upload),
    ],
    ids=["patch", "input", "conversion", "upload"],
)


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


@STARTS
def test_however_a_job_starts_it_needs_credit(
    serve: Callable[..., httpx.Client], begun: object, begin: Callable[..., httpx.Response]
) -> None:
    http = serve(credits=1)
    waiting = http.post("/jobs", json=begun)
    before = http.get(f"/jobs/{waiting.json()['id']}").json()
    finished(http, runnable())

    refused = begin(http, waiting)

    assert refused.status_code == 402
    assert http.get(f"/jobs/{waiting.json()['id']}").json() == before
    assert http.get("/contracts").json()["credits_remaining"] == 0


@STARTS
def test_however_a_job_starts_it_needs_room(
    serve: Callable[..., httpx.Client], begun: object, begin: Callable[..., httpx.Response]
) -> None:
    http = serve(max_concurrent=1, pace="realistic", clock=ManualClock())
    waiting = http.post("/jobs", json=begun)
    http.post("/jobs", json=runnable())

    refused = begin(http, waiting)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert http.post("/jobs", json=runnable(process=False)).status_code == 201


def test_credits_are_promised_to_jobs_that_run(serve: Callable[..., httpx.Client]) -> None:
    http = serve(credits=2, pace="realistic", clock=ManualClock())

    running = http.post("/jobs", json=runnable(input=[PROMPT, PROMPT])).json()
    refused = http.post("/jobs", json=runnable())
    http.delete(f"/jobs/{running['id']}")

    assert refused.status_code == 402
    assert http.post("/jobs", json=runnable()).status_code == 201


def test_a_job_that_costs_more_than_is_left_says_so(serve: Callable[..., httpx.Client]) -> None:
    refused = serve(credits=1).post("/jobs", json=runnable(input=[PROMPT, PROMPT]))

    assert refused.status_code == 402
    assert refused.json()["message"] == "The job costs 2 credits, and the contract has 1 left"


@pytest.mark.parametrize(("left", "status"), [(2, 402), (3, 201)])
def test_a_job_may_cost_all_that_is_left(serve: Callable[..., httpx.Client], left: int, status: int) -> None:
    http = serve(credits=left)

    assert http.post("/jobs", json=runnable(input=[PROMPT] * 3)).status_code == status


@pytest.mark.parametrize(("left", "status"), [(0, 402), (1, 201)])
def test_an_overdraft_needs_a_credit_that_is_left(
    serve: Callable[..., httpx.Client], left: int, status: int
) -> None:
    http = serve(credits=1 + left, answers={"overdraft": "allow"})
    finished(http, runnable())

    assert http.post("/jobs", json=runnable(input=[PROMPT] * 3)).status_code == status
