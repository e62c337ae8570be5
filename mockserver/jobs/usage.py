"""What jobs cost: prices, statistics and the contract that pays for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.records import Job
from pixelpact.schema import Profile, load_document


def price(job: Job) -> int:
    """The credits that the job costs once it completes."""
    return 0 if job.profile["spent"] == "nothing" else len(outcome(job).runs)


def spent(state: JobState) -> int:
    """The credits that the job has cost so far: nothing until it completes."""
    return price(state.job) if state.code == "completed" else 0


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
    """The statistics of completed jobs: a row for each date that begins with `prefix`, oldest first.

    Dates are cut to `length` characters: 7 for months, 10 for days. Conversions count on the day on which
    their job was completed.
    """
    rows: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"conversions": 0, "credits": 0})
    for job in jobs:
        state = state_of(job, now=now)
        last = state.last
        date = timestamp(last.at)[:length]
        if last.code == "completed" and date.startswith(prefix):
            rows[date]["conversions"] += len(outcome(job).runs)
            rows[date]["credits"] += spent(state)
    return [{"date": date, **rows[date]} for date in sorted(rows)]
