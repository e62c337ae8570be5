"""Changes make another job of one, and leave the old one as it was."""

from __future__ import annotations

import pytest

from pixelpact.mockserver.jobs.changes import (
    canceled,
    next_event,
    with_conversions,
    with_fields,
    with_inputs,
    with_next_status,
    with_read,
)
from pixelpact.mockserver.jobs.records import Event, Input
from tests.mockserver.jobs.records import DRAWING, REMOTE, UPLOAD, new_job


@pytest.mark.parametrize(
    ("is_complete", "process", "new_inputs", "event"),
    [
        (False, True, (), Event("incomplete", 5.0)),
        (False, False, (), Event("incomplete", 5.0)),
        (True, False, (REMOTE,), Event("ready", 5.0)),
        (True, True, (), Event("started", 5.0)),
        (True, True, (UPLOAD,), Event("started", 5.0)),
        (True, True, (UPLOAD, REMOTE), Event("started", 5.0, downloads=True)),
    ],
)
def test_the_next_event_follows_from_what_the_job_has(
    is_complete: bool, process: bool, new_inputs: tuple[Input, ...], event: Event
) -> None:
    found = next_event(is_complete=is_complete, process=process, new_inputs=new_inputs, at=5.0)

    assert found == event


def test_the_last_missing_input_starts_a_job() -> None:
    job = new_job()

    started = with_inputs(job, (REMOTE,), at=5.0)

    assert job.inputs == ()
    assert started.inputs == (REMOTE,)
    assert (started.parts_added, started.modified_at) == (1, 5.0)
    assert started.events == (Event("incomplete", 0.0), Event("started", 5.0, downloads=True))


def test_the_last_missing_conversion_starts_a_job() -> None:
    job = new_job(REMOTE, conversions=())

    started = with_conversions(job, (DRAWING, DRAWING), at=5.0)

    assert started.conversions == (DRAWING, DRAWING)
    assert started.parts_added == 2
    assert started.events == (Event("incomplete", 0.0), Event("started", 5.0, downloads=True))


def test_a_status_that_stays_adds_no_event() -> None:
    job = new_job(process=False)

    changed = with_next_status(job, at=5.0)

    assert changed.events == job.events
    assert changed.modified_at == 5.0


def test_a_job_without_its_only_input_is_incomplete_again() -> None:
    job = new_job(UPLOAD, process=False)

    changed = with_next_status(with_fields(job, inputs=()), at=5.0)

    assert changed.events == (Event("ready", 0.0), Event("incomplete", 5.0))


def test_a_canceled_job_takes_no_other_status() -> None:
    job = canceled(new_job(process=False), at=4.0)

    changed = with_next_status(with_fields(job, inputs=(UPLOAD,), process=True), at=5.0)

    assert changed.is_closed
    assert changed.events == (Event("incomplete", 0.0), Event("canceled", 4.0))


def test_only_reads_of_a_running_job_count() -> None:
    staged, running = new_job(UPLOAD, process=False), new_job(UPLOAD)

    ended = with_read(running, now=1.0)

    assert with_read(staged, now=1.0) is staged
    assert ended.events == (Event("started", 0.0), Event("read", 1.0))
    assert with_read(ended, now=2.0) is ended
