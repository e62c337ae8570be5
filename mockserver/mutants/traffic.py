"""Requests and responses on their way through a mutant, rewritten in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pixelpact.mockserver.web.requests import PARSED_HEADERS
from pixelpact.schema import find_operation, operations

#: Begins the keys under which the server keeps in a scope what it has parsed.
_PARSED = "pixelpact."


@dataclass
class Traffic:
    """A request or a response of an operation (`""` if it is none); `path` is decoded, `query` follows it.

    `request` is, for a response, the request that it answers. `skip` makes a request be answered with the
    `status` and `body` given, without the server.
    """

    operation: str
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    status: int = 0
    request: Traffic | None = None
    skip: bool = False
    #: For whatever a change of the request wants to tell the change of its response.
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_head_of_get(self) -> bool:
        """Whether HEAD asks for the headers of an operation that is GET: its answer is changed as that is."""
        return (
            self.method == "HEAD"
            and self.operation in operations()
            and operations()[self.operation].method == "GET"
        )

    @property
    def json(self) -> Any:
        """The body as JSON, which is UTF-8 without a mark; `None` if it is not."""
        try:
            return json.loads(self.body.decode())
        except (ValueError, RecursionError):
            return None

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def set_header(self, name: str, value: str | None) -> None:
        """Replace a header, or with `None` remove it."""
        self.headers = [pair for pair in self.headers if pair[0] != name.lower()]
        if value is not None:
            self.headers.append((name.lower(), value))


class Rewriting:
    """An ASGI application with changed requests and responses; what is behind it does not know."""

    def __init__(
        self,
        app: ASGIApp,
        operations: frozenset[str],
        request: Callable[[Traffic], None] | None,
        response: Callable[[Traffic], None] | None,
    ) -> None:
        self._app = app
        self._operations = operations
        self._request, self._response = request, response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = _operation(scope)
        if operation is None or operation not in self._operations:
            await self._app(scope, receive, send)
            return
        sent = await _request(operation, scope, receive)
        _change(self._request, sent)
        answered = Traffic(operation, sent.method, sent.path, sent.query, [], b"", request=sent)
        if sent.skip:
            answered.status, answered.body = sent.status, sent.body
            answered.set_header("content-type", "application/json")
        else:
            await self._ask(scope, sent, answered)
        before = answered.status
        _change(self._response, answered)
        _keep_code(answered, before)
        if answered.body:
            answered.set_header("content-length", str(len(answered.body)))
        if sent.is_head_of_get:
            answered.body = b""
        start = {
            "type": "http.response.start",
            "status": answered.status,
            "headers": _bytes(answered.headers),
        }
        await send(start)
        await send({"type": "http.response.body", "body": answered.body})

    async def _ask(self, scope: Scope, sent: Traffic, answered: Traffic) -> None:
        """Let the application answer what was sent."""
        sent.set_header("content-length", str(len(sent.body)))
        as_sent = {name: value for name, value in scope.items() if not name.startswith(_PARSED)}
        changed = {
            **as_sent,
            "method": "GET" if sent.is_head_of_get else sent.method,
            "path": unquote(sent.path),
            "raw_path": sent.path.encode("latin-1"),
            "query_string": sent.query.encode("latin-1"),
            "headers": _bytes(sent.headers),
        }
        changed.pop(PARSED_HEADERS, None)  # they were parsed before they were changed
        messages: list[Message] = [{"type": "http.request", "body": sent.body}]

        async def replay() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                answered.headers = _texts(message["headers"])
            answered.body += message.get("body", b"")

        await self._app(changed, replay, collect)


def _change(change: Callable[[Traffic], None] | None, message: Traffic) -> None:
    """Rewrite a message; one of another form than the change knows stays as it is."""
    if change is not None:
        with suppress(LookupError, TypeError, AttributeError, ValueError):
            change(message)


def _keep_code(response: Traffic, status_before: int) -> None:
    """Let the `code` in a body follow a changed status: that they differ would be another fault."""
    if response.status != status_before:
        body = response.json
        if isinstance(body, dict) and body.get("code") == status_before:
            response.json = {**body, "code": response.status}


def _operation(scope: Scope) -> str | None:
    """The operation of a request: `""` for a path or method that is none, `None` for no request."""
    if scope["type"] != "http":
        return None
    path = scope.get("raw_path", b"").decode("latin-1")
    found = find_operation(scope["method"], path)
    return found.id if found else ""


async def _request(operation: str, scope: Scope, receive: Receive) -> Traffic:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return Traffic(
        operation,
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        _texts(scope["headers"]),
        body,
    )


def _texts(pairs: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs]


def _bytes(pairs: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
