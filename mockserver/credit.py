"""What an account has spent and may still spend, computed from its jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs import Job
from pixelpact.mockserver.lifecycle import state_of
from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.outcome import outcome
from pixelpact.mockserver.views import spent
from pixelpact.schema import Profile, load_document


async def credits_remaining(mock: Mock, account: str) -> int | None:
    """What is left of the account's credits; `None` where they are unlimited."""
    if mock.settings.credits is None:
        return None
    return mock.settings.credits - sum(spent(mock.state(job)) for job in await mock.store.of_account(account))


async def refuse_without_credit(mock: Mock, account: str) -> None:
    """Raise PaymentRequired where the account's credits are gone."""
    remaining = await credits_remaining(mock, account)
    if remaining is not None and remaining <= 0:
        raise ApiError("PaymentRequired")


async def refuse_while_busy(mock: Mock, account: str) -> None:
    """Raise TooManyRequests where as many of the account's jobs run as may."""
    if mock.settings.max_concurrent is None:
        return
    jobs = await mock.store.of_account(account)
    running = sum(1 for job in jobs if job.start and not mock.state(job).is_over)
    if running >= mock.settings.max_concurrent:
        raise ApiError("TooManyRequests", headers=mock.profile.value("retry-after"))


def contracts_document(remaining: int | None, *, bought: int, profile: Profile) -> dict[str, Any] | list[Any]:
    """The answer of `GET /contracts`: one prepaid contract, in the shape and unit that the profile says."""
    unit = profile.value("contract-unit")
    example = load_document("openapi")["components"]["schemas"]["Contract"]["properties"]
    left = bought if remaining is None else remaining
    contract = {
        "contract_type": "prepaid",
        "contract_creation_date": example["contract_creation_date"]["examples"][0],
        f"{unit}_bought": bought,
        f"{unit}_remaining": left,
    }
    if profile["contracts-shape"] == "array":
        return [contract]
    return {"contracts": [contract], f"{unit}_remaining": left}


def usage(jobs: Iterable[Job], *, prefix: str, length: int, now: float) -> Sequence[dict[str, Any]]:
    """A row for each date of `length` characters that begins with `prefix`, oldest first.

    Conversions count on the day on which their job was completed.
    """
    rows: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"conversions": 0, "credits": 0})
    for job in jobs:
        state = state_of(job, now=now)
        last = state.last
        date = timestamp(last.at)[:length]
        if last.code == "completed" and date.startswith(prefix):
            rows[date]["conversions"] += len(outcome(job).units)
            rows[date]["credits"] += spent(state)
    return [{"date": date, **rows[date]} for date in sorted(rows)]
