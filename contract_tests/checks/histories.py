"""Checks of the history of a job, and of its threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from pixelpact.contract_tests.checks.canceled import canceled_job
from pixelpact.contract_tests.checks.catalogue import listed_statuses
from pixelpact.contract_tests.checks.failing import strict_job
from pixelpact.contract_tests.checks.started import ended_history, past_statuses, running_threads
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.comparisons import expect_same, rows_of, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Step, check, step
from pixelpact.contract_tests.suite.steps import open_job

_OAS = "vendor OpenAPI 2.0.1"


@step(requests=1, uses=(open_job,), rule="the threads of a job that waits are listed")
def waiting_threads(context: Context) -> Exchange:
    """The threads of a job that has not started."""
    return context.call("listThreads", path={"job_id": open_job(context).id})


@step(requests=1, uses=(strict_job,), rule="the history of a job that has failed is listed")
def failed_history(context: Context) -> Exchange:
    """The history of the job with an input that fails."""
    return context.call("listHistory", path={"job_id": strict_job(context).id})


def _canceled(context: Context) -> Exchange:
    job = canceled_job(context)
    succeeded(job.canceled)
    return job.history


def _oldest_first(context: Context, answer: Exchange) -> list[dict[str, Any]]:
    rows = rows_of(answer)
    return rows if context.profile["history-order"] == "oldest-first" else rows[::-1]


def _shape(history: Callable[[Context], Exchange], context: Context) -> None:
    answer, profile = history(context).expect(200), context.profile
    answer.document("History", rows=True, allows=lambda violation: is_departure(violation, profile))
    ids = [row.get("id") for row in rows_of(answer)]
    expect_same(answer, "the number of different ids in the history", len(ids), len({*ids}))


def _complete(
    history: Callable[[Context], Exchange], seen: Callable[[Context], list[str]], context: Context
) -> None:
    answer = history(context)
    listed = [row.get("status") for row in rows_of(answer)]
    for code in seen(context):
        if code not in listed:
            raise answer.broken(f"must have the status {code}, which was seen, in the history {listed}")


def _infos(history: Callable[[Context], Exchange], context: Context) -> None:
    answer, listed = history(context), rows_of(listed_statuses(context))
    infos = {row.get("code"): row.get("info") for row in listed}
    for row in rows_of(answer):
        code = row.get("status")
        if code in infos and "info" in row:
            expect_same(
                answer, f"the `info` of the status {code} in the history", infos[code], row.get("info")
            )


def _times(history: Callable[[Context], Exchange], context: Context) -> None:
    answer = history(context)
    times = [str(row.get("created_at")) for row in _oldest_first(context, answer)]
    for earlier, later in pairwise(times):
        if later < earlier:
            what = f"must not have a `created_at` that goes back in the history, {earlier} to {later}"
            raise answer.broken(what)


def _statuses_of_the_failed(context: Context) -> list[str]:
    return [strict_job(context).last.text("status", "code")]


def _statuses_of_the_canceled(context: Context) -> list[str]:
    job = canceled_job(context)
    return [job.before.text("status", "code"), "canceled"]


def _statuses(
    history: Callable[[Context], Exchange], seen: Callable[[Context], list[str]], context: Context
) -> None:
    answer, expected = history(context), seen(context)
    listed = [row.get("status") for row in _oldest_first(context, answer)]
    rest = iter(listed)
    for code in expected:
        if code not in rest:  # consumes `rest`, so the statuses must appear in this order
            what = f"must have the status {code}, which was seen, at its place in the history {listed}"
            raise answer.broken(what)
    expect_same(answer, "the last status of the history", expected[-1], listed[-1])


_HISTORIES: tuple[
    tuple[str, Callable[[Context], Exchange], Callable[[Context], list[str]], Step[Any], str], ...
] = (
    ("canceled", _canceled, _statuses_of_the_canceled, canceled_job, "a canceled job"),
    ("ended", ended_history, past_statuses, ended_history, "a job that has run"),
    ("failed", failed_history, _statuses_of_the_failed, failed_history, "a job that has failed"),
)
for _name, _history, _seen, _uses, _what in _HISTORIES:
    check(
        f"history/{_name}-shape",
        operation="listHistory",
        rule=f"the history of {_what} has rows of the documented form, with ids of their own",
        source=_OAS,
        uses=(_uses,),
        depends=("timestamps",),
    )(partial(_shape, _history))
    check(
        f"history/{_name}-complete",
        operation="listHistory",
        rule=f"the history of {_what} has all statuses that were seen",
        source=_OAS,
        uses=(_uses,),
    )(partial(_complete, _history, _seen))
    check(
        f"history/{_name}-infos",
        operation="listHistory",
        rule=f"the history of {_what} explains each status as the list of statuses does",
        source=_OAS,
        confidence="assumed",
        uses=(_uses, listed_statuses),
    )(partial(_infos, _history))
    check(
        f"history/{_name}-statuses",
        operation="listHistory",
        rule=f"the history of {_what} has the statuses that were seen, in order, and ends with the last",
        source=_OAS,
        uses=(_uses,),
        depends=("history-order",),
    )(partial(_statuses, _history, _seen))
    check(
        f"history/{_name}-times",
        operation="listHistory",
        rule=f"the times in the history of {_what} do not go back",
        source=_OAS,
        uses=(_uses,),
        depends=("history-order",),
    )(partial(_times, _history))


@check(
    "threads/none-before-the-start",
    operation="listThreads",
    rule="a job that has not started has no threads",
    source=_OAS,
    confidence="assumed",
    uses=(waiting_threads,),
)
def none_before_the_start(context: Context) -> None:
    """Nothing works on a job that waits."""
    answer = waiting_threads(context).expect(200)
    expect_same(answer, "the number of threads", 0, len(rows_of(answer)))


@check(
    "threads/shape",
    operation="listThreads",
    rule="threads have their documented form",
    source=_OAS,
    uses=(running_threads,),
    depends=("timestamps",),
)
def shape(context: Context) -> None:
    """The threads that work on a job follow the schema, if there are any at that moment."""
    answer, profile = running_threads(context).expect(200), context.profile
    if not rows_of(answer):
        raise NotConclusive("no thread works on the job any longer")
    answer.document("Thread", rows=True, allows=lambda violation: is_departure(violation, profile))
