"""Checks of listings of jobs: rows, pages, counts, order, filters, and whose jobs are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

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
from pixelpact.contract_tests.suite.steps import OpenJob, open_job, open_job_of, other_open_job, token_header
from pixelpact.schema import headers, page_size, success_status

_OAS = "vendor OpenAPI 2.0.1"
_RATES = "vendor guide rate-limits"
_COUNT = headers().count
_NO_CONTENT = 204
#: Asked late, when the run has made many jobs.
_LATE = 90
#: The statuses that a filter is asked for: those that jobs of the run surely have.
_FILTERED = ("incomplete", "canceled")


@step(requests=2, needs=(Need.SECOND_KEY,), rule="the second account creates a job")
def foreign_job(context: Context) -> OpenJob:
    """A staged job of the second account."""
    return open_job_of(context, context.stage(account=SECOND))


@dataclass(frozen=True, slots=True)
class Pages:
    """The first two pages of an account's jobs, and a read of one just before.

    `newest` is the id of a job that waits, `canceled` that of one that was canceled just before.
    """

    newest: str
    canceled: str | None
    read: Exchange
    first: Exchange
    second: Exchange


@step(requests=7, rule="the first pages of jobs are listed")
def pages(context: Context) -> Pages:
    """The first two pages of the account's jobs; the second one first, because new jobs move old ones on.

    Two jobs are created just before, and one of them is canceled, so that they are on the first page,
    however many jobs the account has.
    """
    waiting, canceled = (context.id_of(context.stage()) for _ in range(2))
    cancellation = context.cancel(canceled)
    read = context.read(waiting)
    second, first = (context.call("listJobs", params={"page": number}) for number in (2, 1))
    is_canceled = cancellation.response.is_success
    return Pages(waiting, canceled if is_canceled else None, read, first, second)


@step(requests=len(_FILTERED), uses=(pages,), rule="jobs with a status are listed")
def filtered(context: Context) -> Mapping[str, Exchange]:
    """The listings of jobs with each of some statuses."""
    pages(context)
    return {status: context.call("listJobs", params={"status": status}) for status in _FILTERED}


@step(requests=1, uses=(open_job, other_open_job), rule="jobs are listed with a token")
def by_token(context: Context) -> Exchange:
    """The jobs that the token of a job lists."""
    context.take(other_open_job)
    return context.call("listJobs", credentials=token_header(open_job(context)))


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


def _count(answer: Exchange) -> int:
    text = answer.response.headers.get(_COUNT, "")
    if not text.isdecimal():
        raise answer.broken(f"must have the number of all rows in {_COUNT}, has {text!r}")
    return int(text)


@check(
    "listings/row-equals-read",
    operation="listJobs",
    rule="a row of the listing is the job as it is read",
    source=_OAS,
    uses=(pages,),
    rank=_LATE,
)
def row_equals_read(context: Context) -> None:
    """The job that waits is listed as it was read just before."""
    answer, job = _first_page(context), document_of(pages(context).read)
    expect_fields(answer, job, row_with(answer, rows_of(answer), job.get("id")), of="the job in the listing")


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
    """The jobs of the run are in the listing, canceled ones too unless only active ones are listed."""
    answer, canceled = _first_page(context), pages(context).canceled
    listed = {row.get("id") for row in rows_of(answer)}
    if pages(context).newest not in listed:
        raise answer.broken(f"must list the job {pages(context).newest}, which waits")
    is_listed = canceled in listed
    if canceled is not None and is_listed != (context.profile["listing-scope"] == "all"):
        raise answer.broken(f"must {'not ' if is_listed else ''}list the canceled job {canceled}")


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
    seen: set[object] = set()
    for number, answer in enumerate((pages(context).first, pages(context).second), start=1):
        for row in rows_of(answer):
            if row.get("id") in seen:
                raise answer.broken(f"must not list the job {row.get('id')} twice (again on page {number})")
            seen.add(row.get("id"))


@check(
    "listings/count",
    operation="listJobs",
    rule=f"{_COUNT} is the number of all jobs, of which a page has {page_size()}, the last one the rest",
    source=_RATES,
    uses=(pages,),
    rank=_LATE,
)
def count(context: Context) -> None:
    """Each page has as many rows as the count in its header leaves for it."""
    for number, answer in enumerate((_first_page(context), succeeded(pages(context).second))):
        if answer.response.status_code == _NO_CONTENT:
            continue
        all_rows, rows = _count(answer), len(rows_of(answer))
        expected = min(max(all_rows - number * page_size(), 0), page_size())
        if rows != expected:
            what = f"must list {expected} jobs on page {number + 1} with {_COUNT}: {all_rows}, lists {rows}"
            raise answer.broken(what)


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
    answer = succeeded(filtered(context)[status])
    for row in rows_of(answer):
        shown = row.get("status")
        code = shown.get("code") if isinstance(shown, dict) else shown
        expect_same(answer, f"the status of each job listed for status={status}", status, code)
    expected = {"incomplete": pages(context).newest, "canceled": pages(context).canceled}[status]
    if expected is None:
        raise NotConclusive("no job could be canceled")
    if len(rows_of(answer)) < page_size():
        row_with(answer, rows_of(answer), expected)
        expect_same(answer, f"{_COUNT} for status={status}", len(rows_of(answer)), _count(answer))


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
    "listings/token-lists-its-job",
    operation="listJobs",
    rule="the token of a job lists that job alone",
    source="vendor guide authentication",
    uses=(by_token,),
)
def token_lists_its_job(context: Context) -> None:
    """A token stands for one job, in listings too."""
    answer = by_token(context).expect(success_status("listJobs"))
    ids = [row.get("id") for row in rows_of(answer)]
    expect_same(answer, "the jobs listed with the `token` of one", [open_job(context).id], ids)


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
