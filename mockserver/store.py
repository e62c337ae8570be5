"""Where jobs are kept: a small protocol, and the store in memory.

JobNotFound         no job has that id
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from pixelpact.mockserver.jobs import Job

#: A small document of an account: a preset, an idempotency key.
Record: TypeAlias = Mapping[str, Any]


class JobNotFound(LookupError):
    """No job has the id `job_id`."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"There is no job {job_id!r}.")


class Store(Protocol):
    """Keeps jobs; each call is one step that no other call divides."""

    async def add(self, job: Job) -> None:
        """Keep a new job."""
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

    async def of_account(self, account: str) -> Sequence[Job]:
        """The account's jobs, newest first."""
        ...

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        ...

    async def count(self, account: str, name: str) -> int:
        """How often this was called with these arguments, this call included."""
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


class MemoryStore:
    """Keeps jobs in this process, until it ends."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._ids_by_token: dict[str, str] = {}
        self._ids_by_account: defaultdict[str, list[str]] = defaultdict(list)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._records: defaultdict[tuple[str, str], dict[str, Record]] = defaultdict(dict)

    async def add(self, job: Job) -> None:
        """Keep a new job."""
        self._jobs[job.id] = job
        self._ids_by_token[job.token] = job.id
        self._ids_by_account[job.account].append(job.id)

    async def get(self, job_id: str) -> Job:
        """The job, or `JobNotFound`."""
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobNotFound(job_id) from None

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as `change` made it."""
        self._jobs[job_id] = changed = change(await self.get(job_id))
        return changed

    async def of_account(self, account: str) -> Sequence[Job]:
        """The account's jobs, newest first."""
        return [self._jobs[job_id] for job_id in reversed(self._ids_by_account.get(account, ()))]

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        job_id = self._ids_by_token.get(token)
        return None if job_id is None else self._jobs[job_id]

    async def count(self, account: str, name: str) -> int:
        """How often this was called with these arguments, this call included."""
        self._counts[account, name] += 1
        return self._counts[account, name]

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
