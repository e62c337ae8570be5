"""Listings of jobs: all jobs of an account and no others, in order, by page and by status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import success_status
from pixelpact.contract_tests.model.account import Account
from pixelpact.contract_tests.model.job import possible_statuses, status_of
from pixelpact.schema import JSONObject, headers, page_size, statuses

_OPERATION = "listJobs"
_RULE = "an account lists exactly its jobs"
_SUCCESS = success_status(_OPERATION)
_NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class _Expectation:
    """The expected answer to the request of a page.

    `answers` are its possible HTTP statuses, `jobs` says whether a job must be listed on some page (`None`
    where it may be or not), `fits_page` whether one page has room for all jobs of the account.
    """

    page: int
    status: str | None
    answers: tuple[int, ...]
    jobs: Mapping[str, bool | None]
    is_past_end: bool
    fits_page: bool


def earlier_jobs(account: Account) -> Iterator[str]:
    """The ids of all jobs that an account has on the server."""
    page = 0
    rows: list[JSONObject] | None = None
    while rows is None or len(rows) == page_size():
        page += 1
        answer = account.ask(_OPERATION, _SUCCESS, _NO_CONTENT, params={"page": page}, rule=_RULE)
        rows = []
        if answer.response.status_code == _SUCCESS:
            rows = account.document(answer, "Job", rule=_RULE, rows=True)
        yield from (row["id"] for row in rows)


def list_jobs(account: Account, *, page: int = 1, status: str | None = None) -> None:
    """List a page of an account's jobs, of those with a status if one is given, and check it.

    Raises:
        ContractBroken: it lacks a job, has one too many, shows one wrongly, or is out of order.
    """
    expected = _expectation(account, page, status)
    answer = _ask(account, expected)
    if answer.response.status_code == _NO_CONTENT:
        return
    rows: list[JSONObject] = account.document(answer, "Job", rule=_RULE, rows=True)
    count = answer.response.headers.get(headers().count)
    account.check(answer, _mismatches(account, expected, rows, count), rule=_RULE)
    _observe(account, answer, [row for row in rows if row["id"] not in account.earlier])


def _expectation(account: Account, page: int, status: str | None) -> _Expectation:
    known = len({*account.jobs, *account.earlier})
    is_past_end = page > 1 and known <= (page - 1) * page_size()
    jobs = _listed_jobs(account, status)
    answers = [_answer_status(account, is_past_end=is_past_end)]
    if account.profile["no-match"] == "no-content" and not any(jobs.values()):
        answers.append(_NO_CONTENT)
    return _Expectation(page, status, tuple(answers), jobs, is_past_end, fits_page=known <= page_size())


def _listed_jobs(account: Account, status: str | None) -> Mapping[str, bool | None]:
    """Whether a job must be listed under a status, by its id; `None` where it may be or not."""
    if status is not None:
        wanted = {status}
    elif account.profile["listing-scope"] == "all":
        wanted = {*statuses()}
    else:
        wanted = {code for code, known in statuses().items() if not known.terminal}
    listed: dict[str, bool | None] = {}
    for job in account.jobs.values():
        possible = possible_statuses(job, account.profile)
        listed[job.id] = None if possible & wanted and not possible <= wanted else possible <= wanted
    return listed


def _answer_status(account: Account, *, is_past_end: bool) -> int:
    """The status that a page is answered with."""
    question = None
    if not account.jobs and not account.earlier and account.profile["empty-listing"] == "no-content":
        question = "empty-listing"
    elif is_past_end:
        question = "page-past-end"
    silent = question is not None and account.profile[question] == "no-content"
    return _NO_CONTENT if silent else _SUCCESS


def _ask(account: Account, expected: _Expectation) -> Exchange:
    word, params = expected.status, {"page": str(expected.page)}
    if word is not None:
        params["status"] = account.profile.value("processing-word") if word == "processing" else word
    return account.ask(_OPERATION, *expected.answers, params=params, rule=_RULE)


def _mismatches(
    account: Account, expected: _Expectation, rows: Sequence[JSONObject], count: str | None
) -> Iterator[str]:
    """Where the rows, or their `count` in the header, differ from the expectation."""
    ids = [row["id"] for row in rows if row["id"] not in account.earlier]
    yield from (f"must list only the account's jobs, lists {job}" for job in ids if job not in account.jobs)
    if expected.is_past_end and rows:
        yield f"must list nothing on page {expected.page}, past the end, lists {len(rows)} jobs"
    for job in ids:
        if expected.jobs.get(job) is False:
            yield f"must not list {job} under the status {expected.status}"
    if expected.fits_page and expected.page == 1:
        yield from (f"must list {job}" for job, listed in expected.jobs.items() if listed and job not in ids)
        if count != str(len(rows)):
            yield f"must say {headers().count}: {len(rows)}, says {count}"
    order = account.profile["listing-order"]
    oldest_first = [job for job in account.jobs if job in ids]
    if ids != (oldest_first if order == "oldest-first" else oldest_first[::-1]):
        yield f"must list {order}, lists {ids}"
    if expected.status is not None:
        for code in sorted({status_of(row, account.profile) for row in rows} - {expected.status}):
            yield f"must list jobs with the status {expected.status} only, lists one that is {code}"


def _observe(account: Account, answer: Exchange, rows: Sequence[JSONObject]) -> None:
    """Check each row against its job, and update the job from it."""
    for row in rows:
        account.observe(answer, row, rule=_RULE)
