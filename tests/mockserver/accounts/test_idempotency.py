"""The same idempotency key makes one job."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from pixelpact.mockserver import ManualClock
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers


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
