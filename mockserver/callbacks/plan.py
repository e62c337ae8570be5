"""Which callbacks a job makes, when, and what is tried again. Functions of the job and its profile."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pixelpact.mockserver.jobs.lifecycle import JobState, StatusChange, state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.schema import Profile, callback_rules, statuses


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback that a job makes: how it was when its status changed, and from when on that is told."""

    state: JobState
    due: float


def callbacks(job: Job) -> tuple[Callback, ...]:
    """The callbacks that the job makes, past and future, in the order in which they are sent."""
    if not job.callback:
        return ()
    changes = state_of(job, now=math.inf).changes
    told = [
        JobState(job, change.at, changes[: number + 1])
        for number, change in enumerate(changes)
        if _is_told(job, change)
    ]
    trouble = job.faults.callbacks
    if trouble is not None and trouble.kind == "reordered":
        return tuple(_reordered(told))
    late_s = 0.0 if trouble is None else trouble.late_s
    return tuple(Callback(state, state.now + late_s) for state in told)


def timeout_s(attempt: int) -> float:
    """How long an answer to an attempt (from 1) is waited for."""
    rules = callback_rules()
    return rules.first_timeout_s if attempt == 1 else rules.retry_timeout_s


def is_tried_again(status: int | None, *, attempt: int, profile: Profile) -> bool:
    """Whether an attempt (from 1) that was answered so, or not at all, is followed by another one."""
    if attempt > callback_rules().retries:
        return False
    if status is None or status >= 500:  # the class of server errors
        return True
    return 300 <= status < 400 and profile["callback-redirect"] == "retry"  # redirections


def pause_s(attempt: int, *, profile: Profile) -> float:
    """Seconds from an attempt (from 1) that failed to the next one."""
    spacing = profile.value("callback-spacing")
    return float(spacing["first_s"] * spacing["factor"] ** (attempt - 1))


def signature(body: bytes, *, secret: str) -> str:
    """The signature of a body: HMAC-SHA256, lower-case hexadecimal digits (SDK contract)."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _is_told(job: Job, change: StatusChange) -> bool:
    """Only the end is told; with `notify_status` every change (vendor guide webhooks)."""
    if change.code == "canceled":
        return job.notify_status and job.profile["callback-canceled"] == "with-notify"
    return job.notify_status or statuses()[change.code].terminal


def _reordered(told: list[JobState]) -> Iterator[Callback]:
    """Each two change places; the first of them has to wait until the second has happened."""
    for first, second in zip(told[::2], told[1::2], strict=False):
        yield Callback(second, second.now)
        yield Callback(first, second.now)
    if len(told) % 2 and told[-1].is_over:
        yield Callback(told[-1], told[-1].now)
