"""What a store must do: keep jobs, counters and small records, one atomic step a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from pixelpact.mockserver.jobs.records import Job

#: A small JSON object that belongs to an owner: a preset, an idempotency key, what an account overrides.
Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a store keeps: jobs, oldest first, counters and records.

    `counts` are (owner, name, times), `records` (owner, kind, key, record).
    """

    jobs: tuple[Job, ...] = ()
    counts: tuple[tuple[str, str, int], ...] = ()
    records: tuple[tuple[str, str, str, dict[str, Any]], ...] = ()


class Store(Protocol):
    """Keeps jobs, and counters and records of their owners (accounts, or the server itself: `levels.SERVER`).

    Each call is one atomic step. A change that loses a race against another one is made again on what that
    one left, so it must be pure: it may run several times, and only the last run counts.
    """

    async def add(self, job: Job) -> Job:
        """Keep a new job; the job with its version."""
        ...

    async def get(self, job_id: str) -> Job:
        """The job with that id.

        Raises:
            JobNotFound: no job has that id.
        """
        ...

    async def update(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as the pure function `change` makes it of the kept one; if that raises, nothing changes.

        Raises:
            JobNotFound: no job has that id.
        """
        ...

    async def remove(self, job_id: str) -> None:
        """Forget a job.

        Raises:
            JobNotFound: no job has that id.
        """
        ...

    async def size(self) -> int:
        """The number of jobs."""
        ...

    async def oldest(self, number: int) -> Sequence[Job]:
        """The jobs that were kept first, at most `number`."""
        ...

    async def of_account(self, account: str) -> Sequence[Job]:
        """The jobs of an account, newest first."""
        ...

    async def of_token(self, token: str) -> Job | None:
        """The job that a token belongs to."""
        ...

    async def count(self, owner: str, *names: str) -> list[int]:
        """How often each of the names has been counted for the owner, this time included."""
        ...

    async def drop_count(self, owner: str, name: str, *, at: int) -> None:
        """Forget a counter, if it says `at`."""
        ...

    async def put_record(self, owner: str, kind: str, key: str, record: Record) -> None:
        """Keep a record, in place of one with the same kind and key."""
        ...

    async def record(self, owner: str, kind: str, key: str) -> Record | None:
        """A record, if there is one."""
        ...

    async def find_records(self, owner: str, kind: str, keys: Sequence[str]) -> list[Record | None]:
        """The records with these keys, in their order; `None` where there is none."""
        ...

    async def records(self, owner: str, kind: str) -> Mapping[str, Record]:
        """All records of a kind by their keys, oldest first."""
        ...

    async def update_record(
        self, owner: str, kind: str, key: str, change: Callable[[Record | None], Record | None]
    ) -> Record | None:
        """The record as the pure function `change` makes it of the kept one; `None` removes it."""
        ...

    async def drop_record(self, owner: str, kind: str, key: str) -> None:
        """Forget a record, if there is one."""
        ...

    async def forget(self, level: str) -> None:
        """Forget the jobs, counters and records of the accounts of a level; the server keeps its own."""
        ...

    async def contents(self) -> Contents:
        """Everything that is kept."""
        ...

    async def fill(self, contents: Contents) -> None:
        """Keep `contents`, in place of everything."""
        ...
