"""Options described as rows of a table, for the terminal and the docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pixelpact.schema.documents import JSONObject
from pixelpact.schema.options import options_schema


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option in words: `rule` describes its range, choices or pattern."""

    name: str
    type: str
    rule: str
    default: str
    description: str


def describe(schema: JSONObject | None = None) -> list[OptionRow]:
    """One row for each option of `schema` (default: the text-to-image options), in the order of the schema.

    >>> row = next(row for row in describe() if row.name == "seed")
    >>> row.type, row.rule, row.default
    ('integer', '1 to 4294967295', '')
    """
    properties = (options_schema() if schema is None else schema)["properties"]
    return [
        OptionRow(
            name=name,
            type=_type(spec),
            rule=_rule(spec),
            default="" if "default" not in spec else str(spec["default"]).lower(),
            description=spec.get("description", ""),
        )
        for name, spec in properties.items()
    ]


def _type(spec: JSONObject) -> str:
    types: Any = spec.get("type", "any")
    return types if isinstance(types, str) else " or ".join(types)


def _rule(spec: JSONObject) -> str:
    parts = []
    if "enum" in spec:
        parts.append("one of " + " ".join(map(str, spec["enum"])))
    if "minimum" in spec and "maximum" in spec:
        parts.append(f"{spec['minimum']} to {spec['maximum']}")
    else:
        parts += [
            f"at {side} {spec[key]}"
            for key, side in (("minimum", "least"), ("maximum", "most"))
            if key in spec
        ]
    parts += [
        f"{words} {spec[key]}"
        for key, words in (
            ("exclusiveMinimum", "more than"),
            ("exclusiveMaximum", "less than"),
            ("multipleOf", "a multiple of"),
            ("pattern", "matches"),
            ("minLength", "length at least"),
            ("maxLength", "length at most"),
        )
        if key in spec
    ]
    return ", ".join(parts)
