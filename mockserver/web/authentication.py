"""Who is calling, by API key or job token, and which jobs that caller may touch."""

from __future__ import annotations

from dataclasses import dataclass, field

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.scenarios.catalogue import scenarios
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.memory import JobNotFound, Store
from pixelpact.mockserver.web.requests import SentHeaders

#: A key with this word in it is refused, so that a test of the negative path needs no set-up.
_REFUSED_WORD = "invalid"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key (`account`) or with the token of one job (`token`)."""

    account: str | None = None
    token: str | None = field(default=None, repr=False)


def account_by_key(sent: SentHeaders, *, settings: Settings) -> str:
    """The account of the caller's API key.

    Raises:
        ApiError: Unauthorized, without a key or with one that is refused. The key is never repeated.
    """
    key = sent.api_key
    if sent.scenario is not None and sent.scenario not in scenarios():
        message = "The API key names no scenario; `pixelpact scenarios` lists them"
        raise ApiError("Unauthorized", message=message)
    if not key or is_refused(key, settings=settings):
        raise ApiError("Unauthorized", status=settings.profile.value("invalid-key"))
    return sent.account


def is_refused(key: str, *, settings: Settings) -> bool:
    """Whether a key opens nothing here."""
    return _REFUSED_WORD in key.lower() or (bool(settings.api_keys) and key not in settings.api_keys)


def optional_account(sent: SentHeaders, *, settings: Settings) -> str | None:
    """The account of the caller's key, where a key is sent though none is needed.

    Raises:
        ApiError: Unauthorized, with a key that is refused.
    """
    return account_by_key(sent, settings=settings) if sent.api_key else None


def caller_by_key_or_token(sent: SentHeaders, *, settings: Settings) -> Caller:
    """The caller with a key or, where no key is sent, with a job token.

    Raises:
        ApiError: Unauthorized, with neither or with a key that is refused.
    """
    if sent.job_token and not sent.api_key:
        return Caller(token=sent.job_token)
    return Caller(account=account_by_key(sent, settings=settings))


async def job_for(caller: Caller, job_id: str, *, store: Store, settings: Settings) -> Job:
    """The job, if the caller may touch it.

    Raises:
        ApiError: NotFound for a key that has no such job (or what the profile says of foreign jobs);
            Unauthorized for a token of another job, existing or not.
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
