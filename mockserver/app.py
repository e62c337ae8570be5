"""The ASGI application: routes made of the operations in `openapi.json`, in front of them CORS."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pixelpact.mockserver.documentation import documentation_routes
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.operations import HANDLERS, Handler
from pixelpact.mockserver.responses import error_response
from pixelpact.schema import operations

_LOG = logging.getLogger("pixelpact.mockserver")
_REQUEST_ID = "X-Request-Id"
#: Browsers may read these; whether the real API lets them is unknown.
_EXPOSED = (_REQUEST_ID, "X-Count", "Retry-After", "Content-Disposition")


def create_app(mock: Mock) -> ASGIApp:
    """The application that answers for `mock`."""
    by_path: dict[str, dict[str, Handler]] = {}
    for operation in operations().values():
        by_path.setdefault(operation.template, {})[operation.method] = HANDLERS[operation.id]
    routes = [Route(path, _Endpoint(mock, handlers)) for path, handlers in by_path.items()]
    app = Starlette(routes=[*routes, *documentation_routes()], exception_handlers={HTTPException: _not_found})
    app.router.redirect_slashes = False
    methods = sorted({operation.method for operation in operations().values()})
    return CORSMiddleware(
        _Identified(mock, app),
        allow_origins=["*"],
        allow_methods=methods,
        allow_headers=["*"],
        expose_headers=_EXPOSED,
        max_age=600,
    )


class _Endpoint:
    """All methods of one path."""

    def __init__(self, mock: Mock, handlers: Mapping[str, Handler]) -> None:
        self._mock = mock
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            if request.method not in self._handlers:
                allowed = ", ".join(sorted(self._handlers))
                message = f"This path takes {allowed}, not {request.method[:16]}"
                raise ApiError("MethodNotAllowed", message=message, headers={"Allow": allowed})
            return await self._handlers[request.method](self._mock, request)
        except ApiError as error:
            await _drain(request)
            return error_response(error)
        except ClientDisconnect:
            raise
        except Exception:
            _LOG.exception("The mock server has a defect: %s %s", request.method, request.url.path)
            return error_response(ApiError("ServerError"))


class _Identified:
    """Gives every answer an id."""

    def __init__(self, mock: Mock, app: ASGIApp) -> None:
        self._mock = mock
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._mock.next_request_id().encode()
        await self._app(scope, receive, partial(_send_identified, send, request_id))


async def _send_identified(send: Send, request_id: bytes, message: Message) -> None:
    if message["type"] == "http.response.start":
        header = (_REQUEST_ID.lower().encode(), request_id)
        message = {**message, "headers": [*message.get("headers", ()), header]}
    await send(message)


async def _drain(request: Request) -> None:
    """Read what the client still sends: one that is cut off while sending would not see the answer."""
    try:
        async for _ in request.stream():
            pass
    except RuntimeError:
        return  # it was read before, by the operation


async def _not_found(request: Request, _: Exception) -> Response:
    await _drain(request)
    return error_response(ApiError("NotFound", message=f"There is no path {request.url.path[:128]!r}"))
