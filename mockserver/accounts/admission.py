"""What an account has spent and may still spend and run, computed from its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.usage import price, spent

if TYPE_CHECKING:
    from pixelpact.mockserver.service.mock import Mock


async def credits_remaining(mock: Mock, account: str) -> int | None:
    """What is left of the account's credits; `None` where they are unlimited."""
    if mock.settings.credits is None:
        return None
    jobs = await mock.store.of_account(account)
    return max(0, mock.settings.credits - sum(spent(mock.state(job)) for job in jobs))


def has_bounds(mock: Mock) -> bool:
    """Whether an account may not make and run as many jobs as it likes."""
    return mock.settings.credits is not None or concurrent_jobs(mock) is not None


async def admit(mock: Mock, account: str, *, starting: Job | None = None) -> None:
    """Let an account make a job or, where one is given, start it.

    Raises:
        ApiError: PaymentRequired, where the account's credits are gone, or promised to jobs that run, or
            where too few are left for this job (if the profile minds); TooManyRequests, where a job would
            start and as many run as may.
    """
    credit, limit = mock.settings.credits, concurrent_jobs(mock)
    states = [mock.state(job) for job in await mock.store.of_account(account)]
    running = [state for state in states if state.job.start and not state.is_over]
    if credit is not None:
        promised = sum(price(state.job) for state in running)
        left = credit - promised - sum(spent(state) for state in states)
        if left <= 0 and (starting is None or price(starting)):
            raise ApiError("PaymentRequired")
        if starting and price(starting) > left and mock.profile["overdraft"] == "refuse":
            message = f"The job costs {price(starting)} credits, and the contract has {left} left"
            raise ApiError("PaymentRequired", message=message)
    if starting and limit is not None and len(running) >= limit:
        raise ApiError("TooManyRequests", headers=mock.profile.value("retry-after"))


def concurrent_jobs(mock: Mock) -> int | None:
    """How many jobs of an account may run at once: as the server was told, or else as the profile says."""
    told = mock.settings.max_concurrent
    answer: int | None = mock.profile.value("concurrent-jobs") if told is None else told
    return answer
