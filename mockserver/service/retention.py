"""How long jobs are kept: when the store is full, expired ones make room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from pixelpact.mockserver.accounts.accounts import Account, Accounts
from pixelpact.mockserver.accounts.idempotency import Idempotency
from pixelpact.mockserver.errors import ApiError, JobNotFound
from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.output_cache import OutputCache
from pixelpact.mockserver.service.uploads import PartialUploads
from pixelpact.mockserver.stores.base import Store

#: Expired jobs evicted at a time.
_EVICTED_AT_ONCE = 100


class Retention:
    """Keeps the number of jobs at or below `max_jobs`."""

    def __init__(
        self,
        store: Store,
        *,
        max_jobs: int,
        accounts: Accounts,
        outputs: OutputCache,
        uploads: PartialUploads,
        idempotency: Idempotency,
    ) -> None:
        self._store = store
        self._max_jobs = max_jobs
        self._accounts = accounts
        self._outputs = outputs
        self._uploads = uploads
        self._idempotency = idempotency

    async def make_room(self, account: Account) -> None:
        """See that one more job can be kept; if the store is full, evict jobs whose outputs have expired.

        Raises:
            ApiError: TooManyRequests, if the store is full and no job in it has expired.
        """
        if await self._store.size() < self._max_jobs:
            return
        for job in islice(await self._expired(), _EVICTED_AT_ONCE):
            await self._evict(job)
        if await self._store.size() >= self._max_jobs:
            raise ApiError(
                "TooManyRequests",
                message=f"The store is full ({self._max_jobs} jobs); none has expired. "
                "Reset the server, or start it with a higher --max-jobs",
                headers=account.profile.value("retry-after"),
            )

    async def _expired(self) -> Iterator[Job]:
        oldest = await self._store.oldest(self._max_jobs)
        times = {name: (await self._accounts.load(name)).now() for name in {job.account for job in oldest}}
        return (job for job in oldest if _has_expired(job, now=times[job.account]))

    async def _evict(self, job: Job) -> None:
        """Forget a job, and the records that belong only to it."""
        self._uploads.forget(job.id)
        for file_id in job.drawn:
            self._outputs.forget(file_id)
        await self._idempotency.forget(job)
        with suppress(JobNotFound):  # another request has evicted it meanwhile
            await self._store.remove(job.id)
            await self._store.drop_count(job.account, job.payload_digest, at=job.repetition)


def _has_expired(job: Job, *, now: float) -> bool:
    kept_s = job.profile.value("output-retention")
    if now - job.created_at < kept_s:  # true of most jobs, and quick to see
        return False
    state = state_of(job, now=now)
    return state.is_over and now - state.last.at >= kept_s
