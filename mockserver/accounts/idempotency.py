"""`Idempotency-Key`: the same key with the same body gives the first job again."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.stores.memory import IDEMPOTENCY
from pixelpact.mockserver.web.requests import SentHeaders
from pixelpact.schema import Profile


def idempotency_key(sent: SentHeaders, *, profile: Profile) -> str:
    """The key that a request carries, as far as the profile heeds it; `""` for none."""
    return sent.idempotency_key if profile["idempotency-key"] == "heeded" else ""


def in_turn(key: str, *, account: str, mock: Mock) -> AbstractAsyncContextManager[None]:
    """Holds back other requests with the account's key while one runs.

    Raises:
        ApiError: Conflict, where one runs and the profile refuses the next.
    """
    turn = mock.turns.setdefault((account, key), asyncio.Lock())
    if turn.locked() and mock.profile["idempotency-concurrent"] == "refuse":
        raise ApiError("Conflict", message="The first request with this Idempotency-Key still runs")
    return turn


async def remembered(key: str, payload: str, *, account: str, mock: Mock) -> Job | None:
    """The job that this account's key made before, if it has not lapsed.

    Raises:
        ApiError: Conflict, where it came with another body (or the first job, as the profile says).
    """
    record = await mock.store.fetch(account, IDEMPOTENCY, key)
    if record is None or mock.clock.now() - record["at"] >= mock.profile.value("idempotency-lifetime"):
        return None
    if record["payload"] != payload and mock.profile["idempotency-conflict"] == "refuse":
        raise ApiError("Conflict", message="This Idempotency-Key was used before, with another body")
    return await mock.store.get(record["job_id"])


async def remember(job: Job, *, mock: Mock) -> None:
    """Keep which job its key made."""
    record = {"job_id": job.id, "payload": job.payload_digest, "at": job.created_at}
    await mock.store.put(job.account, IDEMPOTENCY, job.idempotency_key, record)
