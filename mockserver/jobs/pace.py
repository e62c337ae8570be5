"""Paces: how quickly a started job proceeds.

A pace says when a started job reaches a point between 0 (started) and 1 (ended):

- `polls=N`: it ends with the N-th read, and reaches the points in between with the reads before;
- `instant`: the same as `polls=1`, so the first read shows the end; a job with a callback needs no read;
- `realistic`: it ends after some seconds, more of them for more steps and pixels.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Protocol

from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.pictures import picture_size
from pixelpact.mockserver.jobs.records import Event, Job
from pixelpact.schema import TEXT_TO_IMAGE

_SECONDS_DOWNLOADING = 0.5
_SECONDS_AT_LEAST = 1.0
#: 20 steps on a megapixel take two seconds.
_SECONDS_PER_STEP_AND_MEGAPIXEL = 0.1


class Pace(Protocol):
    """When a started job reaches a point; `counts_reads` says whether reads advance it."""

    counts_reads: ClassVar[bool]

    def reached(self, point: float, job: Job, start: Event) -> float | None:
        """The moment at which `job` reaches `point` (0 to 1); `None` if that is not known yet."""
        ...


@dataclass(frozen=True, slots=True)
class Polls:
    """Jobs end with the read number `reads`, counted from the start."""

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
    """Jobs end after some seconds, more of them for more steps and pixels."""

    counts_reads: ClassVar[bool] = False

    def reached(self, point: float, job: Job, start: Event) -> float | None:
        """The moment at which the clock passes `point`."""
        seconds = _SECONDS_AT_LEAST + workload(job) * _SECONDS_PER_STEP_AND_MEGAPIXEL
        return start.at + point * (seconds + _SECONDS_DOWNLOADING * start.downloads)


@cache
def parse_pace(text: str) -> Pace:
    """The pace that a text names: `instant`, `polls=N` with N from 1, or `realistic`.

    Raises:
        ValueError: the text does not name a pace.

    >>> parse_pace("polls=3")
    Polls(reads=3)
    """
    if text == "instant":
        return Polls(1)
    if text in ("realistic", "manual"):
        return Realistic()
    if found := re.fullmatch(r"polls=([1-9]\d{0,3})", text):
        return Polls(int(found[1]))
    raise ValueError(f"{text!r} is not a pace. Use instant, realistic or polls=N with N from 1 to 9999.")


def workload(job: Job) -> float:
    """The work that all pictures of a job take, in steps times megapixels."""
    steps_by_default = job.profile.value("default-settings")["num_inference_steps"]
    work = 0.0
    for run in outcome(job).runs:
        if run.conversion.target == TEXT_TO_IMAGE:
            options = run.conversion.effective_options(job.profile)
            width_px, height_px = picture_size(options, profile=job.profile)
            work += options.get("num_inference_steps", steps_by_default) * width_px * height_px / 1e6
    return work
