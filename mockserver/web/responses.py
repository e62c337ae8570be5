"""Responses: JSON, pages of a listing, refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pixelpact.mockserver.errors import ApiError
from pixelpact.schema import Profile, headers, page_size

_JSON = (b"content-type", b"application/json")
#: The number of a page: by the vendor's document it may have a fraction, and generated clients send 1.0.
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
#: The number of a page that is past the end of any listing.
_LAST_PAGE = Decimal(10**9)


class WrittenJson(Response):
    """A response whose body is JSON text already."""

    def __init__(self, text: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        # Skips `Response.__init__`, which would recompute these for every response.
        self.status_code, self.body, self.background = status, text, None
        self.raw_headers = [(b"content-length", b"%d" % len(text)), _JSON]
        if headers:
            for name, value in headers.items():
                self.raw_headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's
        """Send the response."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


def json_response(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    return WrittenJson(orjson.dumps(value), status=status, headers=headers)


def response_to(method: str, response: Response) -> Response:
    """The response to a request with that method: to HEAD, status and headers without the body.

    >>> response_to("HEAD", json_response([7])).raw_headers, response_to("HEAD", json_response([7])).body
    ([(b'content-length', b'3'), (b'content-type', b'application/json')], b'')
    """
    return _WithoutBody(response) if method == "HEAD" else response


class _WithoutBody(Response):
    """The head of a response, whose headers describe the body that GET would get."""

    def __init__(self, response: Response) -> None:
        self.status_code, self.raw_headers = response.status_code, response.raw_headers
        self.body, self.background = b"", None


def error_response(error: ApiError, *, profile: Profile) -> Response:
    """The response of a refusal, its `errors` and `code` as the profile says."""
    document = error.document()
    if profile["error-texts"] == "texts":
        document["errors"] = {name: texts[0] for name, texts in error.errors.items()}
    if profile["error-codes"] == "zero" and error.code == error.status:
        document["code"] = 0
    if profile["error-fields"] == "message":
        document = {"message": document["message"]}
    return json_response(document, status=error.status, headers=error.headers)


def listing(rows: Sequence[Any], request: Request, *, profile: Profile) -> Response:
    """All rows of a listing without a parameter `page`; one page of them, if the profile pages these too."""
    if profile["paged-listings"] == "two":
        return json_response(rows)
    shown = page_of(rows, page=requested_page(request, profile=profile))
    return json_response(shown, headers={headers().count: str(len(rows))})


def requested_page(request: Request, *, profile: Profile) -> int:
    """The number of the page that a request asks for, from 1.

    Raises:
        ApiError: Invalid, if `page` is not such a number (the profile may drop a fraction).
    """
    text = request.query_params.get("page", "1")
    number = Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)
    is_whole = number == number.to_integral_value()
    if number < 1 or not (is_whole or profile["fractional-page"] == "floor"):
        message = "must be a whole number from 1"
        raise ApiError("Invalid", message=f"page {message}", errors={"page": [message]})
    return int(min(number, _LAST_PAGE))


def page_of(rows: Sequence[Any], *, page: int) -> Sequence[Any]:
    """The rows of one page; past the end, none."""
    return rows[(page - 1) * page_size() : page * page_size()]
