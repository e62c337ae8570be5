"""Ways to make the mock server wrong in one thing, to see that the contract tests catch it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from pixelpact.mockserver.server import serving
from pixelpact.schema import find_operation

Patch: TypeAlias = pytest.MonkeyPatch


def setting(owner: object, name: str, change: Callable[[Any], Any]) -> Callable[[Patch], None]:
    """A server with another attribute in one of its modules or classes, computed from the right one."""

    def apply(patch: Patch) -> None:
        patch.setattr(owner, name, change(getattr(owner, name)))

    return apply


@dataclass
class Traffic:
    """A request or an answer on its way, which a change may rewrite in place; `json` is its body if that is JSON."""

    operation: str
    headers: list[tuple[str, str]]
    body: bytes
    path: str = ""
    status: int = 0
    #: Of an answer, the request that it answers.
    request: Traffic | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()

    def set_header(self, name: str, value: str | None) -> None:
        self.headers = [pair for pair in self.headers if pair[0] != name.lower()]
        if value is not None:
            self.headers.append((name.lower(), value))


Change: TypeAlias = Callable[[Traffic], None]


def rewriting(
    *operations: str, request: Change | None = None, answer: Change | None = None
) -> Callable[[Patch], None]:
    """A server before which requests of some operations, or their answers, are rewritten."""

    def apply(patch: Patch) -> None:
        create_app = serving.create_app
        patch.setattr(
            serving,
            "create_app",
            lambda mock: _Rewriting(create_app(mock), frozenset(operations), request, answer),
        )

    return apply


class _Rewriting:
    """An ASGI application with changed requests and answers; it knows nothing of what is behind it."""

    def __init__(
        self, app: Any, operations: frozenset[str], request: Change | None, answer: Change | None
    ) -> None:
        self._app, self._operations, self._request, self._answer = app, operations, request, answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("raw_path", b"").decode("latin-1")
        operation = find_operation(scope["method"], path) if scope["type"] == "http" else None
        if operation is None or operation.id not in self._operations:
            await self._app(scope, receive, send)
            return
        sent = Traffic(operation.id, _texts(scope["headers"]), await _body(receive), path)
        if self._request:
            self._request(sent)
        sent.set_header("content-length", str(len(sent.body)))
        answered = Traffic(operation.id, [], b"", request=sent)
        scope = {**scope, "headers": _bytes(sent.headers)}
        messages = [{"type": "http.request", "body": sent.body}]

        async def replay() -> Any:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def collect(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered.status, answered.headers = message["status"], _texts(message["headers"])
            answered.body += message.get("body", b"")

        await self._app(scope, replay, collect)
        if self._answer:
            self._answer(answered)
        if answered.body:
            answered.set_header("content-length", str(len(answered.body)))
        await send(
            {
                "type": "http.response.start",
                "status": answered.status,
                "headers": _bytes(answered.headers),
            }
        )
        await send({"type": "http.response.body", "body": answered.body})


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _texts(pairs: Any) -> list[tuple[str, str]]:
    return [(name.decode().lower(), value.decode("latin-1")) for name, value in pairs]


def _bytes(pairs: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in pairs]
