"""What is computed from a job is cached by its id and version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.jobs.changes import (
    canceled,
    with_conversions,
    with_fields,
    with_inputs,
    with_next_status,
    with_read,
)
from pixelpact.mockserver.jobs.documents import job_json, job_text
from pixelpact.mockserver.jobs.lifecycle import state_of, timeline
from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.outputs import output_files
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.versions import REMEMBERED, remembered, stored
from pixelpact.mockserver.stores.codec import decode, encode
from pixelpact.mockserver.stores.memory import MemoryStore
from pixelpact.schema import headers
from tests.bodies import runnable
from tests.mockserver.jobs.records import DRAWING, REMOTE, UPLOAD, new_job

CACHED = [timeline, outcome, output_files]
CHANGES: dict[str, Callable[[Job], Job]] = {
    "fields": lambda job: with_fields(job, process=False),
    "inputs": lambda job: with_inputs(job, (UPLOAD,), at=1.0),
    "conversions": lambda job: with_conversions(job, (DRAWING,), at=1.0),
    "status": lambda job: with_next_status(job, at=1.0),
    "read": lambda job: with_read(job, now=1.0),
    "canceled": lambda job: canceled(job, at=1.0),
}


def decoded(job: Job) -> Job:
    """A copy, as a store that keeps bytes gives one."""
    return decode(encode(job), Job)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_job_has_another_version(change: Callable[[Job], Job]) -> None:
    job = stored(new_job(REMOTE))

    assert len({0, job.version, change(job).version, change(job).version}) == 4


@pytest.mark.parametrize("compute", CACHED, ids=lambda compute: compute.__name__)
def test_a_stored_job_is_computed_once_also_where_it_is_decoded(compute: Callable[[Job], Any]) -> None:
    job = stored(new_job(REMOTE))
    copy = decoded(job)

    assert copy is not job
    assert copy == job
    assert compute(copy) is compute(job)


@pytest.mark.parametrize("compute", CACHED, ids=lambda compute: compute.__name__)
def test_a_job_that_is_not_stored_is_computed_every_time(compute: Callable[[Job], Any]) -> None:
    job = new_job(REMOTE, UPLOAD)

    assert compute(job) == compute(job)
    assert compute(job) is not compute(job)


def test_a_changed_job_is_not_answered_from_the_cache_of_the_old_one() -> None:
    job = stored(new_job(REMOTE, UPLOAD, pace="polls=1"))
    before = outcome(job), output_files(job), timeline(job)

    changed = with_fields(with_read(job, now=1.0), inputs=(UPLOAD,))
    after = outcome(changed), output_files(changed), timeline(changed)

    assert [len(outcome(each).warnings) for each in (job, changed)] == [0, 0]
    assert before != after
    assert [change.code for change in after[2]] != [change.code for change in before[2]]
    assert len(after[1]) == 1


def test_the_text_of_a_job_is_written_once_for_each_status_and_origin() -> None:
    job = stored(with_read(new_job(REMOTE, pace="polls=3"), now=0.5))
    state, early = state_of(job, now=1.0), state_of(job, now=0.0)

    text = job_json(state, origin="http://a")

    assert text == job_text(state, origin="http://a")
    assert job_json(state_of(decoded(job), now=1.0), origin="http://a") is text
    assert job_json(state, origin="http://b") == job_text(state, origin="http://b") != text
    assert job_json(early, origin="http://a") == job_text(early, origin="http://a") != text


def test_a_cache_drops_its_oldest_result_first() -> None:
    computed: list[int] = []

    @remembered
    def number(job: Job) -> int:
        computed.append(job.number)
        return job.number

    jobs = [stored(replace(new_job(), number=number)) for number in range(REMEMBERED + 1)]
    for job in jobs:
        number(job)
    computed.clear()

    assert [number(job) for job in (*jobs[1:], jobs[0])] == [*range(1, REMEMBERED + 1), 0]
    assert computed == [0]


def test_a_store_gives_each_change_a_version_of_its_own() -> None:
    async def versions() -> list[int]:
        store, other = MemoryStore(), MemoryStore()
        jobs = [await store.add(new_job()), await other.add(new_job())]
        jobs.append(await store.update("j", lambda job: canceled(job, at=1.0)))
        await store.fill(await store.contents())
        jobs.append(await store.get("j"))
        return [job.version for job in jobs]

    found = asyncio.run(versions())

    assert 0 not in found
    assert len(set(found)) == 4


def test_a_change_that_changes_nothing_keeps_the_version() -> None:
    async def jobs() -> tuple[Job, Job, Job]:
        store = MemoryStore()
        added = await store.add(new_job())
        return added, await store.update("j", lambda job: job), await store.get("j")

    added, updated, kept = asyncio.run(jobs())

    assert added is updated is kept


def test_a_version_is_not_part_of_a_snapshot() -> None:
    async def contents() -> Any:
        store = MemoryStore()
        await store.add(new_job())
        return await store.contents()

    (job,) = asyncio.run(contents()).jobs

    assert job == new_job()


def test_servers_with_the_same_seed_do_not_share_what_they_computed() -> None:
    settings = Settings(seed=5, pace="instant", public_url="http://pixelpact.test")
    key = {headers().api_key[0]: "k"}
    found = []
    with Server(settings) as first, Server(settings) as second:
        for server, width in ((first, 64), (second, 80)):
            with httpx.Client(base_url=server.base_url, headers=key) as http:
                job_id = http.post("/jobs", json=runnable({"width": width})).json()["id"]
                document = http.get(f"/jobs/{job_id}").json()
                found.append((job_id, document["conversion"][0]["options"], document["output"][0]["size"]))

    (first_id, first_options, first_size), (second_id, second_options, second_size) = found
    assert first_id == second_id
    assert [first_options["width"], second_options["width"]] == [64, 80]
    assert first_size != second_size
