"""Checks of listings of jobs: rows, pages, counts, order, filters, and whose jobs are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from pixelpact.contract_tests.checks.failing import strict_job
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import (
    document_of,
    expect_fields,
    expect_same,
    row_with,
    rows_of,
    succeeded,
)
from pixelpact.contract_tests.suite.context import FIRST, SECOND, Context
from pixelpact.contract_tests.suite.items import Need, check, step
from pixelpact.contract_tests.suite.steps import (
    OpenJob,
    open_job,
    open_job_of,
    plain_picture,
)
from pixelpact.schema import headers, page_size, statuses, success_status

_OAS = "vendor OpenAPI 2.0.1"
_RATES = "vendor guide rate-limits"
_COUNT = headers().count
_NO_CONTENT = 204
#: Asked late among what costs credits, when the run has made more jobs than a page has, some of which failed.
_LATE = 90
#: The statuses that a filter is asked for: those that jobs of the run surely have by then.
_FILTERED = ("incomplete", "canceled", "completed", "failed")
#: Statuses that a job leaves only if a client does something.
_RESTING = frozenset(code for code, status in statuses().items() if status.terminal) | {"incomplete", "ready"}


@step(requests=2, needs=(Need.SECOND_KEY,), rule="the second account creates a job")
def foreign_job(context: Context) -> OpenJob:
    """A staged job of the second account."""
    return open_job_of(context, context.stage(account=SECOND))


@dataclass(frozen=True, slots=True)
class Pages:
    """The first two pages of an account's jobs, and a read of the newest one just before.

    `shown` are the answers that showed the resting jobs of the run last, by their ids.
    """

    read: Exchange
    first: Exchange
    second: Exchange
    shown: Mapping[str, Exchange]

    @property
    def newest(self) -> str:
        """The id of the newest job, which waits."""
        return self.read.text("id")

    def status_of(self, job_id: str) -> str:
        """The status that a job was last shown with."""
        return _code(self.shown[job_id].json())


@step(requests=5, uses=(plain_picture, strict_job), rule="the first pages of jobs are listed")
def pages(context: Context) -> Pages:
    """The first two pages of the account's jobs; the second one first, because new jobs move old ones on.

    A job is created just before, so that one is on the first page, however many the account has.
    """
    for needed in (plain_picture, strict_job):
        with suppress(NotConclusive):
            context.take(needed)  # a completed job and a failed one
    read = succeeded(context.read(context.id_of(context.stage())))
    second, first = (context.call("listJobs", params={"page": number}) for number in (2, 1))
    own = {*_own_jobs(context)}
    shown = {
        job_id: answer
        for job_id, answer in context.shown.items()
        if job_id in own and _code(answer.json()) in _RESTING
    }
    return Pages(read, first, second, shown)


@step(requests=len(_FILTERED), uses=(pages,), rule="jobs with a status are listed")
def filtered(context: Context) -> Mapping[str, Exchange]:
    """The listings of jobs with each of some statuses."""
    pages(context)
    return {status: context.call("listJobs", params={"status": status}) for status in _FILTERED}


@step(requests=1, uses=(open_job, foreign_job), rule="the second account lists its jobs")
def foreign_listing(context: Context) -> Exchange:
    """The jobs that the second account lists."""
    foreign_job(context)
    context.take(open_job)
    return context.call("listJobs", account=SECOND)


def _first_page(context: Context) -> Exchange:
    first = pages(context).first.expect(success_status("listJobs"))
    if context.profile["listing-order"] == "oldest-first" and _count(first) > page_size():
        raise NotConclusive("the newest jobs are on a later page")
    return first


def _own_jobs(context: Context) -> list[str]:
    """The ids of the jobs that the run has made in the first account, oldest first."""
    return [job.id for job in context.made.jobs.values() if job.account == FIRST]


def _code(row: Mapping[str, Any]) -> str:
    """The status of a job as a row shows it."""
    shown = row.get("status")
    return str(shown.get("code")) if isinstance(shown, dict) else str(shown)


def _count(answer: Exchange) -> int:
    text = answer.response.headers.get(_COUNT, "")
    if not text.isdecimal():
        raise answer.broken(f"must have the number of all rows in {_COUNT}, has {in_json(text)}")
    return int(text)


@check(
    "listings/row-equals-read",
    operation="listJobs",
    rule="a row of the listing is the job as it was last shown",
    source=_OAS,
    uses=(pages,),
    rank=_LATE,
)
def row_equals_read(context: Context) -> None:
    """Each job of the run that nothing was done to since is listed with all fields, whatever its status."""
    seen = pages(context)
    row_with(_first_page(context), rows_of(seen.first), seen.newest)
    for answer in (seen.first, succeeded(seen.second)):
        for row in rows_of(answer):
            last = seen.shown.get(str(row.get("id")))
            if last is not None:
                of = f"the {_code(last.json())} job {row.get('id')} in the listing"
                expect_fields(answer, document_of(last), row, of=of)


@check(
    "listings/all-jobs",
    operation="listJobs",
    rule="all jobs of an account are listed, or all that have not ended",
    source=_OAS,
    uses=(pages,),
    depends=("listing-scope",),
    rank=_LATE,
)
def all_jobs(context: Context) -> None:
    """The newest jobs of the run are in the listing, ended ones too unless only active ones are listed."""
    seen, answer = pages(context), _first_page(context)
    listed = {str(row.get("id")) for page in (answer, succeeded(seen.second)) for row in rows_of(page)}
    of_run, oldest = _own_jobs(context), 0
    if len(rows_of(seen.second)) >= page_size():  # the older ones may be on later pages
        oldest = min((of_run.index(job_id) for job_id in listed.intersection(of_run)), default=0)
    for job_id in of_run[oldest:]:
        if job_id in seen.shown:
            is_active = not context.is_over(seen.status_of(job_id))
            must_be = is_active or context.profile["listing-scope"] == "all"
            if (job_id in listed) != must_be:
                what = f"{'' if must_be else 'not '}list the job {job_id}, which is {seen.status_of(job_id)}"
                raise answer.broken(f"must {what}")


@check(
    "listings/no-row-twice",
    operation="listJobs",
    rule="no job is listed twice, on one page or on two",
    source=_OAS,
    uses=(pages,),
    rank=_LATE,
)
def no_row_twice(context: Context) -> None:
    """The ids on the first two pages are different ones."""
    seen: set[str] = set()
    for number, answer in enumerate((pages(context).first, pages(context).second), start=1):
        for row in rows_of(answer):
            if "id" in row and in_json(row["id"]) in seen:
                raise answer.broken(
                    f"must not list the job {in_json(row['id'])} twice (again on page {number})"
                )
            seen.add(in_json(row.get("id")))


@check(
    "listings/count",
    operation="listJobs",
    rule=f"{_COUNT} is the number of all jobs, of which a page has {page_size()}, the last one the rest",
    source=_RATES,
    uses=(pages,),
    rank=_LATE,
)
def count(context: Context) -> None:
    """Each page has as many rows as the count in its header leaves for it, and both have one count."""
    counts: list[int] = []
    for number, answer in enumerate((_first_page(context), succeeded(pages(context).second))):
        if answer.response.status_code == _NO_CONTENT:
            continue
        all_rows, rows = _count(answer), len(rows_of(answer))
        counts.append(all_rows)
        expected = min(max(all_rows - number * page_size(), 0), page_size())
        if rows != expected:
            what = f"must list {expected} jobs on page {number + 1} with {_COUNT}: {all_rows}, lists {rows}"
            raise answer.broken(what)
    if len({*counts}) > 1:
        again = context.call("listJobs", params={"page": 1})  # or has somebody made a job between the two?
        if _count(again) == counts[0]:
            raise again.broken(f"must have one {_COUNT} on all pages, has {counts}")


@check(
    "listings/order",
    operation="listJobs",
    rule="all jobs are listed in one order of creation",
    source=_OAS,
    confidence="assumed",
    uses=(pages,),
    depends=("listing-order",),
    rank=_LATE,
)
def order(context: Context) -> None:
    """The jobs of the run come in the order in which they were created, or the reverse."""
    answer, word = _first_page(context), context.profile["listing-order"]
    known = _own_jobs(context)
    listed = [str(row.get("id")) for row in rows_of(answer) if row.get("id") in known]
    expected = sorted(listed, key=known.index, reverse=word == "newest-first")
    expect_same(answer, f"the jobs of this run, {word}:", expected, listed)


def _of_status(status: str, context: Context) -> None:
    answer, seen = succeeded(filtered(context)[status]), pages(context)
    rows = rows_of(answer)
    for row in rows:
        expect_same(answer, f"the status of each job listed for status={status}", status, _code(row))
    if len(rows) < page_size():
        ids = [row.get("id") for row in rows]
        for job_id in seen.shown:
            if seen.status_of(job_id) == status and ids.count(job_id) != 1:
                what = f"list the job {job_id} once for status={status}, lists it {ids.count(job_id)} times"
                raise answer.broken(f"must {what}")
        expect_same(answer, f"{_COUNT} for status={status}", len(rows), _count(answer) if rows else 0)


for _status in _FILTERED:
    check(
        f"listings/filter-{_status}",
        operation="listJobs",
        rule=f"a listing with the status {_status} has all jobs of that status and no others",
        source=_OAS,
        uses=(filtered,),
        rank=_LATE,
    )(partial(_of_status, _status))


@check(
    "listings/no-others-jobs",
    operation="listJobs",
    rule="an account lists no job of another one, with a status or on a page either",
    source=_OAS,
    uses=(foreign_job, filtered),
    rank=_LATE - 1,  # so that the second account has a job when the first one lists
)
def no_others_jobs(context: Context) -> None:
    """Neither the pages nor the listings with a status have a job of the second account."""
    foreign_job(context)
    foreign = [job.id for job in context.made.jobs.values() if job.account == SECOND]
    for answer in (pages(context).first, pages(context).second, *filtered(context).values()):
        if answer.response.is_success:
            _expect_none(answer, foreign)


@check(
    "listings/others-jobs-only",
    operation="listJobs",
    rule="another account does not list this account's jobs, and lists its own",
    source=_OAS,
    uses=(foreign_listing,),
)
def others_jobs_only(context: Context) -> None:
    """The second account lists its own job and none of the first one's."""
    answer = foreign_listing(context).expect(success_status("listJobs"))
    _expect_none(answer, _own_jobs(context))
    row_with(answer, rows_of(answer), foreign_job(context).id)


def _expect_none(answer: Exchange, ids: Sequence[str]) -> None:
    listed: list[Any] = [row.get("id") for row in rows_of(answer)]
    foreign = [job for job in listed if job in ids]
    if foreign:
        raise answer.broken(f"must not list another account's job, lists {', '.join(foreign)}")
