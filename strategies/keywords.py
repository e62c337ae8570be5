"""The supported keywords of JSON Schema 2020-12, and the values that they may have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from pixelpact.schema import JSONObject

#: Keywords that don't affect validation.
_ANNOTATIONS = {
    "$schema", "$id", "$comment", "title", "description", "examples", "format", "deprecated", "readOnly",
    "writeOnly",
}  # fmt: skip
#: Keywords that list the valid values.
MEMBERS = {"enum", "const"}
#: Maximum length of generated strings and arrays. A schema may allow longer ones, but not require them.
LONGEST_TEXT, MOST_ITEMS = 100_000, 1000


def _is_number(value: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, float) and math.isfinite(value))


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


_MAY_SAY: Mapping[str, Callable[[Any], bool]] = {
    "type": lambda _: True,  # checked by `specs`
    "enum": lambda value: isinstance(value, list | tuple),
    "const": lambda _: True,
    "default": lambda _: True,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "pattern": lambda value: isinstance(value, str),
    "minLength": lambda value: _is_count(value) and value <= LONGEST_TEXT,
    "minItems": lambda value: _is_count(value) and value <= MOST_ITEMS,
    **dict.fromkeys(("maxLength", "maxItems"), _is_count),
    "items": lambda value: isinstance(value, Mapping | bool),
    "uniqueItems": lambda value: isinstance(value, bool),
    "properties": lambda value: isinstance(value, Mapping),
    "required": _is_list_of_names,
    "additionalProperties": lambda value: isinstance(value, bool),
}
_COUNTS = {name for name in _MAY_SAY if name.endswith(("Length", "Items"))} - {"uniqueItems"}


def read_keywords(schema: JSONObject) -> dict[str, Any]:
    """The keywords that affect validation, without extensions (`x-...`); lengths as integers.

    >>> read_keywords({"type": "string", "maxLength": 5.0, "title": "Name", "x-order": 1})
    {'type': 'string', 'maxLength': 5}
    """
    said = {
        name: value
        for name, value in schema.items()
        if name not in _ANNOTATIONS and not name.startswith("x-")
    }
    return {
        name: int(value) if name in _COUNTS and _is_count(value) else value for name, value in said.items()
    }


def unread(keywords: JSONObject) -> str | None:
    """The first keyword that is not supported or has an invalid value; `None` if there is none.

    >>> unread({"type": "integer", "minimum": "low"}), unread({"not": {}}), unread({"minimum": 1})
    ('minimum', 'not', None)
    """
    return next(
        (name for name in keywords if name not in _MAY_SAY or not _MAY_SAY[name](keywords[name])), None
    )
