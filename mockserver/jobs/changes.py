"""The changes that make one job of another. All are pure: the time of a change is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Conversion, Event, Input, Job


def with_fields(job: Job, **fields: Any) -> Job:
    """The job with other fields, not stored yet: version 0, so that it is not taken for the one it was."""
    return replace(job, version=0, **fields)


def fitting_event(*, is_complete: bool, process: bool, arrived: Iterable[Input], at: float) -> Event:
    """What happens to a job that is as it is now; `arrived` are inputs that just came."""
    if not is_complete or not process:
        return Event("ready" if is_complete else "incomplete", at)
    return Event("started", at, downloads=not all(item.at_hand for item in arrived))


def settled(job: Job, *, at: float, arrived: tuple[Input, ...] = ()) -> Job:
    """The job after a change at `at`: ready or started if it now can be; `arrived` are inputs that just came.

    A job that starts with an input that just came has to download it, unless the client sent the content.
    """
    event = fitting_event(is_complete=job.is_complete, process=job.process, arrived=arrived, at=at)
    unchanged = job.is_closed or (job.events and job.events[-1].kind == event.kind)
    return with_fields(job, modified_at=at, events=job.events if unchanged else (*job.events, event))


def with_inputs(job: Job, inputs: tuple[Input, ...], *, at: float) -> Job:
    """The job with more inputs, started if they were the last that was missing."""
    job = with_fields(job, inputs=job.inputs + inputs, made=job.made + len(inputs))
    return settled(job, at=at, arrived=inputs)


def with_conversions(job: Job, conversions: tuple[Conversion, ...], *, at: float) -> Job:
    """The job with more conversions, started if they were the last that was missing."""
    job = with_fields(job, conversions=job.conversions + conversions, made=job.made + len(conversions))
    return settled(job, at=at, arrived=job.inputs)


def canceled(job: Job, *, at: float) -> Job:
    """The job, canceled."""
    return with_fields(job, modified_at=at, events=(*job.events, Event("canceled", at)))


def with_read(job: Job, *, now: float) -> Job:
    """The job after one more read, which moves it on if it is on its way."""
    if not job.start or state_of(job, now=now).is_over:
        return job
    return with_fields(job, events=(*job.events, Event("read", now)))
