"""Judge a payload by a JSON Schema, all violations at once.

jsonschema is the judge. Where Python and JSON Schema part ways, this module decides, once:

- `True` is no number, `1.0` is an integer (both as JSON Schema says since draft 6);
- NaN and the infinities are no JSON, so they have the wrong `type`;
- an integer of any length is judged, however long;
- patterns are ECMA-262 (see `regex`), lengths count code points;
- a text with a lone surrogate is no Unicode text, so it has the wrong `type` (RFC 7493 section 2.1);
- names are compared exactly: no case, no dash, no plural is forgiven.
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
from pixelpact.schema.published import options_schema
from pixelpact.schema.regex import ecma_regex
from pixelpact.schema.wording import Violation, worded

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

#: No limit of a schema lies beyond the doubles, so a longer integer is judged as this one. (Its digits
#: never have to be written out then, which Python refuses past 4300.)
_BEYOND_DOUBLES = 10**309
#: Deeper than any schema of ours looks; what lies below is not judged.
_DEPTH = 32
#: Where the documents would be if they were on the web; references between them resolve against it.
_URI = "https://pixelpact.invalid/schema/{}.json"


def violations(payload: object, *, schema: JSONObject | None = None) -> list[Violation]:
    """All rules of `schema` (by default the text-to-image options) that `payload` breaks; `[]` if valid.

    Unknown names come first, the rest follows the schema: the same order in every run.

    >>> [str(violation) for violation in violations({"seed": True, "styl": "anime"})]
    ["styl is not an option here; did you mean 'style'?", 'seed must be an integer, got the boolean true']
    >>> violations({"seed": 7.0})
    []
    """
    return find_violations(options_validator() if schema is None else validator(schema), payload)


def find_violations(judge: Validator, payload: object) -> list[Violation]:
    """What a validator made by `validator` finds wrong in `payload`."""
    errors = judge.iter_errors(_judgeable(payload))
    found = [violation for error in errors for violation in worded(error, type_name)]
    # What has the wrong type breaks most other rules as well; that is one fault, not several.
    mistyped = {violation.path for violation in found if violation.keyword == "type"}
    faults = [fault for fault in found if fault.keyword == "type" or fault.path not in mistyped]
    return sorted(faults, key=lambda fault: fault.keyword != "additionalProperties")


def validator(schema: JSONObject, **settings: Any) -> Validator:
    """A validator that judges by the rules above; `settings` go to jsonschema (such as `registry`)."""
    judge: Validator = _judge_class()(_without_dialect(schema), **settings)
    return judge


@cache
def options_validator() -> Validator:
    """The validator of the text-to-image options."""
    return validator(options_schema())


@cache
def component_validator(name: str) -> Validator:
    """The validator of the schema `name` among the components of `openapi.json`.

    >>> judge = component_validator("InputRequest")
    >>> [str(violation) for violation in find_violations(judge, {"type": "remote"})]
    ['source is required']
    """
    return document_validator({"$ref": f"#/components/schemas/{name}"})


@cache
def _quick_judge(name: str) -> Any:
    """The same schema, compiled by jsonschema-rs, which is much quicker and says only yes or no."""
    import jsonschema_rs

    document = bundled_openapi()
    components = {"components": document["components"]}
    return jsonschema_rs.validator_for({**components, "$ref": f"#/components/schemas/{name}"})


def follows_component(name: str, value: object) -> bool:
    """Whether a value that was parsed from JSON text follows the schema `name` among the components.

    Where it does not, `find_violations` says why. A test sees that the two judges agree.

    >>> follows_component("InputRequest", {"type": "remote"})
    False
    """
    valid: bool = _quick_judge(name).is_valid(value)
    return valid


def document_validator(schema: JSONObject) -> Validator:
    """The validator of a schema that stands in `openapi.json` and refers to others there."""
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    names = ("openapi", TEXT_TO_IMAGE)
    documents = [(_URI.format(name), _without_dialect(load_document(name))) for name in names]
    registry: Registry[Any] = Registry().with_contents(documents, default_specification=DRAFT202012)
    return validator(_absolute(schema), registry=registry)


def _absolute(schema: Any) -> Any:
    """The schema with references that lead into `openapi.json` from anywhere."""
    if isinstance(schema, list):
        return [_absolute(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: _URI.format("openapi") + value if key == "$ref" and value.startswith("#") else _absolute(value)
        for key, value in schema.items()
    }


def type_name(value: object) -> str:
    """The JSON type of a Python value, in the words of JSON Schema; `integer` for `1.0` as well.

    What JSON can't write has no such type and is named as Python does.

    >>> type_name(True), type_name(1.0), type_name(1.5), type_name(None), type_name(b"")
    ('boolean', 'integer', 'number', 'null', 'bytes')
    """
    return next((name for name, holds in _TYPES.items() if holds(value)), type(value).__name__)


def _without_dialect(schema: JSONObject) -> JSONObject:
    """The schema without `$schema`, at which jsonschema would go on with its own judge, not ours."""
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
def _judge_class() -> Any:
    """The class of our validators. jsonschema takes long to import, and many programs never judge."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    own = {name: lambda _, value, holds=holds: holds(value) for name, holds in _TYPES.items()}
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(own)
    return extend(Draft202012Validator, {"pattern": _pattern}, type_checker=types)  # type: ignore[no-untyped-call]


def _judgeable(value: Any, depth: int = _DEPTH) -> Any:
    """`value`, cut where it is longer or deeper than a judge can stand, and no different to the schema."""
    if isinstance(value, int) and abs(value) > _BEYOND_DOUBLES:
        return _BEYOND_DOUBLES if value > 0 else -_BEYOND_DOUBLES
    if isinstance(value, list):
        return [_judgeable(item, depth - 1) for item in value] if depth else []
    if isinstance(value, dict):
        return {name: _judgeable(item, depth - 1) for name, item in value.items()} if depth else {}
    return value
