"""The documents of the API: OpenAPI 3.1, and Swagger 2.0 for older clients. No key is needed."""

from __future__ import annotations

from functools import cache

import orjson
from starlette.responses import Response

from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.responses import WrittenJson
from pixelpact.schema import bundled_openapi, swagger_document


async def get_openapi(_: Call) -> Response:
    """The OpenAPI document."""
    return WrittenJson(openapi_text())


async def get_schema(_: Call) -> Response:
    """The Swagger 2.0 document."""
    return WrittenJson(_swagger_text())


@cache
def openapi_text() -> bytes:
    """The JSON text of the OpenAPI document, which refers to no other."""
    return orjson.dumps(bundled_openapi())


@cache
def _swagger_text() -> bytes:
    return orjson.dumps(swagger_document())
