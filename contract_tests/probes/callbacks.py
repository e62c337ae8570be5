"""Probes of callbacks, with jobs that never start: their changes of status call back with `notify_status`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.listener import Callback, Listener
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Need, probe, step
from pixelpact.schema import as_object, headers, ledger

#: How long is waited for a callback, in seconds: of a server that is far away, and of one whose clock moves,
#: which is then told to send what is due.
_PATIENCE_S, _SHORT_PATIENCE_S = 20.0, 0.5
#: How far the clock is moved for callbacks that are tried again, the first time and the second: to moments
#: long before the next attempt of each choice.
_WAITS_S = (3.5, 7.0)
#: Gaps between attempts may differ by this part, and so many seconds.
_TOLERANCE, _LATENESS_S = 0.25, 0.75
_REDIRECT, _FAILURE = 307, 500
_LISTENS = (Need.LISTENER,)


@dataclass(frozen=True, slots=True)
class Repeated:
    """Callbacks that were answered with a failure or a redirection, in the order in which they came.

    `counts` says how many had come after each of `_WAITS_S` by the clock of the server; there are none where
    that does not move.
    """

    created: Exchange
    callbacks: Sequence[Callback]
    counts: tuple[int, ...] = ()


@step(requests=4, rule="a callback that fails is tried again", needs=_LISTENS)
def failing_callback(context: Context) -> Repeated:
    """The first callback of a job, as often as it comes while it is answered with a failure."""
    listener, receiver = _listener(context), "failing"
    listener.answer(receiver, [(_FAILURE, {})])
    created = _notifying_job(context, receiver)
    counts: tuple[int, ...] = ()
    if context.clock is None:
        callbacks = listener.wait(receiver, count=3, timeout_s=_PATIENCE_S + 5)
    else:
        for seconds in _WAITS_S:
            context.clock.advance(seconds)
            counts += (len(listener.wait(receiver, count=0, timeout_s=0)),)
        callbacks = listener.wait(receiver, count=0, timeout_s=0)
    listener.answer(receiver, [(200, {})])
    context.cancel(context.id_of(created))
    return Repeated(created, callbacks, counts)


@step(requests=3, rule="a callback is answered with a redirection", needs=_LISTENS)
def redirected_callback(context: Context) -> Repeated:
    """The first callback of a job, as often as it comes while it is answered with a redirection."""
    listener, receiver = _listener(context), "redirected"
    listener.answer(receiver, [(_REDIRECT, {"Location": listener.url("elsewhere")})])
    created = _notifying_job(context, receiver)
    if context.clock is not None:
        context.clock.advance(sum(_WAITS_S))
    patience = 0.0 if context.clock is not None else _PATIENCE_S
    callbacks = listener.wait(receiver, count=2, timeout_s=patience)
    listener.answer(receiver, [(200, {})])
    context.cancel(context.id_of(created))
    return Repeated(created, callbacks)


@dataclass(frozen=True, slots=True)
class _Notified:
    """The statuses that were called back of a job whose notifications were switched on late."""

    created: Exchange
    statuses: tuple[str, ...]


@step(requests=3, rule="notifications are switched on, and the job is canceled", needs=_LISTENS)
def late_notifications(context: Context) -> _Notified:
    """What calls back of a job that is told to do so for all statuses, and canceled then."""
    receiver = "late"
    created = context.stage(callback=_listener(context).url(receiver))
    job_id = context.id_of(created)
    changed = context.call("updateJob", path={"job_id": job_id}, json={"notify_status": True})
    if not changed.response.is_success:
        raise NotConclusive(f"updateJob was answered {changed.response.status_code}")
    if not context.cancel(job_id).response.is_success:
        raise NotConclusive("a job that waits for its start can't be canceled")
    statuses = _statuses(_heard(context, receiver, count=1))
    if statuses != ("canceled",):
        statuses = _statuses(_heard(context, receiver, count=2))
    return _Notified(created, statuses)


@probe("callback-past", operation="updateJob", uses=(late_notifications, failing_callback), rank=70)
def callback_past(context: Context) -> str:
    """Whether a status from before is called back."""
    told = late_notifications(context).statuses
    if set(told) - {"canceled"}:
        return "told"
    if not told:
        _expect_some(context)
    return "untold"


@probe("callback-canceled", operation="cancelJob", uses=(late_notifications, failing_callback), rank=70)
def callback_canceled(context: Context) -> str:
    """Whether the cancellation is called back."""
    told = late_notifications(context).statuses
    if "canceled" in told:
        return "with-notify"
    if not told:
        _expect_some(context)
    return "never"


@probe(
    "callback-signature", operation="createJob", uses=(failing_callback,), needs=(Need.SIGNATURES,), rank=70
)
def callback_signature(context: Context) -> str:
    """Whether a callback is signed."""
    return "when-secret" if headers().signature.lower() in _expect_some(context).headers else "never"


@probe(
    "signature-aliases",
    operation="createJob",
    uses=(failing_callback,),
    needs=(Need.SIGNATURES,),
    hidden_by={"callback-signature": "never"},
    rank=71,
)
def signature_aliases(context: Context) -> str:
    """The headers, besides the first, that sign a callback."""
    name = headers().signature
    sent = _expect_some(context).headers
    signature = sent.get(name.lower())
    others = [other for other, value in sent.items() if value == signature and other != name.lower()]
    for answer in ledger()["signature-aliases"].choices.values():
        if sorted(others) == sorted(alias.lower() for alias in answer.value):
            return answer.id
    what = f"signs a callback with the headers {', '.join([name, *others])}"
    raise context.unknown("signature-aliases", what, failing_callback(context).created)


@probe("callback-redirect", operation="createJob", uses=(redirected_callback,), rank=70)
def callback_redirect(context: Context) -> str:
    """Whether a callback comes again, or elsewhere, after a redirection."""
    seen = redirected_callback(context)
    if not seen.callbacks:
        raise NotConclusive("no callback came")
    if _listener(context).wait("elsewhere", count=0, timeout_s=0):
        raise context.unknown("callback-redirect", "calls back where the redirection leads", seen.created)
    return "retry" if len(seen.callbacks) > 1 else "give-up"


@probe("callback-spacing", operation="createJob", uses=(failing_callback,), rank=70)
def callback_spacing(context: Context) -> str:
    """The answer whose pauses fit the attempts to deliver a callback that is answered with a failure."""
    _expect_some(context)
    seen = failing_callback(context)
    for answer in ledger()["callback-spacing"].choices.values():
        if fits(seen, answer.value):
            return answer.id
    if seen.counts:
        times = f"{seen.counts[0]} times in {_WAITS_S[0]:g} s, {seen.counts[1]} times in {sum(_WAITS_S):g} s"
    else:
        times = "with pauses of " + (", ".join(f"{gap:.1f} s" for gap in _gaps(seen)) or "unknown length")
    raise context.unknown("callback-spacing", f"calls back {times} while that fails", seen.created)


def fits(seen: Repeated, spacing: Mapping[str, Any]) -> bool:
    """Whether the attempts to deliver a callback came with the pauses of a choice of `callback-spacing`."""
    pauses = [spacing["first_s"] * spacing["factor"] ** number for number in range(10)]
    if seen.counts:
        attempts = [sum(pauses[:number]) for number in range(10)]
        elapsed = [sum(_WAITS_S[: number + 1]) for number in range(len(_WAITS_S))]
        return seen.counts == tuple(sum(attempt <= end for attempt in attempts) for end in elapsed)
    gaps = _gaps(seen)
    return bool(gaps) and all(
        abs(gap - pause) <= pause * _TOLERANCE + _LATENESS_S for gap, pause in zip(gaps, pauses, strict=False)
    )


def _gaps(seen: Repeated) -> list[float]:
    moments = [callback.at for callback in seen.callbacks]
    return [later - earlier for earlier, later in pairwise(moments)]


def _notifying_job(context: Context, receiver: str) -> Exchange:
    """The answer to a job that waits for its start, after its first callback has come, or none.

    Where its creation calls nobody back, an input does, which makes it ready.
    """
    created = context.stage(callback=_listener(context).url(receiver), notify_status=True)
    job_id = context.id_of(created)
    if not _heard(context, receiver, count=1):
        context.call("addInput", path={"job_id": job_id}, json=context.prompt("A fox"))
        _heard(context, receiver, count=1)
    return created


def _heard(context: Context, receiver: str, *, count: int) -> Sequence[Callback]:
    """The callbacks of a receiver, as soon as `count` have come, or as soon as no more are to be expected."""
    listener = _listener(context)
    if context.clock is None:
        return listener.wait(receiver, count=count, timeout_s=_PATIENCE_S)
    callbacks = listener.wait(receiver, count=count, timeout_s=_SHORT_PATIENCE_S)
    if len(callbacks) < count:
        context.clock.advance(0)
        callbacks = listener.wait(receiver, count=count, timeout_s=0)
    return callbacks


def _expect_some(context: Context) -> Callback:
    """A callback that is known to come.

    Raises:
        NotConclusive: none came.
    """
    callbacks = failing_callback(context).callbacks
    if not callbacks:
        raise NotConclusive("no callback came")
    return callbacks[0]


def _statuses(callbacks: Sequence[Callback]) -> tuple[str, ...]:
    """The statuses of the jobs that callbacks show."""
    found = []
    for callback in callbacks:
        try:
            body = json.loads(callback.body)
        except ValueError:
            continue
        found.append(str(as_object(as_object(body).get("status")).get("code")))
    return tuple(found)


def _listener(context: Context) -> Listener:
    if context.listener is None:
        raise NotConclusive(f"needs {Need.LISTENER.value}")
    return context.listener
