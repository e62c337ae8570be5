"""`Idempotency-Key`: the same key with the same body gives the first job again."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

from starlette.requests import Request

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs import Job
from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.store import IDEMPOTENCY
from pixelpact.schema import headers


def in_turn(request: Request, *, account: str, mock: Mock) -> AbstractAsyncContextManager[None]:
    """Holds back other requests with the account's key while one runs; none without a key.

    Raises:
        ApiError: Conflict, where one runs and the profile refuses the next.
    """
    key = _key(request, mock)
    if not key:
        return nullcontext()
    turn = mock.turns.setdefault((account, key), asyncio.Lock())
    if turn.locked() and mock.profile["idempotency-concurrent"] == "refuse":
        raise ApiError("Conflict", message="The first request with this Idempotency-Key still runs")
    return turn


async def remembered(request: Request, payload: str, *, account: str, mock: Mock) -> Job | None:
    """The job that this account's key made before, if it has not lapsed.

    Raises:
        ApiError: Conflict, where it came with another body (or the first job, as the profile says).
    """
    key = _key(request, mock)
    record = await mock.store.fetch(account, IDEMPOTENCY, key) if key else None
    if record is None or mock.clock.now() - record["at"] >= mock.profile.value("idempotency-lifetime"):
        return None
    if record["payload"] != payload and mock.profile["idempotency-conflict"] == "refuse":
        raise ApiError("Conflict", message="This Idempotency-Key was used before, with another body")
    return await mock.store.get(record["job_id"])


async def remember(job: Job, *, mock: Mock) -> None:
    """Keep which job its key made."""
    if job.idempotency_key:
        record = {"job_id": job.id, "payload": job.payload, "at": job.created_at}
        await mock.store.put(job.account, IDEMPOTENCY, job.idempotency_key, record)


def _key(request: Request, mock: Mock) -> str:
    """The key that a request carries, as far as the profile heeds it."""
    if mock.profile["idempotency-key"] == "ignored":
        return ""
    return request.headers.get(headers().idempotency_key, "")
