"""Whether an account may create and start jobs: its credits, and its limit of concurrent jobs."""

from __future__ import annotations

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.usage import price, spent
from pixelpact.mockserver.stores.base import Store


async def credits_remaining(account: Account, *, store: Store) -> int | None:
    """What is left of the account's credits; `None` if they are unlimited."""
    if account.settings.credits is None:
        return None
    now = account.now()
    jobs = await store.of_account(account.id)
    return max(0, account.settings.credits - sum(spent(state_of(job, now=now)) for job in jobs))


def has_quota(account: Account) -> bool:
    """Whether the account may not create and run as many jobs as it likes."""
    return account.settings.credits is not None or concurrent_jobs(account) is not None


async def admit(account: Account, *, store: Store, starting: Job | None = None) -> None:
    """Let an account create a job or, if `starting` is given, start that one.

    Raises:
        ApiError: PaymentRequired, if the account's credits are gone or promised to running jobs, or too few
            are left for this job (if the profile minds); TooManyRequests, if a job would start and as many
            run as may.
    """
    now = account.now()
    states = [state_of(job, now=now) for job in await store.of_account(account.id)]
    running = [state for state in states if state.job.start and not state.is_over]
    if account.settings.credits is not None:
        promised = sum(price(state.job) for state in running)
        left = account.settings.credits - promised - sum(spent(state) for state in states)
        _charge(account, starting, left=left)
    limit = concurrent_jobs(account)
    if starting and limit is not None and len(running) >= limit:
        raise ApiError("TooManyRequests", headers=account.profile.value("retry-after"))


def concurrent_jobs(account: Account) -> int | None:
    """How many jobs of an account may run at once: by the settings, otherwise by the profile."""
    set_limit = account.settings.max_concurrent
    answer: int | None = account.profile.value("concurrent-jobs") if set_limit is None else set_limit
    return answer


def _charge(account: Account, starting: Job | None, *, left: int) -> None:
    """Raise PaymentRequired, if the credits that are left do not suffice."""
    cost = price(starting) if starting else 0
    if left <= 0 and (starting is None or cost):
        raise ApiError("PaymentRequired")
    if cost > left and account.profile["overdraft"] == "refuse":
        message = f"The job costs {cost} credits, and the contract has {left} left"
        raise ApiError("PaymentRequired", message=message)
