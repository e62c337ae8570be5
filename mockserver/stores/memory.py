"""Where jobs are kept: a small protocol, and the store in memory.

JobNotFound         no job has that id
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeAlias

from msgspec.structs import replace

from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.versions import stored

#: A small document of an account: a preset, an idempotency key.
Record: TypeAlias = Mapping[str, Any]
#: The kind of record that an idempotency key makes.
IDEMPOTENCY = "idempotency-key"


class JobNotFound(LookupError):
    """No job has the id `job_id`."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"There is no job {job_id!r}.")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a store keeps: jobs, oldest first, and all that was counted and recorded.

    `counts` are (account, name, times), `records` (account, kind, key, record).
    """

    jobs: tuple[Job, ...] = ()
    counts: tuple[tuple[str, str, int], ...] = ()
    records: tuple[tuple[str, str, str, dict[str, Any]], ...] = ()


class Store(Protocol):
    """Keeps jobs; each call is one step that no other call divides."""

    async def add(self, job: Job) -> Job:
        """The new job as it is kept, with a version."""
        ...

    async def get(self, job_id: str) -> Job:
        """The job.

        Raises:
            JobNotFound: there is none.
        """
        ...

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as `change` made it from what was kept. What `change` raises leaves the job as it was.

        Raises:
            JobNotFound: there is none.
        """
        ...

    async def remove(self, job_id: str) -> None:
        """Forget a job, and what was counted and recorded only for its sake.

        Raises:
            JobNotFound: there is none.
        """
        ...

    async def size(self) -> int:
        """How many jobs are kept."""
        ...

    async def oldest(self, number: int) -> Sequence[Job]:
        """The jobs that were kept first, at most `number`."""
        ...

    async def of_account(self, account: str) -> Sequence[Job]:
        """The account's jobs, newest first."""
        ...

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        ...

    async def count(self, account: str, *names: str) -> list[int]:
        """How often each of the names was counted for the account, this time included."""
        ...

    async def put(self, account: str, kind: str, key: str, record: Record) -> None:
        """Keep a record of the account, in place of one with the same kind and key."""
        ...

    async def fetch(self, account: str, kind: str, key: str) -> Record | None:
        """A record of the account."""
        ...

    async def fetch_all(self, account: str, kind: str) -> Sequence[Record]:
        """All records of a kind of the account, oldest first."""
        ...

    async def drop(self, account: str, kind: str, key: str) -> None:
        """Forget a record, if it is there."""
        ...

    async def forget(self, account: str | None) -> None:
        """Forget everything of an account, or of all; they begin anew."""
        ...

    async def contents(self) -> Contents:
        """Everything that is kept."""
        ...

    async def fill(self, contents: Contents) -> None:
        """Keep this, in place of everything that was kept."""
        ...


class MemoryStore:
    """Keeps jobs in this process, until it ends."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._ids_by_token: dict[str, str] = {}
        self._ids_by_account: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._records: defaultdict[tuple[str, str], dict[str, Record]] = defaultdict(dict)

    async def add(self, job: Job) -> Job:
        """The new job as it is kept, with a version."""
        self._jobs[job.id] = job = stored(job)
        self._ids_by_token[job.token] = job.id
        self._ids_by_account[job.account][job.id] = None
        return job

    async def get(self, job_id: str) -> Job:
        """The job, or `JobNotFound`."""
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobNotFound(job_id) from None

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as `change` made it, with a version of its own if it is another one."""
        job = await self.get(job_id)
        changed = change(job)
        if changed is not job:
            self._jobs[job_id] = job = stored(changed)
        return job

    async def remove(self, job_id: str) -> None:
        """Forget a job, and what was counted and recorded only for its sake."""
        job = await self.get(job_id)
        del self._jobs[job_id], self._ids_by_token[job.token], self._ids_by_account[job.account][job_id]
        if self._counts[job.account, job.payload_digest] == job.repetition:
            del self._counts[job.account, job.payload_digest]
        record = await self.fetch(job.account, IDEMPOTENCY, job.idempotency_key)
        if record is not None and record["job_id"] == job.id:  # the key may have made another one since
            await self.drop(job.account, IDEMPOTENCY, job.idempotency_key)

    async def size(self) -> int:
        """How many jobs are kept."""
        return len(self._jobs)

    async def oldest(self, number: int) -> Sequence[Job]:
        """The jobs that were kept first."""
        return list(islice(self._jobs.values(), number))

    async def of_account(self, account: str) -> Sequence[Job]:
        """The account's jobs, newest first."""
        return [self._jobs[job_id] for job_id in reversed(self._ids_by_account.get(account, ()))]

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        job_id = self._ids_by_token.get(token)
        return None if job_id is None else self._jobs[job_id]

    async def count(self, account: str, *names: str) -> list[int]:
        """How often each of the names was counted for the account, this time included."""
        counted = []
        for name in names:
            self._counts[account, name] = times = self._counts[account, name] + 1
            counted.append(times)
        return counted

    async def put(self, account: str, kind: str, key: str, record: Record) -> None:
        """Keep a record."""
        self._records[account, kind][key] = record

    async def fetch(self, account: str, kind: str, key: str) -> Record | None:
        """A record of the account."""
        return self._records.get((account, kind), {}).get(key)

    async def fetch_all(self, account: str, kind: str) -> Sequence[Record]:
        """All records of a kind, oldest first."""
        return list(self._records.get((account, kind), {}).values())

    async def drop(self, account: str, kind: str, key: str) -> None:
        """Forget a record."""
        self._records.get((account, kind), {}).pop(key, None)

    async def forget(self, account: str | None) -> None:
        """Forget everything of an account, or of all."""
        kept = await self.contents() if account is not None else Contents()
        await self.fill(
            Contents(
                jobs=tuple(job for job in kept.jobs if job.account != account),
                counts=tuple(row for row in kept.counts if row[0] != account),
                records=tuple(row for row in kept.records if row[0] != account),
            )
        )

    async def contents(self) -> Contents:
        """Everything that is kept."""
        return Contents(
            # A version means nothing to another process.
            jobs=tuple(replace(job, version=0) for job in self._jobs.values()),
            counts=tuple((account, name, times) for (account, name), times in self._counts.items()),
            records=tuple(
                (account, kind, key, dict(record))
                for (account, kind), records in self._records.items()
                for key, record in records.items()
            ),
        )

    async def fill(self, contents: Contents) -> None:
        """Keep this, in place of everything that was kept."""
        self.__init__()  # type: ignore[misc]  # begins anew
        for job in contents.jobs:
            await self.add(job)
        self._counts.update({(account, name): times for account, name, times in contents.counts})
        for account, kind, key, record in contents.records:
            await self.put(account, kind, key, record)
