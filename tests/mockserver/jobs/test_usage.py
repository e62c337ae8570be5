"""Prices and statistics follow from the jobs."""

from __future__ import annotations

from msgspec.structs import replace

from pixelpact.mockserver.jobs.changes import with_read
from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.jobs.usage import price, spent, usage
from tests.mockserver.jobs.records import DRAWING, UPLOAD, new_job

DAY_S = 86400.0


def completed(*, at: float, results: int = 1) -> Job:
    conversions = tuple(replace(DRAWING, id=str(number)) for number in range(results))
    return with_read(new_job(UPLOAD, conversions=conversions), now=at)


def test_a_job_costs_a_credit_for_each_result_once_it_is_completed() -> None:
    job, failed = completed(at=5.0, results=3), new_job(replace(UPLOAD, text=""))

    assert (price(job), price(failed)) == (3, 0)
    assert [spent(state_of(job, now=now)) for now in (4.9, 5.0)] == [0, 3]


def test_statistics_have_a_row_for_each_day_with_completed_jobs() -> None:
    jobs = [completed(at=2 * DAY_S), completed(at=1.0, results=2), completed(at=2.0), new_job(UPLOAD)]

    rows = usage(jobs, prefix="1970-01", length=10, now=9 * DAY_S)

    assert rows == [
        {"date": "1970-01-01", "conversions": 3, "credits": 3},
        {"date": "1970-01-03", "conversions": 1, "credits": 1},
    ]


def test_statistics_of_a_year_have_a_row_for_each_month() -> None:
    jobs = [completed(at=1.0), completed(at=40 * DAY_S), completed(at=400 * DAY_S)]

    rows = usage(jobs, prefix="1970", length=7, now=500 * DAY_S)

    assert [row["date"] for row in rows] == ["1970-01", "1970-02"]
