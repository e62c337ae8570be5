"""Probes of jobs that never run: staged, told to start without an input, canceled."""

from __future__ import annotations

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.probes.staged import canceled_job, complete_job, history, listing
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.votes import CONFLICT, Vote, by_status, majority
from pixelpact.schema import as_object, error_answers

_CANCELED = "canceled"


@probe("staged-status", operation="createJob", uses=(complete_job, listing), rank=20)
def staged_status(context: Context) -> str:
    """The status of a complete job that waits, where it is created and where it is listed."""
    job, listed = complete_job(context), listing(context)
    shown = [("a created job", job.created.json(), job.created)]
    rows = listed.json() if listed.response.content else []
    shown += [
        ("a listed job", row, listed)
        for row in (rows if isinstance(rows, list) else ())
        if as_object(row).get("id") == job.id
    ]
    votes = []
    for subject, row, answer in shown:
        code = as_object(as_object(row).get("status")).get("code")
        voted = code if code in ("ready", "incomplete") else None
        votes.append(Vote(f"{subject} that is staged and complete", voted, f"is {in_json(code)}", answer))
    return majority(context, "staged-status", votes)


@probe("start-without-input", operation="updateJob", uses=(canceled_job,), rank=20)
def start_without_input(context: Context) -> str:
    """Whether a job without an input may be told to start."""
    start = canceled_job(context).start
    vote = by_status(
        "process: true without an input", start, success="wait", refusals=(CONFLICT,), refusal="refuse"
    )
    return majority(context, "start-without-input", [vote])


@probe("read-canceled", operation="getJob", requests=1, uses=(canceled_job,), rank=20)
def read_canceled(context: Context) -> str:
    """Whether a canceled job can be read."""
    job = canceled_job(context)
    if not job.cancellation.response.is_success:
        raise NotConclusive(f"cancelJob was answered {job.cancellation.response.status_code}")
    read = context.read(job.id)
    gone = (error_answers()["NotFound"].status,)
    vote = by_status("a canceled job", read, success="200", refusals=gone, refusal="404")
    if vote.answer == "200" and read.text("status", "code") != _CANCELED:
        vote = Vote(vote.subject, None, f"has the status {read.text('status', 'code')!r}", read)
    return majority(context, "read-canceled", [vote])


@probe("cancel-canceled", operation="cancelJob", requests=1, uses=(canceled_job,), rank=20)
def cancel_canceled(context: Context) -> str:
    """Whether a canceled job can be canceled again."""
    job = canceled_job(context)
    if not job.cancellation.response.is_success:
        raise NotConclusive(f"the first cancelJob was answered {job.cancellation.response.status_code}")
    again = context.cancel(job.id)
    vote = by_status("a second cancelJob", again, success="ignore", refusals=(CONFLICT,), refusal="refuse")
    return majority(context, "cancel-canceled", [vote])


@probe("history-order", operation="listHistory", uses=(history,), rank=20)
def history_order(context: Context) -> str:
    """Whether the cancellation of a job, which was the last to happen, comes last."""
    listed = history(context)
    rows = listed.json() if listed.response.is_success else []
    codes = [as_object(row).get("status") for row in (rows if isinstance(rows, list) else ())]
    if len(codes) < 2 or codes.count(_CANCELED) != 1:
        raise NotConclusive(f"the history of a canceled job has the statuses {codes}")
    if codes[-1] == _CANCELED:
        return "oldest-first"
    if codes[0] == _CANCELED:
        return "newest-first"
    raise context.unknown("history-order", f"lists the statuses {codes} of a canceled job", listed)
