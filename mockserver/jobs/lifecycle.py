"""The life cycle of a job, as a function of what happened to it and the time. Nothing runs in between.

A pace says when a started job reaches a point of its way, from 0 (started) to 1 (ended):

- `polls=N`: with the N-th read, and at points in between with the reads before;
- `instant`: the same as `polls=1`, so the first read shows the end; a job with a callback needs no read;
- `realistic`: after seconds that grow with the steps and pixels asked for.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar, Protocol

from msgspec.structs import replace

from pixelpact.mockserver.jobs.outcome import outcome, workload
from pixelpact.mockserver.jobs.records import REMEMBERED, Event, Frozen, Job
from pixelpact.schema import statuses

#: Where on its way a job leaves a status for the next, when it has inputs to download.
_STAGES = (("downloading", 0.0), ("queued", 0.2), ("processing", 0.3))
#: The same with a wait before, where the profile has it shown.
_STAGES_WITH_WAIT = (("pending", 0.0), ("downloading", 0.1), *_STAGES[1:])
#: Documented: a job that is started by PATCH, its inputs being there, answers `processing`.
_STAGES_AT_HAND = (("processing", 0.0),)

_SECONDS_DOWNLOADING = 0.5
_SECONDS_AT_LEAST = 1.0
#: 20 steps on a megapixel take two seconds.
_SECONDS_PER_STEP_AND_MEGAPIXEL = 0.1


class Pace(Protocol):
    """When a started job reaches a point of its way. `counts_reads`: whether reads move it on."""

    counts_reads: ClassVar[bool]

    def reached(self, point: float, job: Job, start: Event) -> float | None:
        """The moment at which `job` reaches `point` (0 to 1); `None` if nobody knows yet."""
        ...


@dataclass(frozen=True, slots=True)
class Polls:
    """Ended with the read number `reads`, counted from the start."""

    counts_reads: ClassVar[bool] = True
    reads: int

    def reached(self, point: float, job: Job, start: Event) -> float | None:
        """The moment of the read that brings the job to `point`."""
        needed = math.ceil(point * self.reads)
        if not needed:
            return start.at
        if len(job.events) <= needed:  # the start itself is an event
            return None
        reads = [event.at for event in job.events if event.kind == "read"]
        return reads[needed - 1] if needed <= len(reads) else None


@dataclass(frozen=True, slots=True)
class Realistic:
    """Ended after some seconds, more for more steps and pixels."""

    counts_reads: ClassVar[bool] = False

    def reached(self, point: float, job: Job, start: Event) -> float | None:
        """The moment at which the clock passes `point`."""
        seconds = _SECONDS_AT_LEAST + workload(job) * _SECONDS_PER_STEP_AND_MEGAPIXEL
        return start.at + point * (seconds + _SECONDS_DOWNLOADING * start.downloads)


class Change(Frozen, frozen=True):
    """A status and the moment at which the job took it."""

    code: str
    at: float


class JobState(Frozen, frozen=True):
    """A job at a moment: `changes` are the statuses that it has had up to `now`, oldest first."""

    job: Job
    now: float
    changes: tuple[Change, ...]

    @property
    def last(self) -> Change:
        """The status that it has, and since when."""
        return self.changes[-1]

    @property
    def code(self) -> str:
        """The code of its status."""
        return self.changes[-1].code

    @property
    def is_over(self) -> bool:
        """Whether it has a status in which it stays."""
        return statuses()[self.changes[-1].code].terminal


@cache
def parse_pace(text: str) -> Pace:
    """The pace that a text names: `instant`, `polls=N` with N from 1, or `realistic`.

    Raises:
        ValueError: it names none.

    >>> parse_pace("polls=3")
    Polls(reads=3)
    """
    if text == "instant":
        return Polls(1)
    if text in ("realistic", "manual"):
        return Realistic()
    if found := re.fullmatch(r"polls=([1-9]\d{0,3})", text):
        return Polls(int(found[1]))
    raise ValueError(f"{text!r} is no pace. Use instant, realistic or polls=N with N from 1 to 9999.")


def state_of(job: Job, *, now: float) -> JobState:
    """The job at a moment."""
    changes = timeline(job)
    if changes[-1].at > now:
        changes = tuple(change for change in changes if change.at <= now) or changes[:1]
    return JobState(job, now, changes)


@lru_cache(maxsize=REMEMBERED)
def timeline(job: Job) -> tuple[Change, ...]:
    """The statuses that the job has had and, as far as nothing more happens to it, will have."""
    changes: list[Change] = []
    for event in job.events:
        match event.kind:
            case "incomplete" | "ready":
                hidden = event.kind == "ready" and job.profile["staged-status"] == "incomplete"
                changes.append(Change("incomplete" if hidden else event.kind, event.at))
            case "started":
                changes += _way(job, event)
            case "canceled":
                changes = [change for change in changes if change.at <= event.at]
                changes.append(Change(event.kind, event.at))
    return tuple(changes)


def with_read(job: Job, *, now: float) -> Job:
    """The job after one more read, which moves it on if it is on its way."""
    if not job.start or state_of(job, now=now).is_over:
        return job
    return replace(job, events=(*job.events, Event("read", now)))


def _way(job: Job, start: Event) -> list[Change]:
    """The statuses from the start on, as far as it is known when they are reached."""
    pace = parse_pace(job.pace)
    downloads = _STAGES if job.profile["pending-status"] == "skipped" else _STAGES_WITH_WAIT
    stages = downloads if start.downloads else _STAGES_AT_HAND
    skipped = "queued" if job.profile["queued-status"] == "skipped" else None
    changes: list[Change] = []
    for code, point in stages:
        at = pace.reached(point, job, start)
        if at is None:  # what comes later is not known either
            return changes
        if code != skipped:
            changes.append(Change(code, at))
    end = None if job.fate.stuck else pace.reached(1.0, job, start)
    if end is not None:
        changes.append(Change("failed" if outcome(job).failed else "completed", end))
    return changes
