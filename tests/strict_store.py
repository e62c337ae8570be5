"""A store that is as unkind as the protocol allows: bytes, other tasks in between, and lost races."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import orjson

from pixelpact.mockserver import MemoryStore
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.stores.base import Contents, Record
from pixelpact.mockserver.stores.codec import decode, encode

T = TypeVar("T")
#: Each such update loses a race: another one was quicker, and the change is made again on what that one left.
LOST_EVERY = 3


class StrictStore:
    """Keeps what `MemoryStore` keeps, but hands out nothing that it keeps itself.

    Every call lets other tasks run before and after it. Jobs and records are decoded from bytes on each read.
    Every third update runs its change twice, the second time on another copy of the job.
    """

    def __init__(self) -> None:
        self._kept = MemoryStore()
        self._updates = 0

    async def add(self, job: Job) -> Job:
        return copied(await between_tasks(self._kept.add(job)))

    async def get(self, job_id: str) -> Job:
        return copied(await between_tasks(self._kept.get(job_id)))

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        while True:
            before = await self.get(job_id)
            changed = change(before)
            if changed is before:
                return before
            assert changed.version != before.version, "a job that has been changed has another version"
            await asyncio.sleep(0)
            if self._loses_race() or (await self._kept.get(job_id)).version != before.version:
                continue
            return copied(await self._kept.update(job_id, lambda _, changed=changed: copied(changed)))

    async def remove(self, job_id: str) -> None:
        await between_tasks(self._kept.remove(job_id))

    async def size(self) -> int:
        return await between_tasks(self._kept.size())

    async def oldest(self, number: int) -> Sequence[Job]:
        return [copied(job) for job in await between_tasks(self._kept.oldest(number))]

    async def of_account(self, account: str) -> Sequence[Job]:
        return [copied(job) for job in await between_tasks(self._kept.of_account(account))]

    async def of_token(self, token: str) -> Job | None:
        job = await between_tasks(self._kept.of_token(token))
        return None if job is None else copied(job)

    async def count(self, owner: str, *names: str) -> list[int]:
        return await between_tasks(self._kept.count(owner, *names))

    async def drop_count(self, owner: str, name: str, *, at: int) -> None:
        await between_tasks(self._kept.drop_count(owner, name, at=at))

    async def put_record(self, owner: str, kind: str, key: str, record: Record) -> None:
        await between_tasks(self._kept.put_record(owner, kind, key, copied_record(record)))

    async def record(self, owner: str, kind: str, key: str) -> Record | None:
        record = await between_tasks(self._kept.record(owner, kind, key))
        return None if record is None else copied_record(record)

    async def find_records(self, owner: str, kind: str, keys: Sequence[str]) -> list[Record | None]:
        found = await between_tasks(self._kept.find_records(owner, kind, keys))
        return [None if record is None else copied_record(record) for record in found]

    async def records(self, owner: str, kind: str) -> Mapping[str, Record]:
        kept = await between_tasks(self._kept.records(owner, kind))
        return {key: copied_record(record) for key, record in kept.items()}

    async def update_record(
        self, owner: str, kind: str, key: str, change: Callable[[Record | None], Record | None]
    ) -> Record | None:
        while True:
            before = await self.record(owner, kind, key)
            changed = change(before)
            await asyncio.sleep(0)
            if self._loses_race() or await self._kept.record(owner, kind, key) != before:
                continue
            kept = None if changed is None else copied_record(changed)
            await self._kept.update_record(owner, kind, key, lambda _, kept=kept: kept)
            return None if changed is None else copied_record(changed)

    async def drop_record(self, owner: str, kind: str, key: str) -> None:
        await between_tasks(self._kept.drop_record(owner, kind, key))

    async def forget(self, level: str) -> None:
        await between_tasks(self._kept.forget(level))

    async def contents(self) -> Contents:
        return decode(encode(await between_tasks(self._kept.contents())), Contents)

    async def fill(self, contents: Contents) -> None:
        await between_tasks(self._kept.fill(decode(encode(contents), Contents)))

    def _loses_race(self) -> bool:
        self._updates += 1
        return self._updates % LOST_EVERY == 0


async def between_tasks(call: Awaitable[T]) -> T:
    """The result of a call, with other tasks before and after it."""
    await asyncio.sleep(0)
    result = await call
    await asyncio.sleep(0)
    return result


def copied(job: Job) -> Job:
    """The job as another object, made of its bytes."""
    return decode(encode(job), Job)


def copied_record(record: Record) -> Record:
    found: Record = orjson.loads(orjson.dumps(dict(record)))
    return found
