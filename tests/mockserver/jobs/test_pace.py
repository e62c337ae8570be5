"""Paces say when a started job reaches a point."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pixelpact.mockserver.jobs.changes import with_read
from pixelpact.mockserver.jobs.pace import Polls, Realistic, parse_pace, workload
from tests.mockserver.jobs.records import DRAWING, REMOTE, UPLOAD, new_job


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("instant", Polls(1)),
        ("polls=1", Polls(1)),
        ("polls=9999", Polls(9999)),
        ("realistic", Realistic()),
        ("manual", Realistic()),
    ],
)
def test_a_pace_has_a_name(text: str, pace: object) -> None:
    assert parse_pace(text) == pace


def test_polls_reach_a_point_with_the_read_that_covers_it() -> None:
    job = new_job(REMOTE, pace="polls=4")
    for now in (1.0, 2.0, 3.0):
        job = with_read(job, now=now)
    assert job.start is not None

    moments = [Polls(4).reached(point, job, job.start) for point in (0.0, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0)]

    assert moments == [0.0, 1.0, 2.0, 2.0, 3.0, None, None]


def test_realistic_takes_half_a_second_more_for_downloads() -> None:
    remote, local = new_job(REMOTE), new_job(UPLOAD)
    assert remote.start is not None
    assert local.start is not None

    seconds = [Realistic().reached(1.0, job, job.start) for job in (remote, local)]

    assert seconds[0] == seconds[1] + 0.5


def test_the_work_of_a_job_is_steps_times_megapixels_of_its_pictures() -> None:
    drawing = replace(DRAWING, options={"width": 1000, "height": 500, "num_inference_steps": 10})
    other = replace(DRAWING, id="d", target="png", category="image")

    assert workload(new_job(UPLOAD, conversions=(drawing,))) == pytest.approx(5.0)
    assert workload(new_job(UPLOAD, conversions=(drawing, drawing, other))) == pytest.approx(10.0)
    assert workload(new_job(UPLOAD, conversions=(other,))) == 0.0


@pytest.mark.parametrize("text", ["", "fast", "polls=0", "polls=", "polls=-1", "polls=1e3", "instant "])
def test_an_unknown_pace_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Use instant, realistic or polls=N"):
        parse_pace(text)
