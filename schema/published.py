"""Options as the API's catalogue publishes them, made into a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.schema.documents import TEXT_TO_IMAGE, JSONObject, load_document

#: Names that clients look for, too (vendor CLI), and what JSON Schema calls them.
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

    An entry is an element of what `GET /conversions` answers. Its quirks are undone: a bound or a default of
    `true` or `false` on a number is 1 or 0 (the vendor's tables print them so), `required` stands inside an
    option, `example` is one of `examples`, an empty map may be `[]`.

    Raises:
        ValueError: the entry has no `options` that map a name to what is said of it.

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
        raise ValueError(
            f"The entry of {entry.get('target')!r} must have `options` that map a name to what is said of "
            f"it, as `GET /conversions` answers; got {repr(options)[:80]}"
        )
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
    """What a published keyword says in JSON Schema; empty where it says nothing about the value."""
    if keyword == "required" and isinstance(value, bool):  # said by the object that holds the option
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
    """A number that may have been printed as a boolean or a text."""
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
