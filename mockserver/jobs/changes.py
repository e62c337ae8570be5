"""The pure changes that make one job of another; the time of a change is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Conversion, Event, Input, Job
from pixelpact.mockserver.jobs.versions import next_version


def with_fields(job: Job, **fields: Any) -> Job:
    """The job with other fields, and so with another version."""
    return replace(job, version=next_version(), **fields)


def next_event(*, is_complete: bool, process: bool, new_inputs: Iterable[Input], at: float) -> Event:
    """The event of a job that has just been changed: it is incomplete, ready or started.

    `new_inputs` are the inputs that a start still has to download, unless they are local.
    """
    if not is_complete or not process:
        return Event("ready" if is_complete else "incomplete", at)
    return Event("started", at, downloads=not all(item.is_local for item in new_inputs))


def with_next_status(job: Job, *, at: float, new_inputs: tuple[Input, ...] = ()) -> Job:
    """The job after a change at `at`: ready or started if it now can be.

    A job that starts with `new_inputs` has to download them, unless the client sent their content.
    """
    event = next_event(is_complete=job.is_complete, process=job.process, new_inputs=new_inputs, at=at)
    is_unchanged = job.is_closed or (job.events and job.events[-1].kind == event.kind)
    return with_fields(job, modified_at=at, events=job.events if is_unchanged else (*job.events, event))


def with_inputs(job: Job, inputs: tuple[Input, ...], *, at: float) -> Job:
    """The job with more inputs; it starts if only these were missing."""
    job = with_fields(job, inputs=job.inputs + inputs, parts_added=job.parts_added + len(inputs))
    return with_next_status(job, at=at, new_inputs=inputs)


def with_conversions(job: Job, conversions: tuple[Conversion, ...], *, at: float) -> Job:
    """The job with more conversions; it starts if only these were missing."""
    parts_added = job.parts_added + len(conversions)
    job = with_fields(job, conversions=job.conversions + conversions, parts_added=parts_added)
    return with_next_status(job, at=at, new_inputs=job.inputs)


def canceled(job: Job, *, at: float) -> Job:
    """The job, canceled."""
    return with_fields(job, modified_at=at, events=(*job.events, Event("canceled", at)))


def with_read(job: Job, *, now: float) -> Job:
    """The job after one more read; reads of a job that is not running are not recorded."""
    if not job.start or state_of(job, now=now).is_over:
        return job
    return with_fields(job, events=(*job.events, Event("read", now)))
