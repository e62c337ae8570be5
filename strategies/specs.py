"""Read a schema of options: one `OptionSpec` for each, or a clear refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pixelpact.schema import JSONObject, options_schema
from pixelpact.strategies.errors import SchemaNotSupported

#: Keywords that say something to people only.
_ANNOTATIONS = {
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "examples",
    "default",
    "format",
    "writeOnly",
}
_OF_ROOT = {"type", "properties", "additionalProperties", "required"}
_OF_TYPE = {
    "boolean": {"enum", "const"},
    "null": {"enum", "const"},
    "integer": {"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "number": {"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "string": {"enum", "const", "pattern", "minLength", "maxLength"},
}


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option: its name, its JSON type, what its schema says, and whether it must be there."""

    name: str
    type: str
    keywords: Mapping[str, Any]
    required: bool

    @property
    def members(self) -> tuple[Any, ...] | None:
        """The values of `enum` or `const`, where there is one."""
        if "const" in self.keywords:
            return (self.keywords["const"],)
        return tuple(self.keywords["enum"]) if "enum" in self.keywords else None


def option_specs(schema: JSONObject | None) -> tuple[OptionSpec, ...]:
    """The options of `schema` (by default those of text-to-image), in its order.

    Raises:
        SchemaNotSupported: the schema is no closed object of plain values, or uses another keyword.
    """
    schema = options_schema() if schema is None else schema
    for keyword in schema.keys() - _ANNOTATIONS - _OF_ROOT:
        raise SchemaNotSupported("the schema", keyword, schema[keyword])
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        raise SchemaNotSupported(
            "the schema", "additionalProperties", schema.get("additionalProperties", True)
        )
    required = schema.get("required", ())
    return tuple(_spec(name, spec, name in required) for name, spec in schema["properties"].items())


def _spec(name: str, spec: JSONObject, required: bool) -> OptionSpec:
    kind = spec.get("type")
    if not isinstance(kind, str) or kind not in _OF_TYPE:
        raise SchemaNotSupported(f"the option {name!r}", "type", kind)
    keywords = {keyword: value for keyword, value in spec.items() if keyword not in _ANNOTATIONS | {"type"}}
    for keyword in keywords.keys() - _OF_TYPE[kind]:
        raise SchemaNotSupported(f"the option {name!r}", keyword, keywords[keyword])
    return OptionSpec(name, kind, keywords, required)
