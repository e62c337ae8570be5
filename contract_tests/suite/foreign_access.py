"""Requests about a job or preset by somebody else: with another account's key, or another job's token."""

from __future__ import annotations

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import SECOND, Context
from pixelpact.contract_tests.suite.items import Cost, Need, Step
from pixelpact.contract_tests.suite.routes import LOCKED, ON_A_JOB, closed_job, request_to, steps_for
from pixelpact.contract_tests.suite.steps import OpenJob, open_job
from pixelpact.schema import headers

#: Operations on outputs, which a job that can't start does not have; `outputs` is asked about them.
_ON_OUTPUTS = ("getOutput", "updateOutput", "updateOutputs", "removeOutput")
#: The other operations on a job.
ON_PARTS = tuple(name for name in ON_A_JOB if name not in _ON_OUTPUTS)
#: Operations that read a job, and change nothing: what they are answered tells how others are.
READS = ("getJob", "listHistory", "listInputs")


def by_token(job: OpenJob, number: int = 0) -> dict[str, str]:
    """The header with a job's token: the canonical one, or its alias."""
    if not job.token:
        raise NotConclusive("the job has no token")
    return {headers().job_token[number]: job.token}


def _foreign_token(operation: str) -> Step[Exchange]:
    def ask(context: Context) -> Exchange:
        return request_to(context, operation, credentials=by_token(open_job(context)))

    rule = f"{operation} is asked with the token of another job"
    return Step(f"foreign_access.foreign-{operation}", rule, ask, Cost(1), (closed_job, open_job))


#: The answers to requests with the token of another job, by operation.
FOREIGN_TOKEN = {operation: _foreign_token(operation) for operation in ON_PARTS}


def _foreign_key(operation: str) -> Step[Exchange]:
    return Step(
        f"foreign_access.foreign-key-{operation}",
        f"{operation} is asked with the key of another account",
        lambda context: request_to(context, operation, account=SECOND),
        Cost(1),
        steps_for(operation),
        frozenset({Need.SECOND_KEY}),
    )


#: The answers to requests with the key of another account, by operation.
FOREIGN_KEY = {
    operation: _foreign_key(operation)
    for operation in LOCKED
    if steps_for(operation) and operation not in _ON_OUTPUTS
}
