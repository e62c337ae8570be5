"""The ASGI application: the API's operations, the pages about it and the control API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from pixelpact.mockserver.control.app import CONTROL_BASE, Control
from pixelpact.mockserver.server.api import Api
from pixelpact.mockserver.server.documentation import DOCUMENTATION_PATHS, documentation_routes
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import write_state
from pixelpact.mockserver.web.requests import sent_headers
from pixelpact.schema import headers, operations

_LOG = logging.getLogger("pixelpact.mockserver")


def create_app(mock: Mock) -> ASGIApp:
    """The application that answers for `mock`."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await mock.resume_callbacks()
        yield
        await mock.courier.close()
        if mock.settings.state_file is not None:
            try:
                write_state(await mock.snapshot(), mock.settings.state_file)
            except OSError as error:
                _LOG.error("The state was lost: can't write %s: %s", mock.settings.state_file, error.strerror)

    pages, api = Starlette(routes=documentation_routes(), lifespan=lifespan), Api(mock)

    def public(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        documents = scope["type"] != "http" or scope["path"].startswith(DOCUMENTATION_PATHS)
        return (pages if documents else api)(scope, receive, send)

    welcoming = _welcoming(public, mock)
    control = Control(mock) if mock.settings.control else welcoming

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CONTROL_BASE):
            await control(scope, receive, send)
        else:
            is_from_a_page = scope["type"] == "http" and sent_headers(scope).is_from_a_page
            await (welcoming if is_from_a_page else public)(scope, receive, send)

    return app


def _welcoming(app: ASGIApp, mock: Mock) -> ASGIApp:
    """The application, open to pages from anywhere if the profile says so."""
    if mock.profile["browsers"] == "deny":
        return app
    return CORSMiddleware(
        app,
        allow_origins=["*"],
        allow_methods=sorted({operation.method for operation in operations().values()}),
        allow_headers=["*"],
        expose_headers=headers().answered,  # whether the real API lets pages read them is unknown
        max_age=600,
    )
