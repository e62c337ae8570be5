"""The API: routes a request, finds its account, journals it, and applies scenarios to its response."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from msgspec.structs import replace
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.errors import ApiError, JobNotFound
from pixelpact.mockserver.handlers import HANDLERS, Handler
from pixelpact.mockserver.journal.journal import MAX_READ_BYTES, Entry, Journal
from pixelpact.mockserver.scenarios.effects import injected_faults, limits, refusal
from pixelpact.mockserver.scenarios.injection import inject
from pixelpact.mockserver.scenarios.rules import AppliedRule
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.authentication import account_of_job, is_refused
from pixelpact.mockserver.web.request_ids import RequestIds
from pixelpact.mockserver.web.requests import Request, SentHeaders, sent_headers
from pixelpact.mockserver.web.responses import error_response, response_to
from pixelpact.mockserver.web.routing import Routes, encoded_segments
from pixelpact.schema import Operation, Profile, headers, operations_by_path

_LOG = logging.getLogger("pixelpact.mockserver")
_REQUEST_ID = headers().request_id.lower().encode()


class Api:
    """All operations of `openapi.json`, as an ASGI application; any other path is 404."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._routes = Routes(operations_by_path())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        mock = self._mock
        found = self._routes.find(scope["path"], encoded_segments(scope))
        methods, scope["path_params"] = found or ({}, {})
        called = methods.get(scope["method"])
        operation, handler = (called.id, HANDLERS[called.id]) if called else ("", _refusing(methods))
        sent = sent_headers(scope)
        try:
            account = await self._account(scope, sent)
        except Exception:
            response = response_to(scope["method"], _internal_error(scope, Profile()))
            await response(scope, receive, send)
            return
        entry = mock.journal.record_request(
            account=account.id,
            at=account.now(),
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            operation=operation,
            headers=sent.redacted,
        )
        ids = mock.request_ids if account.profile["request-ids"] == "sent" else None
        connection = _JournaledConnection(mock.journal, entry, receive, send, request_ids=ids)
        call = mock.call(Request(scope, connection.receive), account)
        rules = account.rules and await mock.scenarios.match(
            account, operation, method=entry.method, path=entry.path
        )
        if rules:
            await self._answer_with_faults(rules, call, handler, connection)
        else:
            answer = await _answer(call, handler, connection)
            if answer is not None:
                await answer(scope, connection.receive, connection.send)

    async def _account(self, scope: Scope, sent: SentHeaders) -> Account:
        """The account that a request is about, with the scenarios that its key or a changed file chooses."""
        mock = self._mock
        if mock.scenarios.follows_file:
            await mock.scenarios.follow_file()
        account_id = mock.accounts.id_of(sent) or await account_of_job(
            sent, scope["path_params"].get("job_id"), store=mock.store
        )
        if sent.scenario is not None and not is_refused(sent.api_key, settings=mock.settings):
            await mock.scenarios.choose_by_key(sent.scenario, account_id)
        return await mock.accounts.load(account_id)

    async def _answer_with_faults(
        self,
        rules: tuple[AppliedRule, ...],
        call: Call,
        handler: Handler,
        connection: _JournaledConnection,
    ) -> None:
        """Answer a request that scenarios apply to."""
        connection.entry.scenarios = tuple(rule.name for rule in rules)
        call = replace(call, account=call.account.limited(limits(rules)), faults=injected_faults(rules))
        refused = refusal(rules)
        if refused is not None:
            handler = _raising(refused)

        async def answer(send: Send) -> None:
            response = await _answer(call, handler, connection)
            if response is not None:
                await response(call.request.scope, connection.receive, send)

        applied = await inject(
            rules, answer, scope=call.request.scope, receive=connection.receive, send=connection.send
        )
        connection.entry.scenarios = tuple(rule.name for rule in applied)
        await self._mock.scenarios.release([rule for rule in rules if rule not in applied])


class _JournaledConnection:
    """The client's end of a request: the journal records what passes, and responses get an id."""

    __slots__ = (
        "_body",
        "_is_read",
        "_journal",
        "_receive",
        "_received_bytes",
        "_request_ids",
        "_send",
        "entry",
    )

    def __init__(
        self, journal: Journal, entry: Entry, receive: Receive, send: Send, *, request_ids: RequestIds | None
    ) -> None:
        self.entry = entry
        self._journal = journal
        self._request_ids = request_ids
        self._receive = receive
        self._send = send
        self._body = b""
        self._received_bytes = 0
        self._is_read = False

    async def receive(self) -> Message:
        """The next message of the client."""
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        if message["type"] == "http.request":
            chunk = message.get("body", b"")
            self._received_bytes += len(chunk)
            if self._received_bytes <= MAX_READ_BYTES:
                self._body += chunk
            if self._is_read and self._received_bytes:
                self._journal.record_body(self.entry, self._body, size_bytes=self._received_bytes)
                self._body = b""
        return message

    async def drain(self) -> None:
        """Read the request to its end: a client interrupted while sending never reads the response."""
        while not self._is_read:
            await self.receive()

    async def send(self, message: Message) -> None:
        """Send a message to the client."""
        if message["type"] == "http.response.start":
            if self._request_ids is not None:
                header = (_REQUEST_ID, self._request_ids.next())
                message["headers"] = [*message.get("headers", ()), header]
            self._journal.record_response(self.entry, message["status"])
        await self._send(message)


async def _answer(call: Call, handler: Handler, connection: _JournaledConnection) -> Response | None:
    """The response to a request, without a body if it is HEAD; `None` if the client has gone."""
    try:
        try:
            response = await handler(call)
        except JobNotFound as error:  # it was there a moment ago
            raise ApiError("NotFound", message=str(error)) from None
    except ApiError as error:
        await connection.drain()
        response = error_response(error, profile=call.profile)
    except ClientDisconnect:
        return None
    except Exception:
        response = _internal_error(call.request.scope, call.profile)
    return response_to(connection.entry.method, response)


def _internal_error(scope: Scope, profile: Profile) -> Response:
    """The response to a request that a bug of the mock server keeps from being answered; logs the bug."""
    _LOG.exception("Internal error in the mock server: %s %s", scope["method"], scope["path"])
    return error_response(ApiError("ServerError"), profile=profile)


def _raising(error: ApiError) -> Handler:
    async def refuse(_: Call) -> Response:
        raise error

    return refuse


def _refusing(methods: Mapping[str, Operation]) -> Handler:
    """The handler of a path that takes other methods than the request's, or is not a path of the API."""

    async def refuse(call: Call) -> Response:
        request = call.request
        if not methods:
            path = "/".join(encoded_segments(request.scope) or [request.url.path])
            raise ApiError("NotFound", message=f"There is no path {path[:128]!r}")
        allowed = ", ".join(sorted(methods))
        raise ApiError(
            "MethodNotAllowed",
            message=f"This path takes {allowed}, not {request.method[:16]}",
            headers={"Allow": allowed},
            status=call.profile.value("wrong-method"),
        )

    return refuse
