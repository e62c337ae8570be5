"""Probes of the listing of jobs: which it has, in which order, and what it answers where it has none."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pixelpact.contract_tests.client.curl import json_type
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import canceled_job, listing
from pixelpact.contract_tests.suite.context import FIRST, SECOND, Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.contract_tests.suite.votes import NO_CONTENT, Vote, majority
from pixelpact.schema import as_object

#: A page that no account fills.
_FAR_PAGE = 1_000_000
#: A status that no job has while nothing runs.
_RARE = "downloading"


def emptiness(subject: str, answer: Exchange) -> Vote:
    """The vote of an answer that has nothing to list: 204, or 200 with an empty list."""
    status = answer.response.status_code
    if status == NO_CONTENT:
        return Vote(subject, "no-content", f"was answered {status}", answer)
    if status != 200:
        return Vote(subject, None, f"was answered {status}", answer)
    rows = answer.json()
    if rows == []:
        return Vote(subject, "empty-list", "was answered with an empty list", answer)
    size = f"{len(rows)} rows" if isinstance(rows, list) else json_type(rows)
    return Vote(subject, None, f"was answered with {size}", answer)


@probe("empty-listing", operation="listJobs", requests=1, rank=0)
def empty_listing(context: Context) -> str:
    """What an account without jobs is answered; asked before the run makes any."""
    account = SECOND if SECOND in context.clients else FIRST
    answer = context.call("listJobs", account=account)
    if answer.response.status_code == 200 and answer.json() != []:
        raise NotConclusive("needs an account without any job")
    return majority(context, "empty-listing", [emptiness("an account without jobs", answer)])


@probe("page-past-end", operation="listJobs", requests=1, uses=(open_job,), rank=20)
def page_past_end(context: Context) -> str:
    """What a page past the last is answered."""
    open_job(context)  # an account without jobs is another question
    answer = context.call("listJobs", params={"page": _FAR_PAGE})
    return majority(context, "page-past-end", [emptiness(f"page {_FAR_PAGE}", answer)])


@probe("no-match", operation="listJobs", requests=1, uses=(open_job,), rank=20)
def no_match(context: Context) -> str:
    """What a status that no job has is answered."""
    open_job(context)  # an account without jobs is another question
    answer = context.call("listJobs", params={"status": _RARE})
    if any(_code(row) == _RARE for row in _rows(answer)):
        raise NotConclusive(f"the account has jobs that are {_RARE}")
    return majority(context, "no-match", [emptiness(f"the status {_RARE}, which no job has", answer)])


@probe("listing-order", operation="listJobs", uses=(listing,), rank=20)
def listing_order(context: Context) -> str:
    """Whether new jobs come before old ones."""
    answer = listing(context)
    made = [job.id for job in context.made.jobs.values() if job.account == FIRST]
    places = [made.index(str(row["id"])) for row in _rows(answer) if row.get("id") in made]
    keys: list[Any] = places
    if len(places) < 2:  # others' jobs fill the first page
        keys = [str(row.get("created_at")) for row in _rows(answer)]
    if len(set(keys)) < 2:
        raise NotConclusive("there are not enough jobs to tell their order")
    if all(first <= second for first, second in pairwise(keys)):
        return "oldest-first"
    if all(first >= second for first, second in pairwise(keys)):
        return "newest-first"
    raise context.unknown("listing-order", f"lists jobs that were created in the order {keys}", answer)


@probe("listing-scope", operation="listJobs", requests=1, uses=(listing, canceled_job), rank=20)
def listing_scope(context: Context) -> str:
    """Whether a job is listed that has ended, without and with its status."""
    answer, job = listing(context), canceled_job(context)
    asked = context.call("listJobs", params={"status": "canceled"})
    ended = [row for row in _rows(answer) if context.is_over(_code(row))]
    if ended:
        return "all"
    waiting = open_job(context)
    if waiting.id not in [row.get("id") for row in _rows(answer)]:
        raise NotConclusive("the first page does not have the newest jobs")
    if job.id not in [row.get("id") for row in _rows(asked)]:
        raise NotConclusive("a canceled job is listed nowhere, so it does not tell about others")
    return "active"


def _rows(answer: Exchange) -> list[dict[str, Any]]:
    rows = answer.json() if answer.response.status_code == 200 else []
    return [dict(as_object(row)) for row in (rows if isinstance(rows, list) else ())]


def _code(row: dict[str, Any]) -> str:
    return str(as_object(row.get("status")).get("code"))
