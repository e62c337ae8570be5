"""Probes of `Idempotency-Key`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import keyed, keyed_job
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Need, probe
from pixelpact.contract_tests.suite.votes import CONFLICT, Vote, by_status, majority
from pixelpact.schema import headers, ledger

_IGNORED = {"idempotency-key": "ignored"}
#: Seconds until a server has seen the beginning of a request, and until it has answered another one.
_BEGINNING_S, _ANSWER_S = 0.2, 0.5


@probe("idempotency-key", operation="createJob", requests=1, uses=(keyed_job,), rank=15)
def idempotency_key(context: Context) -> str:
    """Whether the same key and body give the first job again."""
    job, again = keyed_job(context), keyed(context)
    return "heeded" if context.id_of(again) == job.id else "ignored"


@probe(
    "idempotency-conflict",
    operation="createJob",
    requests=1,
    uses=(keyed_job,),
    hidden_by=_IGNORED,
    rank=16,
)
def idempotency_conflict(context: Context) -> str:
    """Whether the key is refused with another body."""
    job, other = keyed_job(context), keyed(context, {"seed": 3})
    vote = by_status(
        "an Idempotency-Key with another body",
        other,
        success="first",
        refusals=(CONFLICT,),
        refusal="refuse",
    )
    if vote.answer == "first" and other.text("id") != job.id:
        vote = Vote(vote.subject, None, "makes another job", other)
    return majority(context, "idempotency-conflict", [vote])


@probe(
    "idempotency-lifetime",
    operation="createJob",
    requests=7,
    needs=(Need.CLOCK,),
    hidden_by=_IGNORED,
    rank=103,  # it moves the clock by a day
)
def idempotency_lifetime(context: Context) -> str:
    """After which of the lifetimes the key makes another job."""
    if context.clock is None:
        raise NotConclusive("the server has no clock that moves")
    first, age = context.id_of(keyed(context, name="-lasting", leaves=1)), 0
    lifetimes = sorted(ledger()["idempotency-lifetime"].choices.values(), key=lambda answer: answer.value)
    for lifetime in lifetimes:
        context.clock.advance(lifetime.value - age)
        age = lifetime.value
        again = keyed(context, name="-lasting", leaves=1)
        if context.id_of(again) != first:
            return lifetime.id
    what = f"gives the first job for an Idempotency-Key after {age} seconds"
    raise context.unknown("idempotency-lifetime", what, again)


@probe("idempotency-concurrent", operation="createJob", requests=3, hidden_by=_IGNORED, rank=90)
def idempotency_concurrent(context: Context) -> str:
    """What a key is answered while the first request with it is still being sent."""
    release = threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:
        try:
            first = pool.submit(_create, context, release)
            context.sleep(_BEGINNING_S)
            second = pool.submit(_create, context, None)
            wait([second], timeout=_ANSWER_S)
            was_first = second.done()
        finally:
            release.set()
    return _judged(context, first, second, was_first=was_first)


def _judged(context: Context, first: Future[Exchange], second: Future[Exchange], *, was_first: bool) -> str:
    earlier, later = first.result(), second.result()
    if later.response.status_code == CONFLICT:
        return "refuse"
    if context.id_of(earlier) != context.id_of(later):
        what = "made two jobs for one Idempotency-Key of two requests at once"
        raise context.unknown("idempotency-concurrent", what, later)
    if was_first:
        raise NotConclusive("the server, or a proxy before it, looks at a request only once it is whole")
    return "wait"


def _create(context: Context, release: threading.Event | None) -> Exchange:
    """The answer to a staged job with a key; its body ends when `release` is set."""
    text = json.dumps(context.staged_body()).encode()

    def slowly() -> Iterator[bytes]:
        yield text[:1]
        if release is not None:
            release.wait(timeout=30.0)
        yield text[1:]

    sent = {
        headers().idempotency_key: f"pixelpact-{context.run_id}-twice",
        "Content-Type": "application/json",
    }
    leaves = 0 if release is None else 1  # both requests make one job
    return context.call("createJob", headers=sent, leaves=leaves, retried=False, content=slowly())
