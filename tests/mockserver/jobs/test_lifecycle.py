"""The status of a job is a function of its events and the time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pixelpact.mockserver.jobs.changes import canceled, with_inputs, with_next_status, with_read
from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.schema import statuses
from tests.mockserver.jobs.records import DRAWING, REMOTE, UPLOAD, new_job


def codes_by_read(job: Job, reads: int) -> list[str]:
    codes = [state_of(job, now=0.0).code]
    for _ in range(reads):
        job = with_read(job, now=0.0)
        codes.append(state_of(job, now=0.0).code)
    return codes


def test_instant_shows_the_end_with_the_first_read() -> None:
    assert codes_by_read(new_job(REMOTE), 2) == ["downloading", "completed", "completed"]


def test_polls_shows_the_end_with_the_nth_read() -> None:
    job = new_job(REMOTE, pace="polls=5")

    assert codes_by_read(job, 6) == [
        "downloading",
        "queued",
        "processing",
        "processing",
        "processing",
        "completed",
        "completed",
    ]


def test_what_was_uploaded_need_not_be_downloaded() -> None:
    assert codes_by_read(new_job(UPLOAD), 1) == ["processing", "completed"]


def test_a_job_without_inputs_is_incomplete_until_one_comes() -> None:
    job = new_job()
    started = with_inputs(job, (UPLOAD,), at=5.0)

    assert state_of(job, now=9.0).code == "incomplete"
    assert [change.code for change in state_of(started, now=9.0).changes] == ["incomplete", "processing"]


def test_a_staged_job_is_ready_until_it_is_told_to_process() -> None:
    job = new_job(REMOTE, process=False)
    started = with_next_status(replace(job, process=True), at=5.0)

    assert state_of(with_read(job, now=9.0), now=9.0).code == "ready"
    assert [(change.code, change.at) for change in state_of(started, now=9.0).changes] == [
        ("ready", 0.0),
        ("processing", 5.0),
    ]


def test_realistic_takes_seconds_by_steps_and_pixels() -> None:
    large = replace(DRAWING, options={"width": 2048, "height": 2048, "num_inference_steps": 60})
    quick, slow = new_job(REMOTE, pace="realistic"), new_job(REMOTE, pace="realistic")
    slow = replace(slow, conversions=(large,))

    moments = [next(at for at in range(100) if state_of(job, now=at).is_over) for job in (quick, slow)]

    assert moments == [4, 27]
    assert [state_of(quick, now=at).code for at in (0.0, 0.8, 1.5)] == ["downloading", "queued", "processing"]
    assert with_read(quick, now=0.0) is not quick


def test_a_canceled_job_stays_canceled() -> None:
    job = canceled(new_job(REMOTE, pace="realistic"), at=0.1)

    assert [change.code for change in state_of(job, now=1000.0).changes] == ["downloading", "canceled"]


def test_an_empty_prompt_fails_the_job_whatever_the_flag() -> None:
    empty = replace(UPLOAD, text=" ")

    for strict in (True, False):
        job = new_job(empty, fail_on_conversion_error=strict)
        assert codes_by_read(job, 1)[-1] == "failed"


@given(
    pace=st.sampled_from(["instant", "polls=2", "polls=7", "realistic"]),
    remote=st.booleans(),
    moments=st.lists(st.floats(0, 60), max_size=12),
    cancel_at=st.none() | st.integers(0, 11),
)
def test_a_job_never_goes_back_and_stays_where_it_ends(
    pace: str, remote: bool, moments: list[float], cancel_at: int | None
) -> None:
    job = new_job(REMOTE if remote else UPLOAD, pace=pace)
    order = list(statuses())
    seen = [state_of(job, now=0.0).code]

    for index, now in enumerate(sorted(moments)):
        if index == cancel_at and not state_of(job, now=now).is_over:
            job = canceled(job, at=now)
        job = with_read(job, now=now)
        seen.append(state_of(job, now=now).code)

    assert seen == sorted(seen, key=order.index)
    over = [code for code in seen if statuses()[code].terminal]
    assert len(set(over)) <= 1
