"""Probes of what an account may do: credits, and the number of jobs at a time."""

from __future__ import annotations

from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.answers import value_at
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.drawings import PROMPT, SEPARATE
from pixelpact.contract_tests.suite.items import Need, probe, step
from pixelpact.schema import error_answers, headers, ledger

_PAYMENT_REQUIRED = error_answers()["PaymentRequired"].status
_TOO_MANY = error_answers()["TooManyRequests"].status
#: Conversions and prompts: more pictures than there are credits, also if each conversion draws one prompt.
_MANY = 3
_FEW_CREDITS = 2
_LIMIT = next(answer.value for answer in ledger()["concurrent-jobs"].choices.values() if answer.value)


@probe(
    "overdraft",
    operation="createJob",
    requests=2 + _MANY,
    paid_jobs=1,
    needs=(Need.FEW_CREDITS,),
    rank=0,
)
def overdraft(context: Context) -> str:
    """The answer to a job that draws more pictures than there are credits left."""
    created = context.call(
        "createJob",
        paid_jobs=1,
        leaves=_MANY,
        json={
            "conversion": [context.conversion(dict(SMALL)) for _ in range(_MANY)],
            "input": [context.prompt(f"{PROMPT}, {number}") for number in range(_MANY)],
        },
    )
    status = created.response.status_code
    if status == _PAYMENT_REQUIRED:
        return "refuse"
    if not created.response.is_success:
        raise context.unknown("overdraft", f"was answered {status} to a job that costs too much", created)
    cost = value_at(context.finish(context.id_of(created)), "spent")
    if not isinstance(cost, int) or cost <= _FEW_CREDITS:
        raise NotConclusive(f"a job that was to cost too much says that it has cost {cost!r}")
    return "allow"


@dataclass(frozen=True, slots=True)
class _JobsAtOnce:
    """The answers to jobs that were started one after the other; whether the first one ran until the last."""

    created: tuple[Exchange, ...]
    ran_together: bool

    @property
    def accepted(self) -> int:
        """The number of jobs that were started."""
        return sum(answer.response.is_success for answer in self.created)


@step(requests=2 * (_LIMIT + 1), paid_jobs=_LIMIT + 1, rule="jobs are started while others run")
def jobs_at_once(context: Context) -> _JobsAtOnce:
    """Jobs that are started until one is refused, or one more than may run at a time if there is a limit."""
    created: list[Exchange] = []
    while len(created) <= _LIMIT and all(answer.response.is_success for answer in created):
        body = {
            "conversion": [context.conversion(dict(SEPARATE))],
            "input": [context.prompt(f"{PROMPT}, {len(created)}")],
        }
        answer = context.call("createJob", paid_jobs=1, leaves=1, retried=False, json=body)
        created.append(answer)
    ids = [context.id_of(answer) for answer in created if answer.response.is_success]
    ran = [_end(context, job_id) for job_id in ids]
    return _JobsAtOnce(tuple(created), all(ran[:1]))


def _end(context: Context, job_id: str) -> bool:
    """Cancel a job, or wait for its end where that is refused; whether it may still have run."""
    if context.profile["cancel-running"] == "refuse":
        context.finish(job_id)
        return True
    is_canceled = context.cancel(job_id).response.is_success
    if not is_canceled:
        context.finish(job_id)
    return is_canceled


@probe("concurrent-jobs", operation="createJob", uses=(jobs_at_once,), rank=50)
def concurrent_jobs(context: Context) -> str:
    """The number of jobs after which one more is refused."""
    jobs = jobs_at_once(context)
    last = jobs.created[-1]
    if not jobs.ran_together:
        raise NotConclusive("the first job had ended before the last one was created")
    if last.response.is_success:
        return next(id_ for id_, answer in ledger()["concurrent-jobs"].choices.items() if not answer.value)
    if last.response.status_code != _TOO_MANY:
        raise NotConclusive(f"createJob was answered {last.response.status_code}")
    if jobs.accepted != _LIMIT:
        raise NotConclusive(f"{jobs.accepted} jobs may run at a time, which may be a limit of this account")
    return context.which("concurrent-jobs", jobs.accepted, last)


@probe("retry-after", operation="createJob", uses=(jobs_at_once,), needs=(Need.CONCURRENCY_LIMIT,), rank=51)
def retry_after(context: Context) -> str:
    """Whether the refusal of one job too many says when to try again."""
    last = jobs_at_once(context).created[-1]
    if last.response.status_code != _TOO_MANY:
        raise NotConclusive(f"no job was answered {_TOO_MANY}, for too many at a time")
    return "sent" if headers().retry_after in last.response.headers else "absent"
