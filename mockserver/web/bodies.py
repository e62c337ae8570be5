"""Request bodies: read within bounds, parsed strictly, checked against the schema and the profile."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.web.leniency import is_forgiven, normalized, stricter_violations
from pixelpact.schema import (
    Profile,
    Violation,
    component_validator,
    error_key,
    find_violations,
    follows_component,
)

#: Levels of nesting in a body: more than any request of the API has, fewer than JSON writers can write.
_MAX_DEPTH = 64
#: Wrong fields that the message of a refusal names; `errors` names all of them.
_NAMED_IN_MESSAGE = 3


async def bounded(request: Request, *, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The chunks of a request's body.

    Raises:
        ApiError: TooLarge, for more than `max_bytes`, once the rest has been read and dropped: a client that
            is still sending never reads the response.
    """
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= max_bytes:
            yield chunk
    if size > max_bytes:
        raise too_large(max_bytes)


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """The bytes of a request's body.

    Raises:
        ApiError: TooLarge, for more than `max_bytes`, once all has been read.
        ClientDisconnect: the client has gone.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size <= max_bytes:
            chunks.append(chunk)
    if size > max_bytes:
        raise too_large(max_bytes)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def too_large(max_bytes: int) -> ApiError:
    """The refusal of a body of more than `max_bytes`."""
    return ApiError("TooLarge", message=f"The body is too large: at most {max_bytes} bytes are taken")


def parse_json(body: bytes, *, profile: Profile, max_depth: int = _MAX_DEPTH) -> Any:
    """The value of a JSON text (RFC 8259, UTF-8).

    Raises:
        ApiError: EmptyBody for an empty one; Invalid for one that is not JSON, is nested too deeply or, if
            the profile refuses it, has a key twice in an object.
    """
    if not body.strip():
        raise ApiError("EmptyBody")
    try:
        value = orjson.loads(body)
        brackets = body.count(b"[") + body.count(b"{")
        if brackets > max_depth and _is_deeper(value, max_depth):
            raise ValueError(f"nested more than {max_depth} levels deep")
        if profile["duplicate-keys"] == "refuse":
            json.loads(body, object_pairs_hook=_without_duplicates)
        if profile["number-texts"] == "decimal":
            json.loads(body, parse_float=_exact)
    except ValueError as error:
        message = f"The body is not valid JSON: {error}"
        raise ApiError("Invalid", message=message, status=profile.value("invalid-request")) from None
    return value


def checked(value: Any, component: str, *, profile: Profile) -> Any:
    """`value`, if it follows the request schema `component` of `openapi.json`.

    Raises:
        ApiError: Invalid, with every wrong option or field in `errors`.
    """
    value = normalized(value, profile=profile)
    violations: list[Violation] = []
    if not follows_component(component, value):
        found = find_violations(component_validator(component), value)
        violations = [violation for violation in found if not is_forgiven(violation, value, profile=profile)]
    if not violations:
        violations = stricter_violations(value, component, profile=profile)
    if violations:
        raise invalid(violations, profile=profile)
    return value


def invalid(violations: Iterable[Violation], *, profile: Profile) -> ApiError:
    """The refusal of a request: `errors` maps each wrong option or field to what is wrong with it."""
    messages: dict[str, dict[str, None]] = {}
    for violation in violations:  # several conversions may have the same fault in the same option
        messages.setdefault(error_key(violation.path), {})[violation.message] = None
    errors = {name: list(found) for name, found in messages.items()}
    named = [f"{name or repr(name)} {texts[0]}" for name, texts in errors.items()]
    more = len(named) - _NAMED_IN_MESSAGE
    return ApiError(
        "Invalid",
        message="; ".join(named[:_NAMED_IN_MESSAGE]) + (f"; and {more} more" if more > 0 else ""),
        errors=errors,
        status=profile.value("invalid-request"),
    )


def _is_deeper(value: Any, depth: int) -> bool:
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list):
        return False
    return depth == 0 or any(_is_deeper(item, depth - 1) for item in value)


def _exact(text: str) -> float:
    """The number, unless reading it as a double turns a fraction into a whole number.

    Raises:
        ValueError: it does.
    """
    number = float(text)
    if number.is_integer() and Decimal(text) != number:
        raise ValueError(f"the number {text[:64]} changes when it is read as a double")
    return number


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:64]!r} stands twice in one object")
        found[name] = value
    return found
