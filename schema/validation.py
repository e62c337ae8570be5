"""Validate a payload against a JSON Schema, and report all violations at once.

jsonschema does the work. This module decides where Python and JSON Schema differ:

- `True` is not a number, and `1.0` is an integer (JSON Schema since draft 6);
- NaN and the infinities are not JSON, so they have the wrong `type`;
- integers may have any number of digits;
- patterns are ECMA-262 (see `regex`), and lengths count code points;
- a string with a lone surrogate is not Unicode text, so it has the wrong `type` (RFC 7493 section 2.1);
- names must match exactly, including case and punctuation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pixelpact.schema.documents import (
    TEXT_TO_IMAGE,
    JSONObject,
    bundled_openapi,
    load_document,
)
from pixelpact.schema.options import options_schema
from pixelpact.schema.regex import ecma_regex
from pixelpact.schema.violations import Violation, explained

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

#: Stands for any longer integer: no limit of a schema is larger, and Python refuses to print integers of
#: more than 4300 digits.
_BEYOND_DOUBLES = 10**309
#: Levels of nesting that are validated; none of our schemas describes more.
_DEPTH = 32
#: Base URI of the documents, against which references between them are resolved; nothing is fetched.
_URI = "https://pixelpact.invalid/schema/{}.json"


def violations(payload: object, *, schema: JSONObject | None = None) -> list[Violation]:
    """All rules of `schema` (default: the text-to-image options) that `payload` breaks; `[]` if it is valid.

    Unknown names come first, the others in the order of the schema, which is the same in every run.

    >>> [str(violation) for violation in violations({"seed": True, "styl": "anime"})]
    ["styl is not an option here; did you mean 'style'?", 'seed must be an integer, got the boolean true']
    >>> violations({"seed": 7.0})
    []
    """
    return find_violations(options_validator() if schema is None else validator(schema), payload)


def find_violations(validator: Validator, payload: object) -> list[Violation]:
    """All violations in `payload` that a validator finds, each once; `validator` creates validators."""
    errors = validator.iter_errors(_bounded(payload))
    found = [violation for error in errors for violation in explained(error, type_name)]
    # A value of the wrong type breaks most other rules too; only its type is reported.
    mistyped = {violation.path for violation in found if violation.keyword == "type"}
    # A schema may say the same in two places, and jsonschema reports each name that is missing on its own.
    kept = dict.fromkeys(one for one in found if one.keyword == "type" or one.path not in mistyped)
    return sorted(kept, key=lambda violation: violation.keyword != "additionalProperties")


def validator(schema: JSONObject, *, is_response: bool = False, **settings: Any) -> Validator:
    """A validator that follows the rules above; `settings` (such as `registry`) go to jsonschema.

    In a response, nothing may be there that the schema marks `writeOnly`.
    """
    made: Validator = _validator_class(is_response)(_without_dialect(schema), **settings)
    return made


@cache
def options_validator() -> Validator:
    """The validator of the text-to-image options."""
    return validator(options_schema())


@cache
def component_validator(name: str) -> Validator:
    """The validator of the schema component `name` of `openapi.json`.

    >>> inputs = component_validator("InputRequest")
    >>> [str(violation) for violation in find_violations(inputs, {"type": "remote"})]
    ['source is required']
    """
    return document_validator({"$ref": f"#/components/schemas/{name}"})


@cache
def _fast_validator(name: str) -> Any:
    """A validator of a schema component that only says yes or no; jsonschema-rs is much faster."""
    import jsonschema_rs

    document = bundled_openapi()
    components = {"components": document["components"]}
    return jsonschema_rs.validator_for({**components, "$ref": f"#/components/schemas/{name}"})


def follows_component(name: str, value: object) -> bool:
    """Whether a value parsed from JSON is valid by the schema component `name` of `openapi.json`.

    If it isn't, `find_violations` explains why; a property test keeps the two in agreement.

    >>> follows_component("InputRequest", {"type": "remote"})
    False
    """
    valid: bool = _fast_validator(name).is_valid(value)
    return valid


def document_validator(schema: JSONObject, *, is_response: bool = False) -> Validator:
    """The validator of a schema from `openapi.json`, whose references resolve within that document."""
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    names = ("openapi", TEXT_TO_IMAGE)
    documents = [(_URI.format(name), _without_dialect(load_document(name))) for name in names]
    registry: Registry[Any] = Registry().with_contents(documents, default_specification=DRAFT202012)
    return validator(_absolute(schema), is_response=is_response, registry=registry)


def _absolute(schema: Any) -> Any:
    """The schema with absolute references in place of those local to `openapi.json`."""
    if isinstance(schema, list):
        return [_absolute(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: _URI.format("openapi") + value if key == "$ref" and value.startswith("#") else _absolute(value)
        for key, value in schema.items()
    }


def type_name(value: object) -> str:
    """The JSON type of a Python value, as JSON Schema names it; `integer` for `1.0` as well.

    A value that JSON can't represent gets the name of its Python type.

    >>> type_name(True), type_name(1.0), type_name(1.5), type_name(None), type_name(b"")
    ('boolean', 'integer', 'number', 'null', 'bytes')
    """
    return next((name for name, holds in _TYPES.items() if holds(value)), type(value).__name__)


def _without_dialect(schema: JSONObject) -> JSONObject:
    """The schema without `$schema`, which would make jsonschema switch to its own validator class."""
    return {keyword: value for keyword, value in schema.items() if keyword != "$schema"}


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(value: object) -> bool:
    return _is_number(value) and (not isinstance(value, float) or value.is_integer())


def _is_string(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _pattern(_: Validator, pattern: str, value: object, __: JSONObject) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not ecma_regex(pattern).search(value):
        yield ValidationError("does not match")


def _write_only(_: Validator, is_write_only: bool, __: object, ___: JSONObject) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if is_write_only:
        yield ValidationError("is in a response")


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": _is_number,
    "string": _is_string,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


@cache
def _validator_class(is_response: bool) -> Any:
    """The class of our validators; jsonschema is slow to import, and many programs never validate."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    own = {name: lambda _, value, holds=holds: holds(value) for name, holds in _TYPES.items()}
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(own)
    keywords = {"pattern": _pattern, **({"writeOnly": _write_only} if is_response else {})}
    return extend(Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]


def _bounded(value: Any, depth: int = _DEPTH) -> Any:
    """`value` without very long integers and very deep nesting, which no schema tells apart."""
    if isinstance(value, int) and abs(value) > _BEYOND_DOUBLES:
        return _BEYOND_DOUBLES if value > 0 else -_BEYOND_DOUBLES
    if isinstance(value, list):
        return [_bounded(item, depth - 1) for item in value] if depth else []
    if isinstance(value, dict):
        return {name: _bounded(item, depth - 1) for name, item in value.items()} if depth else {}
    return value
