"""The ASGI application: the API's operations, the pages that document it, and the control API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from pixelpact.mockserver.control.app import CONTROL_BASE, ControlApi
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.server.api import Api
from pixelpact.mockserver.server.documentation import DOCUMENTATION_PATHS, documentation_routes
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import snapshot, write_state
from pixelpact.mockserver.web.requests import sent_headers
from pixelpact.mockserver.web.routing import has_encoded_slash
from pixelpact.schema import headers, operations

_LOG = logging.getLogger("pixelpact.mockserver")


def create_app(mock: Mock) -> ASGIApp:
    """The ASGI application of a mock server."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await mock.resume_callbacks()
        yield
        await mock.callbacks.close()
        if mock.settings.state_file is not None:
            try:
                write_state(await snapshot(mock), mock.settings.state_file)
            except OSError as error:
                _LOG.error("Could not save the state to %s: %s", mock.settings.state_file, error.strerror)

    pages, api = Starlette(routes=documentation_routes(), lifespan=lifespan), _api(mock)

    def public(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_page = scope["type"] != "http" or _is_below(DOCUMENTATION_PATHS, scope)
        return (pages if is_page else api)(scope, receive, send)

    with_cors = _with_cors(public)
    control = ControlApi(mock) if mock.settings.control else None

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        if control is not None and is_http and _is_below(CONTROL_BASE, scope):
            await control(scope, receive, send)
        elif is_http and sent_headers(scope).is_from_a_page and await admits_pages():
            await with_cors(scope, receive, send)
        else:
            await public(scope, receive, send)

    async def admits_pages() -> bool:
        return (await mock.accounts.load(SERVER)).profile["browsers"] != "deny"

    return app


def _api(mock: Mock) -> ASGIApp:
    """The API, wrong in what the settings ask for."""
    if not mock.settings.mutants:
        return Api(mock)
    from pixelpact.mockserver.mutants import mutated  # most servers have none

    return mutated(Api(mock), mock.settings.mutants, mock.callbacks)


def _is_below(paths: str | tuple[str, ...], scope: Scope) -> bool:
    """Whether a request is about the pages or the control API, whose paths have no parameters."""
    return scope["path"].startswith(paths) and not has_encoded_slash(scope)


def _with_cors(app: ASGIApp) -> ASGIApp:
    """The application, open to pages of any site."""
    return CORSMiddleware(
        app,
        allow_origins=["*"],
        allow_methods=sorted({operation.method for operation in operations().values()}),
        allow_headers=["*"],
        expose_headers=headers().answered,  # whether the real API lets pages read them is unknown
        max_age=600,
    )
