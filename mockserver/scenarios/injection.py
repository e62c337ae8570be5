"""What scenarios do to a request and its answer, on the wire."""

from __future__ import annotations

import array
import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import CallbackFaults, InjectedFaults
from pixelpact.mockserver.scenarios.rules import Occurrence
from pixelpact.mockserver.settings import Settings
from pixelpact.schema import headers

#: Under this name a request's scope has the transport of its connection, for the one who has to break it.
TRANSPORT = "pixelpact.transport"
#: A client that has gone is noticed after so long.
_SECONDS_TO_NOTICE = 0.1
#: So often, and so far apart, it is looked whether all that was sent has arrived.
_DELIVERY_ATTEMPTS, _SECONDS_BETWEEN_ATTEMPTS = 2000, 0.005


def refusal(occurrences: Sequence[Occurrence]) -> ApiError | None:
    """The refusal that scenarios demand, if any."""
    for each in occurrences:
        scenario = each.rule.scenario
        if scenario.effect == "refuse":
            wait = each.rule.parameters.get("retry_after")
            return ApiError(
                scenario.answer,
                status=scenario.status,
                headers={} if wait is None else {headers().retry_after: str(wait)},
                message=None if scenario.status is None else f"The scenario {scenario.name} is in force",
            )
    return None


def limited(settings: Settings, occurrences: Sequence[Occurrence]) -> Settings:
    """The settings, with the limits that scenarios set."""
    for each in occurrences:
        if each.rule.scenario.effect == "limit":
            parameters = each.rule.parameters
            settings = settings.within(
                credits_left=parameters.get("credits"), max_concurrent=parameters.get("jobs")
            )
    return settings


def injected_faults(occurrences: Sequence[Occurrence]) -> InjectedFaults:
    """What scenarios have in store for a job that is created now."""
    asked: dict[str, Any] = {}
    for each in occurrences:
        planned = each.rule.scenario.faults
        asked |= planned
        if "callbacks" in planned:
            names = ("attempts", "copies", "late_s")
            how = {name: each.rule.parameters[name] for name in names if name in each.rule.parameters}
            asked["callbacks"] = CallbackFaults(planned["callbacks"], **how)
    return InjectedFaults(**asked)


async def play(
    occurrences: Sequence[Occurrence],
    answer: Callable[[Send], Awaitable[None]],
    *,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> list[Occurrence]:
    """Let `answer` answer a request: late, damaged or not at all, as scenarios say.

    What is returned did not happen: a download was to be damaged, and the answer was none.
    """
    for each in _of("delay", occurrences):
        shortest, longest = each.rule.parameters["at_least_s"], each.rule.parameters["at_most_s"]
        await _pause(shortest + each.chance() * (longest - shortest), scope)
    damage = [each for each in occurrences if each.rule.scenario.effect in _DAMAGE]
    if not damage:
        await answer(send)
        return []
    if any(_comes_first(each) for each in damage):
        # Read to the end, or the client learns of it while it writes, which some libraries keep secret.
        while (await receive()).get("more_body"):
            pass
        await _hang_up(scope, receive, politely=False)
        return []
    held = _Held()
    await answer(held.take)
    if not held.start:  # the client has gone
        return []
    in_vain = [each for each in damage if not held.suits(each)]
    for each in damage:
        if each not in in_vain:
            _DAMAGE[each.rule.scenario.effect](held, each)
    await held.deliver(scope, receive, send)
    return in_vain


class _Held:
    """An answer that is held back, and the way in which it will be sent on."""

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self.body = b""
        self.sent_bytes: int | None = None
        self.politely = True
        self.piece_bytes: int | None = None
        self.pause_s = 0.0

    async def take(self, message: Message) -> None:
        """Stands in for the client."""
        if message["type"] == "http.response.start":
            self.start = dict(message)
        else:
            self.body += message.get("body", b"")

    def suits(self, each: Occurrence) -> bool:
        """Whether there is what the scenario damages: a JSON text, or a file that is downloaded."""
        effect = each.rule.scenario.effect
        if effect == "malform":
            return bool(self.body) and any(
                name.lower() == b"content-type" and value.startswith(b"application/json")
                for name, value in self.start["headers"]
            )
        return effect not in ("truncate", "corrupt") or (bool(self.body) and self.start["status"] < 300)

    def resize(self, body: bytes) -> None:
        """Have another body, and its length in the headers."""
        self.body = body
        self.start["headers"] = [
            (name, str(len(body)).encode() if name.lower() == b"content-length" else value)
            for name, value in self.start["headers"]
        ]

    async def deliver(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, or as much of it as is to come."""
        if self.politely or self.sent_bytes:
            await self._send(scope, send)
        if self.sent_bytes is not None:
            await _hang_up(scope, receive, politely=self.politely)

    async def _send(self, scope: Scope, send: Send) -> None:
        await send(self.start)
        body = self.body[: self.sent_bytes]
        step = self.piece_bytes or max(1, len(body))
        pieces = [body[first : first + step] for first in range(0, len(body), step)] or [b""]
        for number, piece in enumerate(pieces, start=1):
            is_last = self.sent_bytes is None and number == len(pieces)
            await send({"type": "http.response.body", "body": piece, "more_body": not is_last})
            if number < len(pieces):
                await _pause(self.pause_s, scope)
                if _is_gone(scope):
                    return


def _malform(held: _Held, each: Occurrence) -> None:
    held.resize(held.body[: int(len(held.body) * each.rule.parameters["fraction"])] or b"{")


def _corrupt(held: _Held, _: Occurrence) -> None:
    middle = len(held.body) // 2
    turned = bytes(byte ^ 0xFF for byte in held.body[middle : middle + 16])
    held.body = held.body[:middle] + turned + held.body[middle + len(turned) :]


def _truncate(held: _Held, each: Occurrence) -> None:
    held.sent_bytes = int(len(held.body) * each.rule.parameters["fraction"])


def _reset(held: _Held, each: Occurrence) -> None:
    # One byte at least is missing, or the client would never know.
    held.sent_bytes = min(each.rule.parameters["after_bytes"], max(0, len(held.body) - 1))
    held.politely = False


def _dribble(held: _Held, each: Occurrence) -> None:
    held.piece_bytes, held.pause_s = each.rule.parameters["bytes"], each.rule.parameters["pause_s"]


_DAMAGE: dict[str, Callable[[_Held, Occurrence], None]] = {
    "malform": _malform,
    "corrupt": _corrupt,
    "truncate": _truncate,
    "reset": _reset,
    "dribble": _dribble,
}


def _of(effect: str, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    return [each for each in occurrences if each.rule.scenario.effect == effect]


def _comes_first(each: Occurrence) -> bool:
    """Whether nothing is answered, nor done."""
    return each.rule.scenario.effect == "reset" and not each.rule.parameters["after_bytes"]


def _connection(scope: Scope) -> Any:
    """The transport of a request's connection; `None` where the app runs without one (in process)."""
    return scope.get("extensions", {}).get(TRANSPORT)


def _is_gone(scope: Scope) -> bool:
    """Whether the client has closed the connection."""
    transport = _connection(scope)
    return transport is not None and transport.is_closing()


async def _pause(seconds: float, scope: Scope) -> None:
    """Wait; no longer than a client waits, since a server that stops waits for its answers."""
    while seconds > 0 and not _is_gone(scope):
        await asyncio.sleep(min(seconds, _SECONDS_TO_NOTICE))
        seconds -= _SECONDS_TO_NOTICE


async def _delivered(transport: Any) -> None:
    """Return when the client's machine has all that was sent, or when it takes no more."""
    connection = transport.get_extra_info("socket")
    for _ in range(_DELIVERY_ATTEMPTS):
        if transport.is_closing() or not (transport.get_write_buffer_size() or _unacknowledged(connection)):
            return
        await asyncio.sleep(_SECONDS_BETWEEN_ATTEMPTS)


def _unacknowledged(connection: Any) -> int:
    """How many bytes the system has not yet seen arrive; 0 where it does not say (Windows)."""
    try:
        import fcntl
        import termios
    except ImportError:
        return 0
    size = array.array("i", [0])
    fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, size)
    return size[0]


async def _hang_up(scope: Scope, receive: Receive, *, politely: bool) -> None:
    """Close the connection, or reset it, and wait until that is done.

    Raises:
        ConnectionResetError: the app runs without a connection of its own (in process).
    """
    transport = _connection(scope)
    if transport is None:
        raise ConnectionResetError("The mock server hung up, as a scenario demands.")
    if politely:
        transport.close()
    else:
        await _delivered(transport)
        # Without lingering, closing is a reset: what is still in the buffers is thrown away.
        no_linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
