"""Jobs with callbacks, and the callbacks that a listener has received of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.listener import Callback, Listener
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import Need, step
from pixelpact.contract_tests.suite.steps import EndedJob, ended_job_of
from pixelpact.schema import JSONObject

#: Seconds in which a callback must arrive, and in which one that must not arrive would have.
PATIENCE_S, PAUSE_S = 15.0, 0.5
#: Where a job calls back that was told another URL before its start, and where it must not any longer.
_OF_FAILED, BEFORE_CHANGE = "Failed/Job?name=A%20b&x=1", "before-the-change"
#: A secret that no callback may show.
CALLBACK_PASSWORD = "topaz 49"  # noqa: S105  # protects nothing but a picture of a run


@dataclass(frozen=True, slots=True)
class CalledBack:
    """A job with a callback that has ended: its last read, and the callbacks that came."""

    job: EndedJob
    receiver: str
    received: list[Callback]


@step(requests=3, paid_jobs=1, needs=(Need.LISTENER,), rule="a job with a callback completes")
def called_back(context: Context) -> CalledBack:
    """A job whose callback is acknowledged."""
    return _called_back(context, "completed", "A carrier pigeon")


@step(requests=3, paid_jobs=1, needs=(Need.LISTENER,), rule="a job with a callback and an empty prompt ends")
def called_back_of_failed(context: Context) -> CalledBack:
    """A job that fails, unless empty prompts are drawn; its callback is refused for good.

    The request that starts it changes its callback, to a URL with all that a URL may have.
    """
    listener = listener_of(context)
    listener.answer(_OF_FAILED, [(410, {})])
    created = context.launch(
        " ", outputs=0, process=False, callback=listener.url(BEFORE_CHANGE), fail_on_conversion_error=False
    )
    change = {"process": True, "callback": listener.url(_OF_FAILED)}
    context.call("updateJob", path={"job_id": context.id_of(created)}, json=change)
    return _heard_of(context, created, _OF_FAILED)


@step(
    requests=4,
    paid_jobs=1,
    needs=(Need.LISTENER, Need.CLOCK),
    uses=(called_back_of_failed,),
    rule="a job completes whose first callback gets a server error",
)
def called_back_again(context: Context) -> CalledBack:
    """A job whose callback gets a server error first; the clock has moved on to the next attempt."""
    called_back_of_failed(context)  # so that the clock moves for both
    listener_of(context).answer("retried", [(503, {}), (200, {})])
    first = _called_back(context, "retried", "A stubborn pigeon")
    if context.clock is None:
        raise NotConclusive("the clock does not move")
    if first.received:
        context.clock.advance(context.profile.value("callback-spacing")["first_s"] + 1)
    received = listener_of(context).wait(first.receiver, count=2, timeout_s=PATIENCE_S)
    return CalledBack(first.job, first.receiver, received)


@dataclass(frozen=True, slots=True)
class Notified:
    """A job that calls back on every change: the statuses of its history, and those of its callbacks."""

    job: EndedJob
    history: list[str]
    called: list[str]
    received: list[Callback]


@step(requests=6, paid_jobs=1, needs=(Need.LISTENER,), rule="a job with notify_status completes")
def notified(context: Context) -> Notified:
    """A job that gets its input and its start one after the other, with a callback on every change."""
    created = context.launch(
        options=SMALL,
        process=False,
        notify_status=True,
        callback=listener_of(context).url("notified"),
        download_passwords=[CALLBACK_PASSWORD],
    )
    path = {"job_id": context.id_of(created)}
    context.call("addInput", path=path, json=context.prompt("A flock of pigeons"))
    context.call("updateJob", path=path, json={"process": True})
    job = ended_job_of(context, created)
    rows = context.call("listHistory", path=path).json()
    history = [str(row["status"]) for row in rows]
    if context.profile["history-order"] == "newest-first":
        history.reverse()
    received = listener_of(context).wait("notified", count=len(history), timeout_s=PATIENCE_S)
    return Notified(job, history, [status_of(callback) for callback in received], received)


def _called_back(context: Context, receiver: str, prompt: str) -> CalledBack:
    """A job that has ended, with its callbacks up to the one that tells so."""
    created = context.launch(prompt, callback=listener_of(context).url(receiver))
    return _heard_of(context, created, receiver)


def _heard_of(context: Context, created: Exchange, receiver: str) -> CalledBack:
    """A job once it has ended, with its callbacks up to the one that tells so."""
    listener, job = listener_of(context), ended_job_of(context, created)
    received = listener.wait(receiver, count=1, timeout_s=PATIENCE_S)
    while received and not context.is_over(status_of(received[-1])):
        known = len(received)
        received = listener.wait(receiver, count=known + 1, timeout_s=PATIENCE_S)
        if len(received) == known:
            break
    return CalledBack(job, receiver, received)


def listener_of(context: Context) -> Listener:
    """The listener of the run.

    Raises:
        NotConclusive: there is none.
    """
    if context.listener is None:
        raise NotConclusive("nothing listens for callbacks")
    return context.listener


def document_of(callback: Callback) -> JSONObject:
    """The body of a callback; empty if it is not an object."""
    try:
        document = json.loads(callback.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def status_of(callback: Callback) -> str:
    """The status that a callback tells; empty if it tells none."""
    status = document_of(callback).get("status")
    return str(status.get("code", "")) if isinstance(status, dict) else ""
