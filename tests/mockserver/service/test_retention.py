"""Which jobs make room when the store is full, and what is told to those that find none."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Server, Settings
from pixelpact.schema import headers
from tests.bodies import finished, runnable
from tests.receivers import Receiver

KEY = headers().api_key[0]
DAY_S = 24 * 3600


class Full:
    """A server that keeps two jobs, and two accounts on it."""

    def __init__(self, server: Server, clock: ManualClock) -> None:
        self.server = server
        self.clock = clock
        self.a, self.b = (
            httpx.Client(base_url=server.base_url, headers={KEY: key}, verify=False) for key in "ab"
        )

    def keeps(self, http: httpx.Client, job_id: str) -> bool:
        return http.get(f"/jobs/{job_id}").status_code == 200


@pytest.fixture
def full() -> Iterator[Full]:
    clock = ManualClock()
    with Server(Settings(pace="instant", max_jobs=2), clock=clock) as server:
        found = Full(server, clock)
        yield found
        found.a.close()
        found.b.close()


def test_the_clock_of_its_own_account_says_whether_a_job_has_expired(full: Full) -> None:
    stays, goes = finished(full.b, runnable())["id"], finished(full.a, runnable())["id"]
    with Controller(full.server.url, api_key="a") as control:
        control.advance(DAY_S)

    assert full.b.post("/jobs", json={}).status_code == 201
    assert (full.keeps(full.b, stays), full.keeps(full.a, goes)) == (True, False)
    assert full.a.post("/jobs", json={}).status_code == 429


def test_a_job_expires_a_day_after_it_ended_however_old_it_is(full: Full) -> None:
    staged = full.a.post("/jobs", json=runnable(process=False)).json()["id"]
    full.a.post("/jobs", json={})
    full.clock.advance(10 * DAY_S)
    full.a.patch(f"/jobs/{staged}", json={"process": True})
    full.a.get(f"/jobs/{staged}")

    seen = []
    for seconds in (0, DAY_S - 1, 1):
        full.clock.advance(seconds)
        seen.append(full.a.post("/jobs", json={}).status_code)
    assert seen == [429, 429, 201]
    assert not full.keeps(full.a, staged)


def test_a_job_is_kept_as_long_as_the_profile_says_that_it_was_made_with(full: Full) -> None:
    first = finished(full.a, runnable())["id"]
    with Controller(full.server.url, api_key="a") as control:
        control.set_profile({"output-retention": "1-hour"})
        second = finished(full.a, runnable())["id"]
    full.clock.advance(3600)

    assert full.a.post("/jobs", json={}).status_code == 201
    assert (full.keeps(full.a, first), full.keeps(full.a, second)) == (True, False)


@pytest.mark.undocumented
def test_who_finds_no_room_is_told_as_the_profile_of_the_account_says(full: Full) -> None:
    with Controller(full.server.url, api_key="a") as control:
        control.set_profile({"retry-after": "absent"})
    for _ in range(2):
        full.b.post("/jobs", json={})

    refused = [http.post("/jobs", json={}) for http in (full.a, full.b)]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert [answer.headers.get("Retry-After") for answer in refused] == [None, "1"]
    assert refused[0].json()["message"] == (
        "The store is full (2 jobs); none has expired. Reset the server, or start it with a higher --max-jobs"
    )


def test_the_key_of_a_job_that_made_room_makes_another_one(full: Full) -> None:
    sent = {"Idempotency-Key": "i"}
    with Controller(full.server.url, api_key="a") as control:
        control.set_profile({"output-retention": "1-hour"})
    first = full.a.post("/jobs", json=runnable(), headers=sent).json()["id"]
    full.a.get(f"/jobs/{first}")
    finished(full.a, runnable())
    full.clock.advance(3600)  # the key is remembered for a day
    full.a.post("/jobs", json={})

    again = full.a.post("/jobs", json=runnable(), headers=sent)
    assert again.status_code == 201
    assert again.json()["id"] != first


def test_chunks_of_a_job_that_made_room_are_forgotten(full: Full) -> None:
    """They count among those that all jobs may have together."""
    for _ in range(2):
        job = full.a.post("/jobs", json={}).json()
        full.a.post(
            f"{job['server']}/upload-file/{job['id']}",
            files={"file": ("a.txt", b"xxxx")},
            headers={headers().upload_uuid[0]: "u", headers().content_range: "bytes 0-3/8"},
        )
        full.a.delete(f"/jobs/{job['id']}")
    full.clock.advance(DAY_S)
    full.a.post("/jobs", json={})

    assert full.server.mock.uploads._files == {}


@pytest.mark.parametrize("is_followed_by_others", [True, False])
def test_a_callback_of_a_job_that_made_room_is_never_sent(full: Full, is_followed_by_others: bool) -> None:
    """And nobody waits for it: a clock that is set waits for all that are due."""
    with Receiver() as receiver, Controller(full.server.url) as control:
        control.choose({"scenario": "callback-late", "late_s": 2 * DAY_S})
        for _ in range(2):
            finished(full.a, runnable(callback=receiver.url))
        control.advance(DAY_S)
        for _ in range(is_followed_by_others):
            full.b.post("/jobs", json={})
        control.advance(2 * DAY_S)
        control.advance(0)

    assert len(receiver.received) == (0 if is_followed_by_others else 2)
