"""The API: finds out what is asked and by whom, keeps it in the journal, and answers as scenarios allow."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import copy

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers import HANDLERS, Handler
from pixelpact.mockserver.journal.journal import MAX_READ_BYTES, Entry
from pixelpact.mockserver.scenarios.injection import injected_faults, limited, play, refusal
from pixelpact.mockserver.scenarios.rules import Occurrence
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.stores.memory import JobNotFound
from pixelpact.mockserver.web.requests import Request, sent_headers
from pixelpact.mockserver.web.responses import error_response
from pixelpact.mockserver.web.routing import Routes
from pixelpact.schema import headers, operations

_LOG = logging.getLogger("pixelpact.mockserver")
_REQUEST_ID = headers().request_id.lower().encode()

#: Operation and handler of each method that a path takes.
Methods = Mapping[str, tuple[str, Handler]]


class Api:
    """All operations of `openapi.json`, as an ASGI application; any other path leads nowhere."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        by_path: dict[str, dict[str, tuple[str, Handler]]] = {}
        for operation in operations().values():
            methods = by_path.setdefault(operation.template, {})
            methods[operation.method] = (operation.id, HANDLERS[operation.id])
        self._routes: Routes[Methods] = Routes(by_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        methods, scope["path_params"] = self._routes.find(scope["path"]) or ({}, {})
        operation, handler = methods.get(scope["method"]) or ("", _refusing(methods))
        sent = sent_headers(scope)
        account = sent.account or await self._mock.account_of_job(scope, sent)
        if sent.scenario is not None:
            self._mock.choose_scenario(sent.scenario, sent)
        mock = self._mock.of(account)
        entry = mock.journal.arrived(
            account=account,
            at=mock.clock.now(),
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            operation=operation,
            headers=sent.redacted,
        )
        line = _Line(mock, entry, receive, send)
        occurrences = mock.scenarios.due(
            account, operation, method=entry.method, path=entry.path, now=entry.at, clock=self._mock.clock
        )
        if occurrences:
            await _suffer(occurrences, mock, handler, Request(scope, line.receive), line)
        else:
            response = await _answer(mock, handler, Request(scope, line.receive), line)
            if response is not None:
                await response(scope, line.receive, line.send)


class _Line:
    """The way from and to the client, with the journal listening."""

    __slots__ = ("_body", "_heard_bytes", "_is_read", "_mock", "_receive", "_send", "entry")

    def __init__(self, mock: Mock, entry: Entry, receive: Receive, send: Send) -> None:
        self.entry = entry
        self._mock = mock
        self._receive = receive
        self._send = send
        self._body = b""
        self._heard_bytes = 0
        self._is_read = False

    async def receive(self) -> Message:
        """What the client sends."""
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        if message["type"] == "http.request":
            chunk = message.get("body", b"")
            self._heard_bytes += len(chunk)
            if self._heard_bytes <= MAX_READ_BYTES:
                self._body += chunk
            if self._is_read and self._heard_bytes:
                self._mock.journal.with_body(self.entry, self._body, size_bytes=self._heard_bytes)
                self._body = b""
        return message

    async def drain(self) -> None:
        """Read what the client still sends: one that is cut off while sending would not see the answer."""
        while not self._is_read:
            await self.receive()

    async def send(self, message: Message) -> None:
        """What the server sends, with an id."""
        if message["type"] == "http.response.start":
            if self._mock.profile["request-ids"] == "sent":
                header = (_REQUEST_ID, self._mock.next_request_id())
                message["headers"] = [*message.get("headers", ()), header]
            self._mock.journal.answered(self.entry, message["status"])
        await self._send(message)


async def _answer(mock: Mock, handler: Handler, request: Request, line: _Line) -> Response | None:
    """The answer to a request; `None` where the client has gone."""
    try:
        try:
            return await handler(mock, request)
        except JobNotFound as error:  # it was there a moment ago
            raise ApiError("NotFound", message=str(error)) from None
    except ApiError as error:
        await line.drain()
        return error_response(error, profile=mock.profile)
    except ClientDisconnect:
        return None
    except Exception:
        _LOG.exception("The mock server has a defect: %s %s", request.method, request.url.path)
        return error_response(ApiError("ServerError"), profile=mock.profile)


async def _suffer(
    occurrences: Sequence[Occurrence], mock: Mock, handler: Handler, request: Request, line: _Line
) -> None:
    """Answer a request that scenarios are about."""
    line.entry.scenarios = tuple(each.rule.scenario.name for each in occurrences)
    mock = copy(mock)
    mock.settings = limited(mock.settings, occurrences)
    mock.faults = injected_faults(occurrences)
    refused = refusal(occurrences)
    if refused is not None:
        handler = _raising(refused)

    async def answer(send: Send) -> None:
        response = await _answer(mock, handler, request, line)
        if response is not None:
            await response(request.scope, line.receive, send)

    in_vain = await play(occurrences, answer, scope=request.scope, receive=line.receive, send=line.send)
    for each in in_vain:
        mock.scenarios.give_back(each)
    line.entry.scenarios = tuple(each.rule.scenario.name for each in occurrences if each not in in_vain)


def _raising(error: ApiError) -> Handler:
    async def refuse(_: Mock, __: Request) -> Response:
        raise error

    return refuse


def _refusing(methods: Methods) -> Handler:
    """What answers for a path that takes other methods than the request's, or leads nowhere."""

    async def refuse(mock: Mock, request: Request) -> Response:
        if not methods:
            raise ApiError("NotFound", message=f"There is no path {request.url.path[:128]!r}")
        allowed = ", ".join(sorted(methods))
        raise ApiError(
            "MethodNotAllowed",
            message=f"This path takes {allowed}, not {request.method[:16]}",
            headers={"Allow": allowed},
            status=mock.profile.value("wrong-method"),
        )

    return refuse
