"""HTTP on the wire: what uvicorn speaks, and what is ours about it."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from pixelpact.mockserver.effects import TRANSPORT
from pixelpact.mockserver.errors import ApiError

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


class Protocol(HttpToolsProtocol):
    """HTTP, as uvicorn speaks it; each request knows its connection, for scenarios that break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(JoinedWrites(transport))  # type: ignore[arg-type]

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
