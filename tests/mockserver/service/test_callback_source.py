"""What the delivery of callbacks asks the server."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from msgspec.structs import replace

from pixelpact.mockserver import ManualClock, Mock, Settings
from pixelpact.mockserver.callbacks.plan import callbacks
from pixelpact.mockserver.errors import JobNotFound
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.callback_source import CallbackSource
from pixelpact.mockserver.service.rendering import Renderer
from tests.mockserver.jobs.records import REMOTE, new_job


def source_of(mock: Mock) -> CallbackSource:
    renderer = Renderer(mock.store, mock.outputs)
    return CallbackSource(accounts=mock.accounts, store=mock.store, renderer=renderer)


async def kept(mock: Mock, **fields: Any) -> Job:
    """A job with an input to fetch that tells every change of its status."""
    told = {"callback": "http://127.0.0.1:9/", "notify_status": True, "origin": "http://x", **fields}
    return await mock.store.add(new_job(REMOTE, pace="realistic", **told))


def test_a_callback_is_counted_once_and_in_its_turn() -> None:
    async def run() -> tuple[list[int], int]:
        mock = Mock(Settings(), ManualClock(0.0))
        job = await kept(mock)
        first, second, *_ = callbacks(job)
        source = source_of(mock)
        steps = [second, first, first, second, first]
        counted = [(await source.count_callback(job.id, step)).callbacks_done for step in steps]
        return counted, (await source.job_with_id(job.id)).callbacks_done

    assert asyncio.run(run()) == ([0, 1, 1, 2, 2], 2)


def test_after_the_last_callback_none_is_counted() -> None:
    async def run() -> list[int]:
        mock = Mock(Settings(), ManualClock(0.0))
        job = await kept(mock)
        coming = callbacks(job)
        source = source_of(mock)
        return [(await source.count_callback(job.id, each)).callbacks_done for each in (*coming, coming[-1])]

    counted = asyncio.run(run())
    assert counted == [*range(1, len(counted)), len(counted) - 1]


def test_a_callback_that_a_job_no_longer_has_is_not_counted() -> None:
    async def run() -> int:
        mock = Mock(Settings(), ManualClock(0.0))
        job = await kept(mock)
        await mock.store.update(job.id, lambda job: with_fields(job, callback=""))
        return (await source_of(mock).count_callback(job.id, callbacks(job)[0])).callbacks_done

    assert asyncio.run(run()) == 0


def test_a_job_that_is_gone_is_told() -> None:
    async def run() -> None:
        mock = Mock(Settings(), ManualClock(0.0))
        job = await kept(mock)
        await mock.store.remove(job.id)
        for ask in (
            source_of(mock).job_with_id(job.id),
            source_of(mock).count_callback(job.id, callbacks(job)[0]),
        ):
            with pytest.raises(JobNotFound):
                await ask

    asyncio.run(run())


def test_a_body_shows_the_job_as_it_was_then() -> None:
    async def run() -> list[str]:
        mock = Mock(Settings(), ManualClock(1000.0))
        job = await kept(mock)
        coming = callbacks(job)
        bodies = [await source_of(mock).callback_body(replace(each.state, job=job)) for each in coming]
        return [orjson.loads(body)["status"]["code"] for body in bodies]

    assert asyncio.run(run()) == ["downloading", "queued", "processing", "completed"]


def test_an_account_is_loaded_with_what_is_in_force_for_it() -> None:
    async def run() -> tuple[float, str | None]:
        mock = Mock(Settings(callback_secret="s"), ManualClock(1000.0))
        await mock.accounts.set_clock("a", lambda shift, base: shift.advance(5, base=base))
        await mock.accounts.set_settings("a", callback_secret="t")
        account = await source_of(mock).account("a")
        return account.now(), account.settings.callback_secret

    assert asyncio.run(run()) == (1005.0, "t")
