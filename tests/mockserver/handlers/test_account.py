"""What an account has: credits, statistics, a limit of jobs at once, idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import PROMPT, finished, json_text, runnable


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


def test_statistics_tell_what_happened(serve: Callable[..., httpx.Client]) -> None:
    http = serve(clock=ManualClock(1_700_000_000.0))
    finished(http, runnable())
    finished(http, runnable(input=[PROMPT, PROMPT]))

    row = {"conversions": 3, "credits": 3}
    day, month = (json_text([{"date": date, **row}]) for date in ("2023-11-14", "2023-11"))

    assert json_text(http.get("/stats/day/2023-11-14/all").json()) == day
    assert json_text(http.get("/stats/month/2023-11/single").json()) == day
    assert json_text(http.get("/stats/year/2023/all").json()) == month
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


def test_the_same_key_makes_one_job_however_many_come_at_once(http: httpx.Client) -> None:
    large = {"type": "base64", "source": "QUFB" * 300_000}  # looked at in a thread

    def create(_: int) -> str:
        job_id: str = http.post("/jobs", json={"input": [large]}, headers={"Idempotency-Key": "one"}).json()[
            "id"
        ]
        return job_id

    with ThreadPoolExecutor() as executor:
        ids = set(executor.map(create, range(8)))

    assert len(ids) == 1


def test_a_key_is_remembered_to_the_second(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(clock=clock)

    def made() -> str:
        job_id: str = http.post("/jobs", json={}, headers={"Idempotency-Key": "one"}).json()["id"]
        return job_id

    first = made()
    clock.advance(86_399)
    again = made()
    clock.advance(1)
    other = made()
    clock.advance(86_399)

    assert again == first
    assert other != first
    assert made() == other
    assert len(http.get("/jobs").json()) == 2


def test_a_key_is_of_its_account(http: httpx.Client, web: httpx.Client, pixelpact: MockApi) -> None:
    sent = {"Idempotency-Key": "one"}
    other = {headers().api_key[0]: f"{pixelpact.api_key}-other"}

    first = http.post("/jobs", json={}, headers=sent).json()["id"]
    second = web.post(f"{pixelpact.base_url}/jobs", json={}, headers={**sent, **other}).json()["id"]

    assert first != second


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
