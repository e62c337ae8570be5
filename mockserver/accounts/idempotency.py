"""`Idempotency-Key`: the same key with the same body gives the first job again."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from weakref import WeakValueDictionary

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.stores.base import Store
from pixelpact.mockserver.web.requests import SentHeaders
from pixelpact.schema import Profile

#: The kind of record that an idempotency key is kept as.
IDEMPOTENCY = "idempotency-key"


def idempotency_key(sent: SentHeaders, *, profile: Profile) -> str:
    """The key that a request carries, if the profile heeds it; `""` for none."""
    return sent.idempotency_key if profile["idempotency-key"] == "heeded" else ""


class Idempotency:
    """Which job each key of an account has created, and which keys are in use by a request right now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: Each held while the first request with that account and key creates its job.
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: str, account: Account) -> AbstractAsyncContextManager[None]:
        """Holds back other requests with the account's key while one is being answered.

        Raises:
            ApiError: Conflict, if one is being answered and the profile refuses the next.
        """
        lock = self._locks.setdefault((account.id, key), asyncio.Lock())
        if lock.locked() and account.profile["idempotency-concurrent"] == "refuse":
            raise ApiError("Conflict", message="The first request with this Idempotency-Key still runs")
        return lock

    async def first_job(self, key: str, payload: str, account: Account) -> Job | None:
        """The job that the account's key has created, if it has and has not expired.

        Raises:
            ApiError: Conflict, if the body was another one (unless the profile answers with the first job).
            JobNotFound: the job is gone.
        """
        record = await self._store.record(account.id, IDEMPOTENCY, key)
        if record is None or account.now() - record["at"] >= account.profile.value("idempotency-lifetime"):
            return None
        if record["payload"] != payload and account.profile["idempotency-conflict"] == "refuse":
            raise ApiError("Conflict", message="This Idempotency-Key was used before, with another body")
        return await self._store.get(record["job_id"])

    async def remember(self, job: Job) -> None:
        """Keep which job its key has created."""
        record = {"job_id": job.id, "payload": job.payload_digest, "at": job.created_at}
        await self._store.put_record(job.account, IDEMPOTENCY, job.idempotency_key, record)

    async def forget(self, job: Job) -> None:
        """Drop the record of the job's key, unless the key has created another job since."""
        await self._store.update_record(
            job.account,
            IDEMPOTENCY,
            job.idempotency_key,
            lambda record: None if record is None or record["job_id"] == job.id else record,
        )
