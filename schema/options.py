"""Options as a catalogue entry publishes them, converted to a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.schema.documents import TEXT_TO_IMAGE, JSONObject, load_document
from pixelpact.schema.errors import MalformedEntry

#: Other names for keywords that clients accept (vendor CLI), and their JSON Schema names.
_SYNONYMS = {"min": "minimum", "max": "maximum", "allowed": "enum", "values": "enum"}
_NUMBERS = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
}
_NUMERIC = ("number", "integer")


def options_schema(entry: JSONObject | None = None) -> JSONObject:
    """The JSON Schema (2020-12) of the ten text-to-image options, or of the options of a catalogue's `entry`.

    An entry is an element of the array that `GET /conversions` returns. Its quirks are undone: a bound or a
    default of `true` or `false` on a number becomes 1 or 0 (the vendor's tables print them like this),
    `required` inside an option becomes a list, `example` one of `examples`, and an empty map may be `[]`.

    Raises:
        MalformedEntry: the entry has no `options` that map names to schemas.

    >>> sorted(options_schema()["properties"])[:3]
    ['allow_multiple_outputs', 'aspect_ratio', 'cfg_scale']
    >>> entry = {"target": "t", "options": {"dpi": {"type": "integer", "minimum": True, "required": True}}}
    >>> schema = options_schema(entry)
    >>> schema["properties"], schema["required"]
    ({'dpi': {'type': 'integer', 'minimum': 1}}, ['dpi'])
    """
    if entry is None:
        return load_document(TEXT_TO_IMAGE)
    options = entry.get("options")
    if options == []:
        options = {}
    if not isinstance(options, Mapping) or not all(isinstance(spec, Mapping) for spec in options.values()):
        raise MalformedEntry(entry.get("target"), options)
    title = f"Options of {entry.get('target')}"
    return {"title": title, "type": "object", "additionalProperties": False, **_properties(options)}


def _properties(options: Mapping[str, Any]) -> dict[str, Any]:
    required = [name for name, spec in options.items() if spec.get("required") is True]
    properties = {name: _option(spec) for name, spec in options.items()}
    return {"properties": properties, **({"required": required} if required else {})}


def _option(published: Mapping[str, Any]) -> dict[str, Any]:
    types = published.get("type")
    numeric = types in _NUMERIC or (isinstance(types, list) and not {*types}.isdisjoint(_NUMERIC))
    spec: dict[str, Any] = {}
    for name, value in published.items():
        spec |= _rule(_SYNONYMS.get(name, name), value, numeric=numeric)
    return spec


def _rule(keyword: str, value: Any, *, numeric: bool) -> dict[str, Any]:
    """A published keyword as a part of a JSON Schema; empty if it has no meaning for the value."""
    if keyword == "required" and isinstance(value, bool):  # moves to the list of the enclosing object
        return {}
    if value is None and keyword in (*_NUMBERS, "default"):
        return {}
    match keyword:
        case "example":
            return {"examples": [value]}
        case "properties":
            return _properties(value)
        case "items":
            return {keyword: _option(value)}
        case "enum":
            return {keyword: [_number(member) for member in value] if numeric else list(value)}
    is_number = keyword in _NUMBERS or (numeric and keyword in ("default", "const"))
    return {keyword: _number(value) if is_number else value}


def _number(value: Any) -> Any:
    """A number that may be published as a boolean or a string."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                return value
    return value
