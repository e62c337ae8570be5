"""Where a profile is more lenient than the documents about a request body, and where it is stricter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pixelpact.schema import (
    TEXT_TO_IMAGE,
    JSONObject,
    Profile,
    Violation,
    as_object,
    ecma_regex,
    load_document,
    options_schema,
)


def normalized(value: Any, *, profile: Profile) -> Any:
    """The request in the documented form, where the profile accepts another: numbers as text, synonyms."""
    if profile["numeric-text"] == "convert":
        value = _with_numbers(value)
    if profile["base64-field"] == "content":
        value = _with_sources(value)
    return value


def is_forgiven(violation: Violation, value: Any, *, profile: Profile) -> bool:
    """Whether the profile accepts what the schema does not."""
    if violation.path[-1:] == ("source",) and violation.keyword == "pattern":
        return profile["remote-source"] == "accept"
    if "options" not in violation.path[:-1]:
        return False
    if violation.keyword == "additionalProperties":
        return profile["unknown-option"] == "keep"
    if violation.keyword == "pattern" and profile["trailing-newline"] == "accept":
        text = _at(value, violation.path)
        pattern = options_schema()["properties"][violation.path[-1]]["pattern"]
        return isinstance(text, str) and text.endswith("\n") and bool(ecma_regex(pattern).search(text[:-1]))
    return False


def stricter_violations(value: Any, component: str, *, profile: Profile) -> list[Violation]:
    """Where the profile refuses what the schema `component` of `openapi.json` accepts."""
    found: list[Violation] = []
    if profile["integral-number"] == "refuse":
        found += _integral_floats(value)
    if profile["text-length"] == "bytes":
        found += _long_texts(value, profile=profile)
    if profile["inputs-one-object"] == "refuse" and component == "InputOptionsUpdate":
        found += [] if isinstance(value, list) else [Violation((), "type", "must be an array, got an object")]
    if profile["update-parts"] == "refuse" and isinstance(value, Mapping):
        ignored = _schema(component).get("x-ignored", ())
        found += [
            Violation((name,), "readOnly", "can't be changed here") for name in ignored if name in value
        ]
    if profile["unknown-field"] == "refuse" and isinstance(value, Mapping):
        fields = _fields(component)
        found += [
            Violation((name,), "additionalProperties", "is not known") for name in value if name not in fields
        ]
    return found


def _integral_floats(value: Any) -> list[Violation]:
    """The options of text-to-image in a valid request that write an integer as `20.0`."""
    return [
        Violation(path, "type", f"must be an integer, got {option}")
        for path, spec, option in _picture_options(value)
        if spec["type"] == "integer" and isinstance(option, float)
    ]


def _long_texts(value: Any, *, profile: Profile) -> list[Violation]:
    """The options of text-to-image in a valid request that match their pattern, but not by bytes."""
    ending = "\n" if profile["trailing-newline"] == "accept" else ""
    return [
        Violation(path, "pattern", f"must match {spec['pattern']} by its bytes")
        for path, spec, option in _picture_options(value)
        if "pattern" in spec
        and isinstance(option, str)
        and not ecma_regex(spec["pattern"]).search(option.removesuffix(ending).encode().decode("latin-1"))
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
    """The fields that an object of a request schema may have, those that are ignored included."""
    schema = _schema(component)
    names = {*schema.get("properties", ()), *schema.get("x-ignored", ())}
    for branch in schema.get("anyOf", ()):
        names |= (
            _fields(branch["$ref"].rsplit("/", 1)[-1])
            if "$ref" in branch
            else set(branch.get("properties", ()))
        )
    return names


def _schema(component: str) -> JSONObject:
    schema: JSONObject = load_document("openapi")["components"]["schemas"][component]
    return schema


def _with_numbers(value: Any) -> Any:
    """The request with numbers in place of texts that are JSON numbers, in options of text-to-image."""
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: {key: _number(key, item) for key, item in field.items()}
        if name == "options" and isinstance(field, dict)
        else _with_numbers(field)
        for name, field in value.items()
    }


def _with_sources(value: Any) -> Any:
    """The request with `source` in place of `content`, in inputs of the type base64."""
    if isinstance(value, list):
        return [_with_sources(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "base64" and "content" in value:
        value = {"source" if name == "content" else name: field for name, field in value.items()}
    return {name: _with_sources(field) if name == "input" else field for name, field in value.items()}


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
