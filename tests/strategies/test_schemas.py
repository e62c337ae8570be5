"""From any schema of the supported keywords: valid is valid, and invalid has exactly its fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from pixelpact.schema import JSONObject, catalogue, options_schema, violations
from pixelpact.strategies import (
    Invalid,
    NothingValid,
    boundaries,
    invalid_options,
    single_faults,
    valid_options,
)
from tests.strategies.schemas import random_schema

#: Options as the tables of other targets have them.
PICTURE = {
    "id": "59",
    "target": "png",
    "category": "image",
    "options": {
        "width": {"type": "integer", "minimum": True, "maximum": 65000},
        "color": {"type": "string", "enum": ["color", "gray", "1980", "mono"]},
        "dpi": {"type": ["integer", "null"], "minimum": 10, "maximum": "1200", "default": None},
        "denoising_strength": {"type": "number", "minimum": False, "maximum": True, "default": False},
        "background": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "example": "#FFFFFF"},
        "crop": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "top": {"type": "integer", "minimum": False, "required": True},
                "unit": {"type": "string", "enum": ["px", "%"]},
            },
        },
    },
}
VIDEO = {
    "id": "7",
    "target": "mp4",
    "category": "video",
    "options": {
        "start": {"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}(\.\d{1,2})?$", "required": True},
        "fps": {"type": "number", "multipleOf": 0.5, "exclusiveMinimum": False, "maximum": 120},
        "mirror": {"type": "boolean", "default": False},
        "tracks": {
            "type": "array",
            "items": {"type": "integer", "min": True, "max": 9},
            "minItems": 1,
            "maxItems": 4,
        },
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 8}, "uniqueItems": True},
        "channels": {"allowed": [True, 2, 6], "type": "integer"},
    },
}
#: Options of an invented target, with the other keywords.
INVENTED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["pages"],
    "properties": {
        "pages": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
        "grid": {"type": "integer", "minimum": 8, "maximum": 100, "multipleOf": 8},
        "ratio": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "cents": {"type": "number", "minimum": 0.01, "maximum": 2, "multipleOf": 0.01},
        "offset": {"type": "integer"},
        "below": {"type": "integer", "maximum": -7},
        "title": {"type": "string", "minLength": 2, "maxLength": 5},
        "code": {"type": "string", "pattern": "^[A-C\\d_]+$", "maxLength": 9},
        "letter": {"type": "string", "pattern": "^[a-z]$"},
        "mode": {"const": "fast", "type": "string"},
        "both": {"const": 4, "enum": [1, 2, 4, 1000], "maximum": 100},
        "level": {"type": "integer", "enum": [1, 2, 4, 70], "maximum": 50},
        "nothing": {"type": "null"},
        "exact": {"type": "number", "minimum": 5, "maximum": 5},
        "large": {"type": "number", "minimum": 9007199254740993, "maximum": 9007199254740993},
        "huge": {"type": "integer", "minimum": 2**63},
        "depth": {"type": "integer", "minimum": -5, "maximum": 5},
        "umlauts": {"type": "string", "pattern": "^[\u00c0-\u00ff]{1,3}$"},
        "note": {"type": "string", "default": "none"},
        "open": {"type": "object", "required": ["a"]},
        "pair": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "uniqueItems": True,
            "items": {"type": "boolean"},
        },
        "numbers": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": 3},
            "uniqueItems": True,
        },
        "list": {"type": "array"},
        "any": True,
    },
}
FOREIGN = {"picture": options_schema(PICTURE), "video": options_schema(VIDEO), "invented": INVENTED}
EACH = pytest.mark.parametrize("schema", FOREIGN.values(), ids=FOREIGN.keys())


def only(name: str, spec: object) -> JSONObject:
    """A schema of objects that may have one property and no other."""
    return {"type": "object", "additionalProperties": False, "properties": {name: spec}}


def faults_of(payload: object, schema: JSONObject) -> list[tuple[str | None, str]]:
    return [(each.option, each.keyword) for each in violations(payload, schema=schema)]


def has_exactly(invalid: Invalid, schema: JSONObject) -> bool:
    """By our validator, and by that of jsonschema where it is as strict: its `$` is Python's."""
    if faults_of(invalid.payload, schema) != [(invalid.option, invalid.keyword)]:
        return False
    errors = list(Draft202012Validator(schema).iter_errors(invalid.payload))
    # A value of a wrong type is no member of a list either.
    alone = len(errors) == 1 or invalid.keyword == "type"
    return invalid.case.endswith("trailing-newline") or (bool(errors) and alone)


def is_valid(payload: object, schema: JSONObject) -> bool:
    return not faults_of(payload, schema) and Draft202012Validator(schema).is_valid(payload)


def enumerated(schema: JSONObject) -> Iterator[str]:
    """What is wrong with the enumerations of a schema."""
    valid, invalid = boundaries(schema), single_faults(schema)
    yield from (each.id for each in valid if not is_valid(each.payload, schema))
    yield from (each.id for each in invalid if not has_exactly(each, schema))
    if len({each.id for each in valid}) < len(valid) or len({each.id for each in invalid}) < len(invalid):
        yield "an id comes twice"


def supported(numbers: range) -> Iterator[dict[str, Any]]:
    """Random schemas that allow something."""
    for number in numbers:
        schema = random_schema(number)
        try:
            valid_options(schema)
        except NothingValid:
            continue
        yield schema


@EACH
def test_enumerations_of_other_targets_are_right(schema: JSONObject) -> None:
    assert list(enumerated(schema)) == []


@EACH
def test_each_rule_of_other_targets_is_broken_by_some_fault(schema: JSONObject) -> None:
    rules = {
        (name, keyword)
        for name, spec in schema["properties"].items()
        for keyword in ("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                        "multipleOf", "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems")
        if isinstance(spec, dict) and keyword in spec
    }  # fmt: skip
    # What would break these breaks another rule as well: there is no third boolean, and a list beside a const.
    rules -= {("both", "enum"), ("both", "maximum"), ("pair", "maxItems")}

    assert rules <= {(fault.option, fault.keyword) for fault in single_faults(schema)}
    required = {(name, "required") for name in schema.get("required", ())}
    assert required <= {(fault.option, fault.keyword) for fault in single_faults(schema)}


@EACH
def test_drawn_payloads_of_other_targets_are_right(schema: JSONObject) -> None:
    check_drawn(schema, runs=100)


@pytest.mark.parametrize("part", range(10))
def test_a_thousand_random_schemas_are_understood(part: int) -> None:
    schemas = list(supported(range(part * 160, (part + 1) * 160)))

    assert len(schemas) >= 100
    for schema in schemas[:100]:
        assert list(enumerated(schema)) == [], schema


@pytest.mark.parametrize("part", range(4))
def test_payloads_of_random_schemas_are_right(part: int) -> None:
    for schema in supported(range(part * 60, (part + 1) * 60)):
        check_drawn(schema, runs=6)


def check_drawn(schema: JSONObject, *, runs: int) -> None:
    @settings(max_examples=runs, database=None)
    @given(payload=valid_options(schema), invalid=invalid_options(schema))
    def drawn(payload: dict[str, Any], invalid: Invalid) -> None:
        assert is_valid(payload, schema)
        assert has_exactly(invalid, schema)
        assert json.loads(json.dumps(payload)) == payload

    drawn()


def test_what_is_drawn_may_be_changed_without_changing_what_is_drawn_next() -> None:
    schema = {
        "properties": {"a": {"enum": [[1], {"b": [2]}]}},
        "type": "object",
        "additionalProperties": False,
    }

    @given(payload=valid_options(schema), invalid=invalid_options(schema))
    def spoiled(payload: dict[str, Any], invalid: Invalid) -> None:
        assert is_valid(payload, schema)
        assert has_exactly(invalid, schema)
        for value in (
            payload.get("a"),
            invalid.payload.get("a") if isinstance(invalid.payload, dict) else None,
        ):
            if isinstance(value, (list, dict)):
                value.clear()

    spoiled()


@pytest.mark.parametrize("entry", [row for row in catalogue() if row.options], ids=lambda row: row.target)
def test_a_published_entry_comes_back_as_its_schema(entry: Any) -> None:
    schema = options_schema(entry.document())

    for case in (*boundaries(entry.options), *single_faults(entry.options)):
        assert faults_of(case.payload, schema) == faults_of(case.payload, entry.options)


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "string", "maxLength": 10**9},
        {"type": "string", "pattern": "^a{0,1000000000}$"},
        {"type": "array", "maxItems": 10**9},
        {"type": "array", "maxItems": 10**9, "uniqueItems": True, "items": {"type": "integer"}},
    ],
    ids=str,
)
def test_what_may_be_huge_is_not_made_so(spec: object) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": spec}}

    payloads = [each.payload for each in (*boundaries(schema), *single_faults(schema))]

    assert max(len(str(payload)) for payload in payloads) < 200_000


@pytest.mark.parametrize(
    ("spec", "default"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 60, "default": 20}, "20"),
        ({"type": "integer", "minimum": 1, "maximum": 60, "default": 30.0}, "30.0"),
        ({"type": "number", "minimum": 1, "maximum": 30, "default": 7.25}, "7.25"),
        ({"type": "number", "default": -12}, "-12"),
        ({"type": "string", "default": "none"}, '"none"'),
        ({"type": ["integer", "null"], "minimum": 9, "default": 12}, "12"),
    ],
    ids=str,
)
def test_a_valid_default_is_a_boundary(spec: JSONObject, default: str) -> None:
    found = {valid.id: json.dumps(valid.payload) for valid in boundaries(only("a", spec))}

    assert found["a-default"] == f'{{"a": {default}}}'


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "integer", "minimum": 1, "maximum": 60, "default": 61},
        {"type": "integer", "default": True},
        {"type": "number", "default": None},
        {"type": "integer", "minimum": 1, "maximum": 60, "default": 60},
    ],
    ids=["out of range", "of another type", "null", "listed as another boundary"],
)
def test_other_defaults_are_not_a_boundary(spec: JSONObject) -> None:
    assert "a-default" not in [valid.id for valid in boundaries(only("a", spec))]


def test_a_length_may_be_written_as_a_fraction() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 1.0, "maxLength": 2.0}}}

    assert list(enumerated(schema)) == []
