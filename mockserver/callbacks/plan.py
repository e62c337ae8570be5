"""Which callbacks a job makes and when, and which attempts are repeated: functions of job and profile."""

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
    """A callback of a job: its state when the status changed, and the moment from which it is sent."""

    state: JobState
    due: float


def callbacks(job: Job) -> tuple[Callback, ...]:
    """The callbacks that the job makes, past and future, in the order in which they are sent."""
    if not job.callback:
        return ()
    changes = state_of(job, now=math.inf).changes
    sent = [
        JobState(job, change.at, changes[: number + 1])
        for number, change in enumerate(changes)
        if _is_sent(job, change)
    ]
    faults = job.faults.callbacks
    if faults is not None and faults.kind == "reordered":
        return tuple(_reordered(sent))
    late_s = 0.0 if faults is None else faults.late_s
    return tuple(Callback(state, state.now + late_s) for state in sent)


def timeout_s(attempt: int) -> float:
    """How many seconds an attempt (from 1) waits for its response."""
    rules = callback_rules()
    return rules.first_timeout_s if attempt == 1 else rules.retry_timeout_s


def is_tried_again(status: int | None, *, attempt: int, profile: Profile) -> bool:
    """Whether an attempt (from 1) with a response of this status, or without one, is followed by another."""
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


def _is_sent(job: Job, change: StatusChange) -> bool:
    """Whether a change of status is sent: the last one, or all with `notify_status` (vendor guide)."""
    if change.code == "canceled":
        return job.notify_status and job.profile["callback-canceled"] == "with-notify"
    return job.notify_status or statuses()[change.code].terminal


def _reordered(states: list[JobState]) -> Iterator[Callback]:
    """Pairs in swapped order; the first of a pair has to wait until the second has happened."""
    for first, second in zip(states[::2], states[1::2], strict=False):
        yield Callback(second, second.now)
        yield Callback(first, second.now)
    if len(states) % 2 and states[-1].is_over:
        yield Callback(states[-1], states[-1].now)
