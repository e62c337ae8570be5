"""Schemas that the strategies refuse, by name, and how they say so."""

from __future__ import annotations

from typing import Any

import pytest

from pixelpact.strategies import (
    NothingValid,
    SchemaNotSupported,
    StrategyError,
    single_faults,
    valid_options,
)
from pixelpact.strategies.errors import PatternNotRead


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"type": "text"}, "option 'a': the strategies don't handle type: 'text'"),
        ({"type": []}, r"don't handle type: \[\]"),
        ({"type": "string", "contentEncoding": "base64"}, "don't handle contentEncoding: 'base64'"),
        ({"allOf": [{}]}, "don't handle allOf"),
        ({"type": "object", "additionalProperties": {}}, "don't handle additionalProperties"),
        ({"type": "array", "items": {"not": {}}}, r"option 'a\[0\]': the strategies don't handle not"),
        ({"type": "object", "properties": {"b": {"$ref": "#"}}}, r"option 'a.b': the strategies don't handle \$ref"),
        ({"type": "integer", "multipleOf": 0}, "don't handle multipleOf: 0"),
        (False, "option 'a': the strategies don't handle schema: False"),
    ],
)  # fmt: skip
def test_what_is_not_handled_is_refused_by_name(spec: object, words: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": spec}}

    with pytest.raises(SchemaNotSupported, match=words):
        single_faults(schema)


@pytest.mark.parametrize(
    ("spec", "keyword"),
    [
        ({"type": "integer", "minimum": "low"}, "minimum"),
        ({"type": "integer", "minimum": None}, "minimum"),
        ({"type": "integer", "exclusiveMinimum": True}, "exclusiveMinimum"),
        ({"type": "number", "maximum": float("nan")}, "maximum"),
        ({"type": "number", "exclusiveMaximum": float("inf")}, "exclusiveMaximum"),
        ({"type": "number", "minimum": 10**400}, "minimum"),
        ({"type": "integer", "multipleOf": "2"}, "multipleOf"),
        ({"type": "integer", "multipleOf": -1}, "multipleOf"),
        ({"enum": "abc"}, "enum"),
        ({"type": "string", "pattern": 5}, "pattern"),
        ({"type": "string", "maxLength": "5"}, "maxLength"),
        ({"type": "string", "maxLength": 5.5}, "maxLength"),
        ({"type": "string", "minLength": -1}, "minLength"),
        ({"type": "string", "minLength": 10**9}, "minLength"),
        ({"type": "array", "minItems": 10**9}, "minItems"),
        ({"type": "array", "items": [{}]}, "items"),
        ({"type": "array", "uniqueItems": "yes"}, "uniqueItems"),
        ({"type": "object", "properties": []}, "properties"),
        ({"type": "object", "required": "a"}, "required"),
        ({"type": "object", "required": [1]}, "required"),
    ],
)
def test_a_keyword_that_says_nothing_sensible_is_refused_by_name(spec: object, keyword: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": spec}}

    with pytest.raises(SchemaNotSupported, match=f"don't handle {keyword}: "):
        single_faults(schema)


@pytest.mark.parametrize(
    "pattern",
    ["^(?=a)", r"^(a)\1$", "^a^b$", r"\bword", "a$b", "^(a", "a)", "*a", "^(?:a|b", r"^[\b]$", r"\ud800", "(a|b){9,20}",
     "^([ab][ab]){1,300}$", "(a*){2,999}", "[^\\w\\W]", "(?<n>a)", "^*", "[z-a]"],
)  # fmt: skip
def test_a_pattern_that_is_not_read_is_refused(pattern: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}

    with pytest.raises(SchemaNotSupported, match="the strategies don't handle pattern"):
        single_faults(schema)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            {"type": "integer", "minimum": 5, "maximum": 4},
            "option 'a': no value satisfies minimum: 5 here. Fix the schema",
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "no value satisfies exclusiveMinimum: 0",
        ),
        ({"type": "integer", "minimum": 1, "maximum": 7, "multipleOf": 8}, "no value satisfies minimum"),
        (
            {"type": "number", "minimum": 0.101, "maximum": 0.109, "multipleOf": 0.01},
            "no value satisfies minimum",
        ),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "no value satisfies maxLength: 2"),
        ({"type": "string", "pattern": "^a{3}$", "minLength": 4}, "no value satisfies minLength: 4"),
        ({"type": "string", "enum": [1, 2]}, r"no value satisfies enum: \[1, 2\]"),
        ({"enum": ["abc"], "maxLength": 2}, "no value satisfies enum"),
        ({"const": 1, "enum": [2]}, "no value satisfies const: 1"),
        ({"type": "array", "minItems": 2, "maxItems": 1}, "no value satisfies minItems: 2"),
        (
            {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "boolean"}},
            "no value satisfies minItems: 3",
        ),
        ({"type": "object", "additionalProperties": False, "required": ["b"]}, "no value satisfies required"),
    ],
)
def test_a_schema_that_nothing_satisfies_is_refused(spec: object, words: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": spec}}

    with pytest.raises(NothingValid, match=words):
        single_faults(schema)


@pytest.mark.parametrize("error", [SchemaNotSupported, NothingValid, PatternNotRead])
def test_every_error_is_a_strategy_error_and_a_value_error(error: type[Exception]) -> None:
    assert issubclass(error, StrategyError)
    assert issubclass(StrategyError, ValueError)


@pytest.mark.parametrize("value", [10**400, 10**5000], ids=["long", "longer than Python writes"])
def test_a_refusal_is_short_however_long_the_value(value: int) -> None:
    with pytest.raises(SchemaNotSupported) as refused:
        single_faults({"type": "object", "properties": {"a": {"type": "number", "minimum": value}}})

    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("schema", [{"type": "array"}, {"type": "object", "allOf": []}, 7], ids=str)
def test_a_schema_of_anything_but_an_object_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaNotSupported, match="the schema: the strategies don't handle"):
        valid_options(schema)
