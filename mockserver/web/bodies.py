"""Request bodies: read within bounds, parsed strictly, judged by the schema and the profile."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from pixelpact.mockserver.errors import ApiError
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    Profile,
    Violation,
    as_object,
    component_validator,
    ecma_regex,
    find_violations,
    follows_component,
    load_document,
    options_schema,
)

#: Deeper than any request of the API, and less deep than what a JSON writer can write back.
_MAX_DEPTH = 64
_NAMED_AT_MOST = 3


async def bounded(request: Request, *, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The chunks of a request's body.

    Raises:
        ApiError: TooLarge, for more than `max_bytes`; the rest is read and dropped before, since a client
            that is still sending would not see the answer.
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
        ApiError: TooLarge, for more than `max_bytes`; all is read before.
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
    """What a JSON text (RFC 8259, UTF-8) says.

    Raises:
        ApiError: EmptyBody for an empty one; Invalid for one that is no JSON, is nested too deeply
            or, where the profile refuses it, names a key twice.
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
    if profile["numeric-text"] == "convert":
        value = _with_numbers(value)
    if profile["base64-field"] == "content":
        value = _with_sources(value)
    faults = []
    if not follows_component(component, value):
        found = find_violations(component_validator(component), value)
        faults = [fault for fault in found if not _forgiven(fault, value, profile)]
    if not faults:
        faults = _stricter(value, component, profile)
    if faults:
        raise invalid(faults, profile=profile)
    return value


def invalid(faults: Iterable[Violation], *, profile: Profile) -> ApiError:
    """The refusal of a request: `errors` maps each wrong option or field to what is wrong with it."""
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(_field(fault), []).append(fault.message)
    named = [f"{name or repr(name)} {messages[0]}" for name, messages in errors.items()]
    more = f"; and {len(named) - _NAMED_AT_MOST} more" if len(named) > _NAMED_AT_MOST else ""
    return ApiError(
        "Invalid",
        message="; ".join(named[:_NAMED_AT_MOST]) + more,
        errors=errors,
        status=profile.value("invalid-request"),
    )


def _field(fault: Violation) -> str:
    """An option goes by its own name, anything else by its place in the request."""
    if "options" in fault.path[:-1]:
        return str(fault.path[fault.path.index("options") + 1])
    return fault.option or "body"


def _stricter(value: Any, component: str, profile: Profile) -> list[Violation]:
    """Where a profile refuses what the documents allow."""
    faults = []
    if profile["integral-number"] == "refuse":
        faults += _integral_floats(value)
    if profile["text-length"] == "bytes":
        faults += _long_texts(value)
    if profile["unknown-field"] == "refuse" and isinstance(value, Mapping):
        fields = _fields(component)
        faults += [
            Violation((name,), "additionalProperties", "is not known") for name in value if name not in fields
        ]
    return faults


def _forgiven(fault: Violation, value: Any, profile: Profile) -> bool:
    if fault.path[-1:] == ("source",) and fault.keyword == "pattern":
        return profile["remote-source"] == "accept"
    if "options" not in fault.path[:-1]:
        return False
    if fault.keyword == "additionalProperties":
        return profile["unknown-option"] == "keep"
    if fault.keyword == "pattern" and profile["trailing-newline"] == "accept":
        text = _at(value, fault.path)
        pattern = options_schema()["properties"][fault.path[-1]]["pattern"]
        return isinstance(text, str) and text.endswith("\n") and bool(ecma_regex(pattern).search(text[:-1]))
    return False


def _integral_floats(value: Any) -> list[Violation]:
    """Where options of text-to-image in a valid request write an integer as `20.0`."""
    return [
        Violation(path, "type", f"must be an integer, got {option}")
        for path, spec, option in _picture_options(value)
        if spec["type"] == "integer" and isinstance(option, float)
    ]


def _long_texts(value: Any) -> list[Violation]:
    """Where options of text-to-image in a valid request match their pattern, but not by bytes."""
    return [
        Violation(path, "pattern", f"must match {spec['pattern']} by its bytes")
        for path, spec, option in _picture_options(value)
        if "pattern" in spec and not ecma_regex(spec["pattern"]).search(option.encode().decode("latin-1"))
    ]


def _picture_options(value: Any) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any], Any]]:
    """Path, schema and value of each known option of text-to-image in a valid request."""
    request = as_object(value)
    for number, conversion in enumerate(request.get("conversion", [request])):
        if conversion.get("target") == TEXT_TO_IMAGE:
            for name, option in as_object(conversion.get("options")).items():
                if name in options_schema()["properties"]:
                    path = ("conversion", number, "options", name)
                    yield path, options_schema()["properties"][name], option


def _fields(component: str) -> set[str]:
    """The fields that an object of a request schema may have."""
    schema = load_document("openapi")["components"]["schemas"][component]
    names = set(schema.get("properties", ()))
    for branch in schema.get("anyOf", ()):
        names |= (
            _fields(branch["$ref"].rsplit("/", 1)[-1])
            if "$ref" in branch
            else set(branch.get("properties", ()))
        )
    return names


def _with_numbers(value: Any) -> Any:
    """The request with numbers in place of texts that are JSON numbers, in options of text-to-image."""
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: {key: _number(key, item) for key, item in held.items()}
        if name == "options" and isinstance(held, dict)
        else _with_numbers(held)
        for name, held in value.items()
    }


def _with_sources(value: Any) -> Any:
    """The request with `source` in place of `content`, in inputs of the type base64."""
    if isinstance(value, list):
        return [_with_sources(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "base64" and "content" in value:
        value = {"source" if name == "content" else name: held for name, held in value.items()}
    return {name: _with_sources(held) if name == "input" else held for name, held in value.items()}


def _number(option: str, value: Any) -> Any:
    kind = options_schema()["properties"].get(option, {}).get("type")
    if kind not in ("integer", "number") or not isinstance(value, str):
        return value
    try:
        number = orjson.loads(value)
    except ValueError:
        return value
    return value if isinstance(number, bool) or not isinstance(number, int | float) else number


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _is_deeper(value: Any, depth: int) -> bool:
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list):
        return False
    return depth == 0 or any(_is_deeper(item, depth - 1) for item in value)


def _exact(text: str) -> float:
    """The number, if reading it as a double does not make a whole number of a fraction."""
    number = float(text)
    if number.is_integer() and Decimal(text) != number:
        raise ValueError(f"the number {text[:64]} is not what it is read as")
    return number


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:64]!r} stands twice in one object")
        found[name] = value
    return found
