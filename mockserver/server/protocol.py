"""HTTP on the wire: what uvicorn speaks, and what is ours about it."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.journal.access_log import AccessLog
from pixelpact.mockserver.scenarios.injection import TRANSPORT

#: An offer to speak something else, which a server may ignore (RFC 9110 section 7.8). Java's client and
#: `curl --http2` make it with every request, and the parser would take what follows for that, not for a body.
_OFFER = re.compile(rb"(\r\n)upgrade([ \t]*:)", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class JoinedWrites:
    """A transport that sends the head of an answer together with the beginning of its body.

    uvicorn writes them apart; that is a system call more, of a tenth of what a request costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing  # asked for every answer, where `__getattr__` is slow
        self._begins = True
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send some bytes, or hold them back if they are a head; `100 Continue` is none, the client waits."""
        if self._begins and data != _CONTINUE:
            self._begins, self._head = False, data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        else:
            self._transport.write(data)

    def end(self) -> None:
        """See that all is sent of an answer; the next one begins."""
        if self._head and not self._transport.is_closing():
            self._transport.write(self._head)
        self._begins, self._head = True, b""

    def close(self) -> None:
        """Close the connection, once everything is sent."""
        self.end()
        self._transport.close()


class IdleTimer:
    """An event loop with one timer, which is put off instead of being set anew.

    uvicorn sets one after each answer, to close a connection that stays silent, and cancels it for each
    request; that is 3 % of what a request costs.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        self.create_task = loop.create_task  # done for every request, where `__getattr__` is slow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> IdleTimer:
        """Call back in so many seconds, unless that is canceled or another time is set before."""
        self._due, self._callback = self._loop.time() + delay_s, callback
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._ring)
        return self

    def cancel(self) -> None:
        """Do not call back; the timer may ring for nothing."""
        self._due = math.inf

    def stop(self) -> None:
        """Do not even ring."""
        self.cancel()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        if self._loop.time() >= self._due:
            self._callback()
        elif self._due < math.inf:
            self._timer = self._loop.call_at(self._due, self._ring)


class Protocol(HttpToolsProtocol):
    """HTTP, as uvicorn speaks it; each request knows its connection, for scenarios that break it.

    Answers are written to `access_log`, if there is one.
    """

    def __init__(self, *args: Any, access_log: AccessLog | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.access_log = access_log is not None
        self.access_logger = access_log  # type: ignore[assignment]  # uvicorn calls `info` alone

    def connection_made(  # type: ignore[override]  # a server's transports go both ways
        self, transport: asyncio.Transport
    ) -> None:
        """Somebody has connected."""
        self._idle = IdleTimer(self.loop)
        self.loop = self._idle  # type: ignore[assignment]  # a loop in all but its class
        super().connection_made(JoinedWrites(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        cycle: RequestResponseCycle | None = self.cycle
        if (cycle is None or cycle.response_complete) and b"pgrade" in data:
            head, blank, rest = data.partition(b"\r\n\r\n")
            data = _OFFER.sub(rb"\1ignored\2", head) + blank + rest
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._idle.stop()

    def on_response_complete(self) -> None:
        """An answer was written."""
        self.transport.end()  # type: ignore[attr-defined]
        super().on_response_complete()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]

    def shutdown(self) -> None:
        """The server stops: finish the answer to what has come, do not wait for what is still being sent."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and cycle.more_body and not cycle.response_complete:
            self.transport.close()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, as the API answers: in JSON."""
        body = orjson.dumps(ApiError("Invalid", message=msg).document())
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        )
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()
