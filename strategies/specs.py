"""Specs: parsed schemas, or an error that names what is not supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pixelpact.schema import JSONObject, find_violations, place_of, type_name, validator
from pixelpact.strategies.cases import Fault, Path, distinct, json_key
from pixelpact.strategies.errors import NothingValid, SchemaNotSupported
from pixelpact.strategies.keywords import MEMBERS, read_keywords, unread

#: The types of JSON Schema; `integer` is a subset of `number`.
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A parsed schema.

    `types` lists the types that a value may have (`integer` only without `number`). `members` holds the
    values of `enum` or `const` that satisfy all other keywords; `None` if the schema has neither.
    `properties`, `required` and `closed` (no other names allowed) describe objects, `items` arrays.
    """

    path: Path
    keywords: JSONObject
    types: tuple[str, ...]
    members: tuple[Any, ...] | None = None
    properties: Mapping[str, Spec] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    closed: bool = False
    items: Spec | None = None

    @property
    def place(self) -> str:
        """The place within the whole schema, for messages."""
        return f"the option {place_of(self.path)!r}" if self.path else "the schema"

    def refusal(self, keyword: str) -> SchemaNotSupported:
        """The error that `keyword` is not supported."""
        return SchemaNotSupported(self.place, keyword, self.keywords.get(keyword))

    def nothing_valid(self, keyword: str) -> NothingValid:
        """The error that no value satisfies this schema."""
        return NothingValid(self.place, keyword, self.keywords.get(keyword))

    def member_keyword(self) -> str:
        """The keyword that lists `members`: `const` if there is one, because it is narrower than `enum`."""
        return "const" if "const" in self.keywords else "enum"

    def follows_the_rest(self, value: Any) -> bool:
        """Whether a value satisfies all keywords other than `enum` and `const`."""
        return not _broken_rest(self, value)


def read_spec(schema: JSONObject) -> Spec:
    """The parsed schema of payloads.

    Raises:
        SchemaNotSupported: it uses a keyword that is not supported, or doesn't describe an object.
        NothingValid: no value satisfies it.
    """
    spec = _read(schema, ())
    if "object" not in spec.types:
        raise spec.refusal("type")
    return spec


def foreign_members(spec: Spec) -> Iterator[Fault]:
    """Values of `enum` that are invalid because they break exactly one other keyword."""
    if "const" in spec.keywords:  # other listed values break `const` too
        return
    for value in distinct(spec.keywords.get("enum", ())):
        broken = _broken_rest(spec, value)
        if len(broken) == 1 and value_has_type(value, spec.types):
            yield Fault(value, broken[0], "listed")


def value_has_type(value: Any, types: tuple[str, ...]) -> bool:
    """Whether the type of a value is among `types`.

    >>> value_has_type(1.0, ("integer",)), value_has_type(True, ("number",))
    (True, False)
    """
    name = type_name(value)
    return name in types or (name == "integer" and "number" in types)


def _read(schema: Any, path: Path) -> Spec:
    if schema is True:
        schema = {}
    if not isinstance(schema, Mapping):
        raise SchemaNotSupported(f"the option {place_of(path)!r}" if path else "the schema", "schema", schema)
    keywords = read_keywords(schema)
    bare = Spec(path=path, keywords=keywords, types=_types(keywords, path))
    refused = unread(keywords)
    if refused is not None:
        raise bare.refusal(refused)
    return Spec(
        path=path,
        keywords=keywords,
        types=bare.types,
        members=_members(bare),
        **(_of_objects(keywords, path) if "object" in bare.types else {}),
        items=_read(keywords.get("items", True), (*path, 0)) if _lists_items(bare) else None,
    )


def _lists_items(spec: Spec) -> bool:
    return "array" in spec.types and "items" in spec.keywords


def _of_objects(keywords: JSONObject, path: Path) -> dict[str, Any]:
    schemas = {**keywords.get("properties", {})}
    required = tuple(keywords.get("required", ()))
    closed = keywords.get("additionalProperties") is False
    for name in required:
        if name not in schemas and closed:
            raise NothingValid(f"the option {place_of((*path, name))!r}", "required", list(required))
        schemas.setdefault(name, {})
    properties = {name: _read(schema, (*path, name)) for name, schema in schemas.items()}
    return {"properties": properties, "required": required, "closed": closed}


def _types(keywords: JSONObject, path: Path) -> tuple[str, ...]:
    stated = keywords.get("type", list(TYPES))
    names = [stated] if isinstance(stated, str) else stated
    place = f"the option {place_of(path)!r}" if path else "the schema"
    if not isinstance(names, list) or not names or not {*names} <= {*TYPES}:
        raise SchemaNotSupported(place, "type", stated)
    return tuple(name for name in TYPES if name in names and not (name == "integer" and "number" in names))


def _members(spec: Spec) -> tuple[Any, ...] | None:
    if not MEMBERS & spec.keywords.keys():
        return None
    listed = spec.keywords.get("enum", [spec.keywords.get("const")])
    if "const" in spec.keywords:
        const = json_key(spec.keywords["const"])
        listed = [value for value in listed if json_key(value) == const]
    members = tuple(value for value in distinct(listed) if spec.follows_the_rest(value))
    if not members:
        raise spec.nothing_valid(spec.member_keyword())
    return members


def _broken_rest(spec: Spec, value: Any) -> list[str]:
    """The keywords other than `enum` and `const` that a value breaks."""
    if not value_has_type(value, spec.types):
        return ["type"]
    rest = {name: rule for name, rule in spec.keywords.items() if name not in {*MEMBERS, "type", "default"}}
    # The validator is slow to import, and most lists have no other rule.
    return [violation.keyword for violation in find_violations(validator(rest), value)] if rest else []
