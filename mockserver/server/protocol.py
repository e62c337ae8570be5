"""HTTP on the wire: uvicorn's protocol, and where ours differs from it."""

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
from pixelpact.mockserver.scenarios.connection import TRANSPORT

#: An offer to switch protocols, which a server may ignore (RFC 9110 section 7.8). Java's client and `curl
#: --http2` make it with every request, and the parser would take the body that follows for the other
#: protocol.
_OFFER = re.compile(rb"(\r\n)upgrade([ \t]*:)", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class JoinedWrites:
    """A transport that sends the head of a response together with the beginning of its body.

    uvicorn writes them separately: one more system call, a tenth of the cost of a request.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing  # called for every response, and `__getattr__` is slow
        self._begins = True
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send bytes, or hold back a head; not `100 Continue`, which the client waits for."""
        if self._begins and data != _CONTINUE:
            self._begins, self._head = False, data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        else:
            self._transport.write(data)

    def end(self) -> None:
        """Send what is held back of a response; the next one begins."""
        if self._head and not self._transport.is_closing():
            self._transport.write(self._head)
        self._begins, self._head = True, b""

    def close(self) -> None:
        """Close the connection, after sending everything."""
        self.end()
        self._transport.close()


class LoopWithIdleTimer:
    """An event loop with one timer, which is postponed instead of being replaced.

    After each response, uvicorn sets a timer to close an idle connection, and cancels it with the next
    request; that is 3 % of the cost of a request.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        self.create_task = loop.create_task  # called for every request, and `__getattr__` is slow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> LoopWithIdleTimer:
        """Call back in `delay_s` seconds, unless that is canceled or another time is set first."""
        self._due, self._callback = self._loop.time() + delay_s, callback
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._fire)
        return self

    def cancel(self) -> None:
        """Do not call back, although the timer may still fire."""
        self._due = math.inf

    def stop(self) -> None:
        """Stop the timer."""
        self.cancel()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        if self._loop.time() >= self._due:
            self._callback()
        elif self._due < math.inf:
            self._timer = self._loop.call_at(self._due, self._fire)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with the connection in each request's scope for scenarios that cut it.

    Responses are written to `access_log`, if there is one.
    """

    def __init__(self, *args: Any, access_log: AccessLog | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.access_log = access_log is not None
        self.access_logger = access_log  # type: ignore[assignment]  # uvicorn calls `info` alone

    def connection_made(  # type: ignore[override]  # a server's transports are bidirectional
        self, transport: asyncio.Transport
    ) -> None:
        """Set up a new connection."""
        self._idle = LoopWithIdleTimer(self.loop)
        self.loop = self._idle  # type: ignore[assignment]  # a loop in everything but its class
        super().connection_made(JoinedWrites(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Parse bytes that have arrived."""
        cycle: RequestResponseCycle | None = self.cycle
        if (cycle is None or cycle.response_complete) and b"pgrade" in data:
            head, blank, rest = data.partition(b"\r\n\r\n")
            data = _OFFER.sub(rb"\1ignored\2", head) + blank + rest
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up after the connection."""
        super().connection_lost(exc)
        self._idle.stop()

    def on_response_complete(self) -> None:
        """Finish a response."""
        self.transport.end()  # type: ignore[attr-defined]
        super().on_response_complete()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]

    def shutdown(self) -> None:
        """Stop: finish the response to a request that has arrived; drop one that is still arriving."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and cycle.more_body and not cycle.response_complete:
            self.transport.close()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP as the API answers: in JSON."""
        body = orjson.dumps(ApiError("Invalid", message=msg).document())
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        )
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()
