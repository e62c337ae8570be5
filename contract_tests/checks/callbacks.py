"""Checks of callbacks, which a listener receives."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.listener import Callback
from pixelpact.contract_tests.suite.callbacks import (
    BEFORE_CHANGE,
    CALLBACK_PASSWORD,
    PAUSE_S,
    CalledBack,
    called_back,
    called_back_again,
    called_back_of_failed,
    document_of,
    listener_of,
    notified,
    status_of,
)
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Need, check
from pixelpact.schema import callback_rules, headers

_GUIDE = "vendor guide webhooks"
_SDK = "SDK contract"
#: What downloads in the meantime change in the outputs of a job.
_BY_DOWNLOADS = ("downloads_counter", "status")
#: Fields that are the same in all callbacks of a job.
_FIXED = ("id", "token", "type", "conversion", "callback", "notify_status", "server", "created_at")


@check(
    "callbacks/completed",
    operation="createJob",
    rule="a job that completes calls back",
    source=_GUIDE,
    uses=(called_back,),
)
def completed(context: Context) -> None:
    """The callback arrives."""
    seen = called_back(context)
    if not seen.received:
        raise seen.job.last.broken("must call back when the job is completed, no callback came")


@check(
    "callbacks/failed",
    operation="createJob",
    rule="a job that fails calls back",
    source=_GUIDE,
    uses=(called_back_of_failed,),
)
def failed(context: Context) -> None:
    """The callback arrives."""
    seen = called_back_of_failed(context)
    if not seen.received:
        code = seen.job.last.at("status", "code")
        raise seen.job.last.broken(f"must call back when the job is {code}, no callback came")


@check(
    "callbacks/changed-url",
    operation="updateJob",
    rule="a job calls back at the URL that its last change before the start gave",
    source=_GUIDE,
    uses=(called_back_of_failed,),
)
def changed_url(context: Context) -> None:
    """Nothing has come at the URL that it had before."""
    seen = called_back_of_failed(context)
    if listener_of(context).wait(BEFORE_CHANGE, count=0, timeout_s=0):
        raise seen.job.last.broken("must call back at the changed callback only, has called the one before")


@check(
    "callbacks/request",
    operation="createJob",
    rule="a callback is a POST of JSON",
    source=_GUIDE,
    uses=(called_back,),
)
def request(context: Context) -> None:
    """Method and content type are as documented."""
    callback = _only(called_back(context))
    sent = callback.headers.get("content-type", "")
    if callback.method != "POST" or sent.partition(";")[0].strip().lower() != "application/json":
        raise called_back(context).job.last.broken(
            f"must call back by POST with Content-Type application/json, got {callback.method} "
            f"with {in_json(sent)}"
        )


@check(
    "callbacks/user-agent",
    operation="createJob",
    rule="callbacks name the API in User-Agent",
    source=_GUIDE,
    uses=(called_back,),
)
def user_agent(context: Context) -> None:
    """The product is the documented one; what is in parentheses may differ."""
    expected = callback_rules().user_agent.partition("(")[0].strip()
    sent = _only(called_back(context)).headers.get("user-agent", "")
    if not sent.startswith(expected):
        raise called_back(context).job.last.broken(
            f"must call back with the User-Agent {expected}, got {in_json(sent)}"
        )


@check(
    "callbacks/body",
    operation="createJob",
    rule="the body of a callback is the job as GET shows it",
    source=_GUIDE,
    uses=(called_back,),
)
def body(context: Context) -> None:
    """All fields are equal, apart from what downloads change."""
    seen = called_back(context)
    shown, sent = _comparable(seen.job.last.json()), _comparable(document_of(_only(seen)))
    for name in sorted({*shown, *sent}):
        if shown.get(name) != sent.get(name):
            raise seen.job.last.broken(f"must call back with the {name} of the job, the callback has another")


@check(
    "callbacks/every-body",
    operation="createJob",
    rule="the callback of a job that fails, or of any change, shows the job as GET does",
    source=_GUIDE,
    uses=(called_back_of_failed, notified),
)
def every_body(context: Context) -> None:
    """The last ones have all fields of the last read; the others have those that do not move."""
    failing, notifying = called_back_of_failed(context), notified(context)
    for job, received in ((failing.job, failing.received), (notifying.job, notifying.received)):
        shown = _comparable(job.last.json())
        for callback in received:
            sent = _comparable(document_of(callback))
            is_last = context.is_over(status_of(callback))
            for name in shown if is_last else _FIXED:
                if shown.get(name) != sent.get(name):
                    what = f"must call back with the {name} of the job when it is {status_of(callback)}"
                    raise job.last.broken(f"{what}, the callback has another")


@check(
    "callbacks/only-ended",
    operation="createJob",
    rule="without notify_status, a job calls back only when it has ended",
    source=_GUIDE,
    uses=(called_back,),
)
def only_ended(context: Context) -> None:
    """No callback has a status on the way."""
    seen = called_back(context)
    codes = [status_of(callback) for callback in seen.received]
    if not all(map(context.is_over, codes)):
        raise seen.job.last.broken(f"must call back only at the end without notify_status, did at {codes}")


@check(
    "callbacks/once",
    operation="createJob",
    rule="a callback that is acknowledged is not sent again",
    source=_GUIDE,
    uses=(called_back,),
    rank=90,
)
def once(context: Context) -> None:
    """No second callback of the same status has come by now."""
    seen = called_back(context)
    received = listener_of(context).wait(seen.receiver, count=len(seen.received) + 1, timeout_s=PAUSE_S)
    codes = [status_of(callback) for callback in received]
    if len(set(codes)) != len(codes):
        raise seen.job.last.broken(f"must call back once for each status, did for {codes}")


@check(
    "callbacks/not-again",
    operation="createJob",
    rule="a callback that is answered with a client error is not sent again",
    source=_GUIDE,
    uses=(called_back_of_failed, called_back_again),
)
def not_again(context: Context) -> None:
    """Once the time of a second attempt is over, there was only one."""
    called_back_again(context)
    seen = called_back_of_failed(context)
    received = listener_of(context).wait(seen.receiver, count=2, timeout_s=PAUSE_S)
    if len(received) > 1:
        raise seen.job.last.broken("must not repeat a callback that is answered with 410, has repeated it")


@check(
    "callbacks/again",
    operation="createJob",
    rule="a callback that is answered with a server error is sent again",
    source=_GUIDE,
    uses=(called_back_again,),
    depends=("callback-spacing",),
)
def again(context: Context) -> None:
    """The second attempt arrives."""
    seen = called_back_again(context)
    _only(seen)
    if len(seen.received) == 1:
        raise seen.job.last.broken("must repeat a callback that is answered with 503, has not")


@check(
    "callbacks/same-again",
    operation="createJob",
    rule="a callback that is sent again has the same status",
    source=_GUIDE,
    uses=(called_back_again,),
    depends=("callback-spacing",),
)
def same_again(context: Context) -> None:
    """Both attempts tell the same."""
    seen = called_back_again(context)
    codes = [status_of(callback) for callback in seen.received]
    if len(set(codes)) > 1:
        raise seen.job.last.broken(f"must repeat a callback with the same status, has sent {codes}")


@check(
    "callbacks/every-change",
    operation="createJob",
    rule="with notify_status, a job calls back on every change of its status",
    source=_GUIDE,
    uses=(notified,),
    depends=("history-order",),
)
def every_change(context: Context) -> None:
    """All statuses of the history were sent; the first one need not be, as no change led to it."""
    seen = notified(context)
    missing = [code for code in seen.history[1:] if code not in seen.called]
    if missing:
        raise seen.job.last.broken(f"must call back on every change with notify_status, did not on {missing}")


@check(
    "callbacks/order",
    operation="createJob",
    rule="callbacks come in the order of the changes",
    source=_GUIDE,
    uses=(notified,),
    depends=("history-order",),
)
def order(context: Context) -> None:
    """Their statuses are in the order of the history."""
    seen = notified(context)
    known = [code for code in seen.called if code in seen.history]
    places = [seen.history.index(code) for code in known]
    if places != sorted(places):
        raise seen.job.last.broken(f"must call back in the order {seen.history}, did in {seen.called}")


@check(
    "callbacks/without-passwords",
    operation="createJob",
    rule="no callback shows a download password in clear",
    source=_SDK,
    uses=(notified,),
)
def without_passwords(context: Context) -> None:
    """The password of the job is in none of them."""
    seen = notified(context)
    if any(CALLBACK_PASSWORD.encode() in callback.body for callback in seen.received):
        raise seen.job.last.broken("must not show download_passwords in a callback")


@check(
    "callbacks/every-signature",
    operation="createJob",
    rule="where callbacks are signed, those of every status are",
    source=_SDK,
    needs=(Need.SIGNATURES,),
    uses=(called_back_of_failed, notified),
    depends=("callback-signature",),
)
def every_signature(context: Context) -> None:
    """All callbacks of a job that fails, and of one that tells every change, have the right signature."""
    if context.profile["callback-signature"] != "when-secret":
        raise NotConclusive("callbacks are not signed")
    for job, received in (
        (called_back_of_failed(context).job, called_back_of_failed(context).received),
        (notified(context).job, notified(context).received),
    ):
        for callback in received:
            if callback.headers.get(headers().signature.lower()) != _signature(context, callback.body):
                what = f"must sign the callback of {status_of(callback)} in {headers().signature}, has not"
                raise job.last.broken(what)


@check(
    "callbacks/signature",
    operation="createJob",
    rule="a signed callback has the HMAC-SHA256 of its raw body in lower-case hexadecimal digits",
    source=_SDK,
    needs=(Need.SIGNATURES,),
    uses=(called_back,),
    depends=("callback-signature",),
)
def signature(context: Context) -> None:
    """The header is what the SDKs compute."""
    if context.profile["callback-signature"] != "when-secret":
        raise NotConclusive("callbacks are not signed")
    callback = _only(called_back(context))
    if callback.headers.get(headers().signature.lower()) != _signature(context, callback.body):
        raise called_back(context).job.last.broken(
            f"must have in {headers().signature} the lower-case hexadecimal HMAC-SHA256 of the body, has not"
        )


def _only(seen: CalledBack) -> Callback:
    """The last callback that came.

    Raises:
        NotConclusive: none came.
    """
    if not seen.received:
        raise NotConclusive("no callback came")
    return seen.received[-1]


def _comparable(document: Any) -> dict[str, Any]:
    """A job without what downloads change in its outputs."""
    job: Mapping[str, Any] = document if isinstance(document, dict) else {}
    rows = job.get("output")
    outputs = [
        {name: value for name, value in row.items() if name not in _BY_DOWNLOADS} for row in rows or ()
    ]
    return {**job, "output": outputs}


def _signature(context: Context, content: bytes) -> str:
    return hmac.new(context.secret.encode(), content, hashlib.sha256).hexdigest()
