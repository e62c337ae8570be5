"""Mutants in callbacks: not sent, sent too often, or with other bodies and headers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult

from pixelpact.mockserver.mutants.album import Document
from pixelpact.mockserver.mutants.base import CallbackChange, Post, mutant
from pixelpact.schema import headers

_SIGNATURE = headers().signature.lower()
_ACCEPTED, _GONE, _UNAVAILABLE = 200, 410, 503


def _job(body: bytes) -> Document:
    job: Document = json.loads(body)
    return job


def _is(body: bytes, code: str, *, notify: bool = False) -> bool:
    """Whether a callback tells of a status, of a job with or without `notify_status`."""
    job = _job(body)
    return bool(job["status"]["code"] == code and job["notify_status"] is notify)


def _unsent(when: Callable[[bytes], bool]) -> CallbackChange:
    """A change that does not send some callbacks, and takes them as accepted."""

    def change(post: Post) -> Post:
        async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
            return _ACCEPTED if when(body) else await post(url, body, sent)

        return changed

    return change


def _rewritten(rewrite: Callable[[bytes, dict[str, str]], tuple[bytes, dict[str, str]]]) -> CallbackChange:
    """A change of body and headers, of callbacks of completed jobs without `notify_status`."""

    def change(post: Post) -> Post:
        async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
            if _is(body, "completed"):
                body, sent = rewrite(body, dict(sent))
            return await post(url, body, sent)

        return changed

    return change


def _answered(took: int, instead: int) -> CallbackChange:
    """A change that takes one status of an answer as another one."""

    def change(post: Post) -> Post:
        async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
            status = await post(url, body, sent)
            return instead if status == took else status

        return changed

    return change


def _sent_first(before: Callable[[bytes], bytes]) -> CallbackChange:
    """A change that sends another callback before that of a completed job."""

    def change(post: Post) -> Post:
        async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
            if _is(body, "completed") and url.path.endswith("/completed"):
                await post(url, before(body), sent)
            return await post(url, body, sent)

        return changed

    return change


def _with(**fields: Any) -> Callable[[bytes], bytes]:
    """Replaces fields of the job in a body."""
    return lambda body: json.dumps({**_job(body), **fields}).encode()


def _header(name: str, value: Callable[[str], str]) -> CallbackChange:
    return _rewritten(lambda body, sent: (body, {**sent, name: value(sent.get(name, ""))}))


mutant(
    "callbacks/completed",
    "does not call back when a job is completed",
    word="completed",
    callbacks=_unsent(lambda body: _is(body, "completed")),
)
mutant(
    "callbacks/failed",
    "does not call back when a job has failed",
    word="failed",
    callbacks=_unsent(lambda body: _is(body, "failed")),
)
mutant(
    "callbacks/request",
    "sends callbacks as plain text",
    word="application/json",
    callbacks=_header("content-type", lambda _: "text/plain"),
)
mutant(
    "callbacks/user-agent",
    "names another User-Agent in callbacks",
    word="User-Agent",
    callbacks=_header("user-agent", lambda _: "curl/8"),
)


def _unsigned_body(body: bytes, sent: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return _with(type="callback")(body), sent


mutant(
    "callbacks/body",
    "sends another type of a job than GET shows",
    word="type",
    callbacks=_rewritten(_unsigned_body),
    also=("callbacks/signature",),
    why="the body is changed after it was signed",
)
mutant(
    "callbacks/only-ended",
    "calls back while a job is processing, without notify_status",
    word="notify_status",
    callbacks=_sent_first(_with(status={"code": "processing", "info": ""})),
)
mutant(
    "callbacks/once",
    "calls back twice",
    word="once",
    callbacks=_sent_first(lambda body: body),
)
mutant(
    "callbacks/not-again",
    "repeats a callback that is answered with a client error",
    word=str(_GONE),
    callbacks=_answered(_GONE, _UNAVAILABLE),
)
mutant(
    "callbacks/again",
    "does not repeat a callback that is answered with a server error",
    word=str(_UNAVAILABLE),
    callbacks=_answered(_UNAVAILABLE, _GONE),
)


def _other_status_again(post: Post) -> Post:
    """A change that tells `failed` in the second attempt of a callback."""
    refused: set[str] = set()

    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        if url.path in refused:
            body = _with(status={"code": "failed", "info": ""})(body)
        status = await post(url, body, sent)
        if status >= 500:
            refused.add(url.path)
        return status

    return changed


mutant(
    "callbacks/same-again",
    "tells another status when it repeats a callback",
    word="status",
    callbacks=_other_status_again,
)
mutant(
    "callbacks/every-change",
    "does not call back when a job is ready",
    word="ready",
    callbacks=_unsent(lambda body: _is(body, "ready", notify=True)),
)


def _swapped(post: Post) -> Post:
    """A change that holds the callback of `ready` back until the next one was sent."""
    held: list[tuple[SplitResult, bytes, Mapping[str, str]]] = []

    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        if _is(body, "ready", notify=True):
            held.append((url, body, sent))
            return _ACCEPTED
        status = await post(url, body, sent)
        while held:
            await post(*held.pop())
        return status

    return changed


def _at_both(post: Post) -> Post:
    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        if _is(body, "failed"):
            await post(url._replace(path="/before-the-change", query=""), body, sent)
        return await post(url, body, sent)

    return changed


mutant(
    "callbacks/changed-url",
    "calls back at the URL that a job had before, too",
    word="callback",
    callbacks=_at_both,
)


def _without_token_while_processing(post: Post) -> Post:
    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        body = _with(token="")(body) if _is(body, "processing", notify=True) else body
        return await post(url, body, sent)

    return changed


mutant(
    "callbacks/every-body",
    "leaves the token out of callbacks of jobs that are processing",
    word="token",
    callbacks=_without_token_while_processing,
    also=("callbacks/every-signature",),
    why="the body is changed after it was signed",
)


def _unsigned_on_the_way(post: Post) -> Post:
    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        is_signed = not _is(body, "processing", notify=True)
        kept = {name: value for name, value in sent.items() if is_signed or name != _SIGNATURE}
        return await post(url, body, kept)

    return changed


mutant(
    "callbacks/every-signature",
    "does not sign callbacks of jobs that are processing",
    word=headers().signature,
    callbacks=_unsigned_on_the_way,
)
mutant(
    "callbacks/order",
    "sends two callbacks in the wrong order",
    word="order",
    callbacks=_swapped,
)


def _in_clear(post: Post) -> Post:
    async def changed(url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        if _job(body)["download_passwords"]:
            body = _with(download_passwords=["topaz 49"])(body)
        return await post(url, body, sent)

    return changed


mutant(
    "callbacks/without-passwords",
    "shows download_passwords in callbacks",
    word="download_passwords",
    callbacks=_in_clear,
    also=("callbacks/every-body", "callbacks/every-signature"),
    why="the body is another than the job that GET shows, and was changed after it was signed",
)
mutant(
    "callbacks/signature",
    "signs callbacks in upper-case digits",
    word=headers().signature,
    callbacks=_header(_SIGNATURE, str.upper),
)
