"""Ways to make the mock server wrong in one thing, to see that the contract tests catch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from starlette.responses import Response

from pixelpact.mockserver.handlers import HANDLERS

Patch: TypeAlias = pytest.MonkeyPatch


def setting(owner: object, name: str, change: Callable[[Any], Any]) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        patch.setattr(owner, name, change(getattr(owner, name)))

    return apply


def answering(operation: str, change: Callable[[Response], Response]) -> Callable[[Patch], None]:
    """A server whose answers to one operation are changed."""

    def apply(patch: Patch) -> None:
        handler = HANDLERS[operation]

        async def changed(call: Any) -> Response:
            return change(await handler(call))

        patch.setattr("pixelpact.mockserver.server.api.HANDLERS", {**HANDLERS, operation: changed})

    return apply


def with_status(code: int) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        response.status_code = code
        return response

    return change
