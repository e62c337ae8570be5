"""Checks of canceled jobs: how they are canceled, shown, and closed to changes; and of their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pixelpact.contract_tests.checks.staged import changed_job, job_without_conversion
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.lifecycle import interrupted_job
from pixelpact.contract_tests.suite.closed import Parts, expect_closed, late_change, parts_of
from pixelpact.contract_tests.suite.comparisons import document_of, expect_fields, expect_same, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.schema import success_status

_OAS = "vendor OpenAPI 2.0.1"
#: The changes that a canceled job is asked for, one of each kind; a job that runs is asked for all of them.
_ASKED = ("updateJob", "addInput", "addConversion", "updateInput", "updateConversion", "removeInput")
#: The one of a conversion, asked of a canceled job that has one.
_OF_CONVERSIONS = ("updateConversion",)


@dataclass(frozen=True, slots=True)
class CanceledJob:
    """A job that was canceled: its id, the read before, the answers to its cancellation and afterwards."""

    before: Exchange
    canceled: Exchange
    read: Exchange
    history: Exchange
    parts: Parts


@step(requests=2, uses=(job_without_conversion,), rule="a job that waits is canceled")
def canceled_job(context: Context) -> CanceledJob:
    """A canceled job without a conversion; its cancellation is paid for where it was created."""
    job = job_without_conversion(context)
    return CanceledJob(
        job.read,
        context.cancel(job.id),
        context.read(job.id),
        context.call("listHistory", path={"job_id": job.id}),
        parts_of(job.created, job.id),
    )


@step(requests=len(_ASKED), uses=(canceled_job, changed_job), rule="canceled jobs are changed")
def late_changes(context: Context) -> Mapping[str, Exchange]:
    """The answers to changes of canceled jobs, by operation."""
    succeeded(canceled_job(context).canceled)
    changed = changed_job(context)
    succeeded(context.cancel(changed.id))
    with_conversion = parts_of(changed.created, changed.id)
    return {
        operation: late_change(
            context,
            operation,
            with_conversion if operation in _OF_CONVERSIONS else canceled_job(context).parts,
        )
        for operation in _ASKED
    }


@check(
    "lifecycle/cancel-status",
    operation="cancelJob",
    rule="a job that waits is canceled, which is answered with 204",
    source=_OAS,
    uses=(canceled_job,),
)
def cancel_status(context: Context) -> None:
    """A cancellation is answered with 204 and without a body."""
    answer = canceled_job(context).canceled.expect(success_status("cancelJob"))
    if answer.response.content:
        raise answer.broken(f"must answer without a body, got {len(answer.response.content)} bytes")


@check(
    "lifecycle/canceled-status",
    operation="getJob",
    rule="a canceled job has the status canceled",
    source="SDK enum",
    confidence="observed",
    uses=(canceled_job,),
    depends=("read-canceled",),
)
def canceled_status(context: Context) -> None:
    """A job shows that it was canceled, if it can still be read."""
    job = canceled_job(context)
    succeeded(job.canceled)
    if context.profile["read-canceled"] == "404":
        raise NotConclusive("canceled jobs can't be read")
    job.read.expect(200)
    expect_same(job.read, "the status", "canceled", job.read.text("status", "code"))


@check(
    "lifecycle/cancel-leaves-the-rest",
    operation="getJob",
    rule="a cancellation changes nothing of a job but its status",
    source=_OAS,
    uses=(canceled_job,),
    depends=("read-canceled",),
)
def cancel_leaves_the_rest(context: Context) -> None:
    """A canceled job keeps its other fields; inputs that were not downloaded yet are canceled too."""
    job = canceled_job(context)
    succeeded(job.canceled)
    expected = document_of(job.before)
    expect_fields(
        job.read, expected, document_of(job.read), of="the job", but=("status", "modified_at", "input")
    )


@check(
    "lifecycle/canceled-while-running",
    operation="cancelJob",
    rule="a job that is canceled while it runs has the status canceled, too",
    source="SDK enum",
    confidence="observed",
    uses=(interrupted_job,),
    depends=("read-canceled",),
)
def canceled_while_running(context: Context) -> None:
    """A read after the cancellation shows it, if it was accepted and canceled jobs can be read."""
    job = interrupted_job(context)
    succeeded(job.canceled)
    answer = succeeded(job.last)
    what = "the status of a job that was canceled while it ran"
    expect_same(answer, what, "canceled", answer.text("status", "code"))


def _closed(operation: str, context: Context) -> None:
    expect_closed(context, late_changes(context)[operation], state="was canceled")


for _operation in _ASKED:
    check(
        f"lifecycle/canceled-refuses-{_operation.lower()}",
        operation=_operation,
        rule=f"{_operation} is refused once a job was canceled",
        source=_OAS,
        uses=(late_changes,),
        depends=("late-input",),
    )(partial(_closed, _operation))
