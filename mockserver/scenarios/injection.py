"""Failures injected into a response on its way to the client: late, damaged, cut off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from pixelpact.mockserver.scenarios.connection import hang_up, is_gone, pause
from pixelpact.mockserver.scenarios.rules import AppliedRule


async def inject(
    rules: Sequence[AppliedRule],
    answer: Callable[[Send], Awaitable[None]],
    *,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> tuple[AppliedRule, ...]:
    """Have `answer` answer a request, and delay or damage its response as the rules say.

    Returns the rules that were applied; a rule that damages downloads is not, if the response is not a
    download.
    """
    for rule in rules:
        if rule.effect == "delay":
            shortest, longest = rule.parameters["at_least_s"], rule.parameters["at_most_s"]
            await pause(shortest + rule.chance() * (longest - shortest), scope)
    damage = [rule for rule in rules if rule.effect in _DAMAGE]
    if any(_comes_before_answer(rule) for rule in damage):
        # Read to the end: some libraries hide a reset from a client that is still writing.
        while (await receive()).get("more_body"):
            pass
        await hang_up(scope, receive, graceful=False)
    elif damage:
        return await _damaged(rules, answer, scope=scope, receive=receive, send=send)
    else:
        await answer(send)
    return tuple(rules)


async def _damaged(
    rules: Sequence[AppliedRule],
    answer: Callable[[Send], Awaitable[None]],
    *,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> tuple[AppliedRule, ...]:
    """Damage the response of `answer`; the rules that were applied."""
    response = BufferedResponse()
    await answer(response.take)
    if not response.start:  # the client has gone
        return tuple(rules)
    applied = tuple(rule for rule in rules if rule.effect not in _DAMAGE or response.has_target_of(rule))
    for rule in applied:
        if rule.effect in _DAMAGE:
            _DAMAGE[rule.effect](response, rule)
    await response.deliver(scope, receive, send)
    return applied


class BufferedResponse:
    """A response that is held back, and the way in which it will be sent on."""

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self.body = b""
        self.sent_bytes: int | None = None
        self.graceful = True
        self.piece_bytes: int | None = None
        self.pause_s = 0.0

    async def take(self, message: Message) -> None:
        """Keep a message in place of sending it."""
        if message["type"] == "http.response.start":
            self.start = dict(message)
        else:
            self.body += message.get("body", b"")

    def has_target_of(self, rule: AppliedRule) -> bool:
        """Whether the response is what the rule damages: JSON text, a download, or any response at all."""
        if rule.effect == "malform":
            return bool(self.body) and any(
                name.lower() == b"content-type" and value.startswith(b"application/json")
                for name, value in self.start["headers"]
            )
        return rule.effect not in ("truncate", "corrupt") or (bool(self.body) and self.start["status"] < 300)

    def resize(self, body: bytes) -> None:
        """Replace the body, and its length in the headers."""
        self.body = body
        self.start["headers"] = [
            (name, str(len(body)).encode() if name.lower() == b"content-length" else value)
            for name, value in self.start["headers"]
        ]

    async def deliver(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, or as much of it as shall arrive."""
        if self.graceful or self.sent_bytes:
            await self._send(scope, send)
        if self.sent_bytes is not None:
            await hang_up(scope, receive, graceful=self.graceful)

    async def _send(self, scope: Scope, send: Send) -> None:
        await send(self.start)
        body = self.body[: self.sent_bytes]
        step = self.piece_bytes or max(1, len(body))
        pieces = [body[first : first + step] for first in range(0, len(body), step)] or [b""]
        for number, piece in enumerate(pieces, start=1):
            is_last = self.sent_bytes is None and number == len(pieces)
            await send({"type": "http.response.body", "body": piece, "more_body": not is_last})
            if number < len(pieces):
                await pause(self.pause_s, scope)
                if is_gone(scope):
                    return


def _malform(response: BufferedResponse, rule: AppliedRule) -> None:
    response.resize(response.body[: int(len(response.body) * rule.parameters["fraction"])] or b"{")


def _corrupt(response: BufferedResponse, _: AppliedRule) -> None:
    middle = len(response.body) // 2
    turned = bytes(byte ^ 0xFF for byte in response.body[middle : middle + 16])
    response.body = response.body[:middle] + turned + response.body[middle + len(turned) :]


def _truncate(response: BufferedResponse, rule: AppliedRule) -> None:
    response.sent_bytes = int(len(response.body) * rule.parameters["fraction"])


def _reset(response: BufferedResponse, rule: AppliedRule) -> None:
    # At least one byte must be missing, or the client would never notice.
    response.sent_bytes = min(rule.parameters["after_bytes"], max(0, len(response.body) - 1))
    response.graceful = False


def _dribble(response: BufferedResponse, rule: AppliedRule) -> None:
    response.piece_bytes, response.pause_s = rule.parameters["bytes"], rule.parameters["pause_s"]


_DAMAGE: dict[str, Callable[[BufferedResponse, AppliedRule], None]] = {
    "malform": _malform,
    "corrupt": _corrupt,
    "truncate": _truncate,
    "reset": _reset,
    "dribble": _dribble,
}


def _comes_before_answer(rule: AppliedRule) -> bool:
    """Whether the connection is reset before the request is answered, or even handled."""
    return rule.effect == "reset" and not rule.parameters["after_bytes"]
