"""Read a schema: a `Spec` for it and for each schema inside, or a clear refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pixelpact.schema import JSONObject, find_violations, place_of, type_name, validator
from pixelpact.strategies.cases import Fault, Path, distinct, json_key
from pixelpact.strategies.errors import NothingValid, SchemaNotSupported
from pixelpact.strategies.keywords import MEMBERS, read_keywords, unread

#: The types of JSON Schema, `integer` being a part of `number`.
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a schema says of a value.

    `types` are those that it may have (`integer` only without `number`); `members` the values of `enum` or
    `const` that follow everything else as well, `None` where neither is there. `properties`, `required` and
    `closed` (no others allowed) are of objects, `items` of arrays.
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
        """Where in the schema this is, for messages."""
        return f"the option {place_of(self.path)!r}" if self.path else "the schema"

    def refusal(self, keyword: str) -> SchemaNotSupported:
        """The error that `keyword` is not handled."""
        return SchemaNotSupported(self.place, keyword, self.keywords.get(keyword))

    def nothing_valid(self, keyword: str) -> NothingValid:
        """The error that no value follows this schema."""
        return NothingValid(self.place, keyword, self.keywords.get(keyword))

    def member_keyword(self) -> str:
        """The keyword that `members` are of; where both are there, `const` is the narrower one."""
        return "const" if "const" in self.keywords else "enum"

    def follows_the_rest(self, value: Any) -> bool:
        """Whether a value follows everything but `enum` and `const`."""
        return not _broken_rest(self, value)


def read_spec(schema: JSONObject) -> Spec:
    """What a schema of payloads says.

    Raises:
        SchemaNotSupported: it uses a keyword that is not handled, or is no object.
        NothingValid: nothing follows it.
    """
    spec = _read(schema, ())
    if "object" not in spec.types:
        raise spec.refusal("type")
    return spec


def foreign_members(spec: Spec) -> Iterator[Fault]:
    """Listed values that are not valid, since they break another keyword, and that one alone."""
    if "const" in spec.keywords:  # what is listed besides it breaks that as well
        return
    for value in distinct(spec.keywords.get("enum", ())):
        broken = _broken_rest(spec, value)
        if len(broken) == 1 and value_has_type(value, spec.types):
            yield Fault(value, broken[0], "listed")


def value_has_type(value: Any, types: tuple[str, ...]) -> bool:
    """Whether a value has one of some types.

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
    asked = keywords.get("type", list(TYPES))
    names = [asked] if isinstance(asked, str) else asked
    place = f"the option {place_of(path)!r}" if path else "the schema"
    if not isinstance(names, list) or not names or not {*names} <= {*TYPES}:
        raise SchemaNotSupported(place, "type", asked)
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
    """The keywords besides `enum` and `const` that a value breaks."""
    if not value_has_type(value, spec.types):
        return ["type"]
    rest = {name: rule for name, rule in spec.keywords.items() if name not in {*MEMBERS, "type", "default"}}
    # The judge is heavy to import, and most lists have no other rule.
    return [each.keyword for each in find_violations(validator(rest), value)] if rest else []
