"""The store in memory: what it keeps ends with the process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from msgspec.structs import replace

from pixelpact.mockserver.errors import JobNotFound
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.versions import stored
from pixelpact.mockserver.levels import SERVER, is_within
from pixelpact.mockserver.stores.base import Contents, Record


class MemoryStore:
    """Keeps everything in this process. No call is divided: none of them waits for anything."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._ids_by_token: dict[str, str] = {}
        self._ids_by_account: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._records: defaultdict[tuple[str, str], dict[str, Record]] = defaultdict(dict)

    async def add(self, job: Job) -> Job:
        """Keep a new job; the job with its version."""
        self._jobs[job.id] = job = stored(job)
        self._ids_by_token[job.token] = job.id
        self._ids_by_account[job.account][job.id] = None
        return job

    async def get(self, job_id: str) -> Job:
        """The job with that id, or `JobNotFound`."""
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobNotFound(job_id) from None

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as `change` makes it of the kept one."""
        job = await self.get(job_id)
        changed = change(job)
        if changed is not job:
            self._jobs[job_id] = job = changed
        return job

    async def remove(self, job_id: str) -> None:
        """Forget a job."""
        job = await self.get(job_id)
        del self._jobs[job_id], self._ids_by_token[job.token], self._ids_by_account[job.account][job_id]

    async def size(self) -> int:
        """The number of jobs."""
        return len(self._jobs)

    async def oldest(self, number: int) -> Sequence[Job]:
        """The jobs that were kept first, at most `number`."""
        return list(islice(self._jobs.values(), number))

    async def of_account(self, account: str) -> Sequence[Job]:
        """The jobs of an account, newest first."""
        return [self._jobs[job_id] for job_id in reversed(self._ids_by_account.get(account, ()))]

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        job_id = self._ids_by_token.get(token)
        return None if job_id is None else self._jobs[job_id]

    async def count(self, owner: str, *names: str) -> list[int]:
        """How often each of the names has been counted for the owner, this time included."""
        counted = []
        for name in names:
            self._counts[owner, name] = times = self._counts[owner, name] + 1
            counted.append(times)
        return counted

    async def drop_count(self, owner: str, name: str, *, at: int) -> None:
        """Forget a counter, if it says `at`."""
        if self._counts[owner, name] == at:
            del self._counts[owner, name]

    async def put_record(self, owner: str, kind: str, key: str, record: Record) -> None:
        """Keep a record, in place of one with the same kind and key."""
        self._records[owner, kind][key] = record

    async def record(self, owner: str, kind: str, key: str) -> Record | None:
        """A record, if there is one."""
        kept = self._records.get((owner, kind))
        return None if kept is None else kept.get(key)

    async def find_records(self, owner: str, kind: str, keys: Sequence[str]) -> list[Record | None]:
        """The records with these keys, in their order; `None` where there is none."""
        kept = self._records.get((owner, kind))
        return [kept.get(key) for key in keys] if kept else [None] * len(keys)

    async def records(self, owner: str, kind: str) -> Mapping[str, Record]:
        """All records of a kind by their keys, oldest first."""
        return dict(self._records.get((owner, kind), {}))

    async def update_record(
        self, owner: str, kind: str, key: str, change: Callable[[Record | None], Record | None]
    ) -> Record | None:
        """The record as `change` makes it of the kept one; `None` removes it."""
        changed = change(await self.record(owner, kind, key))
        if changed is None:
            await self.drop_record(owner, kind, key)
        else:
            await self.put_record(owner, kind, key, changed)
        return changed

    async def drop_record(self, owner: str, kind: str, key: str) -> None:
        """Forget a record, if there is one."""
        self._records.get((owner, kind), {}).pop(key, None)

    async def forget(self, level: str) -> None:
        """Forget all jobs, counters and records of the accounts of a level."""
        kept = await self.contents()

        def stays(owner: str) -> bool:
            return owner == SERVER or not is_within(owner, level)

        await self.fill(
            Contents(
                jobs=tuple(job for job in kept.jobs if stays(job.account)),
                counts=tuple(row for row in kept.counts if stays(row[0])),
                records=tuple(row for row in kept.records if stays(row[0])),
            )
        )

    async def contents(self) -> Contents:
        """Everything that is kept."""
        return Contents(
            jobs=tuple(replace(job, version=0) for job in self._jobs.values()),  # of this process alone
            counts=tuple((owner, name, times) for (owner, name), times in self._counts.items()),
            records=tuple(
                (owner, kind, key, dict(record))
                for (owner, kind), records in self._records.items()
                for key, record in records.items()
            ),
        )

    async def fill(self, contents: Contents) -> None:
        """Keep `contents`, in place of everything."""
        self._clear()
        for job in contents.jobs:
            await self.add(job)
        self._counts.update({(owner, name): times for owner, name, times in contents.counts})
        for owner, kind, key, record in contents.records:
            await self.put_record(owner, kind, key, record)
