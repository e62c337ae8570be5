"""The caller of a request, by API key or job token, and the jobs that it may touch."""

from __future__ import annotations

from dataclasses import dataclass, field

from pixelpact.mockserver.errors import ApiError, JobNotFound
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.scenarios.catalogue import scenarios
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Store
from pixelpact.mockserver.web.requests import SentHeaders

#: A key with this word in it is refused, so that a test of the negative path needs no set-up.
_REFUSED_WORD = "invalid"


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a key (`account`) or of the token of one job (`token`)."""

    account: str | None = None
    token: str | None = field(default=None, repr=False)


def require_key(sent: SentHeaders, *, settings: Settings) -> None:
    """Raise an error, unless the request has an API key that opens an account. The key is never repeated.

    Raises:
        ApiError: Unauthorized, without a key or with one that is refused.
    """
    if sent.scenario is not None and sent.scenario not in scenarios():
        message = "The API key names no scenario; `pixelpact scenarios` lists them"
        raise ApiError("Unauthorized", message=message)
    if not sent.api_key or is_refused(sent.api_key, settings=settings):
        raise ApiError("Unauthorized", status=settings.profile.value("invalid-key"))


def is_refused(key: str, *, settings: Settings) -> bool:
    """Whether a key opens no account here."""
    return _REFUSED_WORD in key.lower() or (bool(settings.api_keys) and key not in settings.api_keys)


def caller_by_key_or_token(sent: SentHeaders, *, account: str, settings: Settings) -> Caller:
    """The caller with a key, which opens `account`, or, if no key is sent, with a job token.

    Raises:
        ApiError: Unauthorized, with neither or with a key that is refused.
    """
    if sent.job_token and not sent.api_key:
        return Caller(token=sent.job_token)
    require_key(sent, settings=settings)
    return Caller(account=account)


async def account_of_job(sent: SentHeaders, job_id: str | None, *, store: Store) -> str:
    """The account of a request without a key: that of its token or its job; `""` if there is none."""
    try:
        job = await store.of_token(sent.job_token) if sent.job_token else None
        if job is None and job_id is not None:
            job = await store.get(job_id)
    except JobNotFound:
        return ""
    return job.account if job else ""


async def job_for(caller: Caller, job_id: str, *, store: Store, settings: Settings) -> Job:
    """The job, if the caller may touch it.

    Raises:
        ApiError: NotFound for a key that has no such job (or what the profile says of foreign jobs);
            Unauthorized for a token of another job, whether there is such a job or not.
    """
    try:
        job = await store.get(job_id)
    except JobNotFound:
        raise _foreign_token(settings) if caller.token else _not_found(job_id) from None
    if caller.token:
        if job.token != caller.token:
            raise _foreign_token(settings)
    elif job.account != caller.account:
        if settings.profile["foreign-job"] == "401":
            raise ApiError("Unauthorized")
        raise _not_found(job_id)
    return job


def _foreign_token(settings: Settings) -> ApiError:
    return ApiError(settings.profile.value("foreign-token"))


def _not_found(job_id: str) -> ApiError:
    return ApiError("NotFound", message=f"There is no job {job_id[:64]!r}")
