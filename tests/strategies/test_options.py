"""What the strategies draw and enumerate is what they say: valid, or wrong in exactly one way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import find, given, settings
from jsonschema import Draft202012Validator

from pixelpact.schema import options_schema, violations
from pixelpact.strategies import (
    Invalid,
    SchemaNotSupported,
    Valid,
    boundaries,
    invalid_options,
    single_faults,
    valid_options,
)

PROPERTIES = options_schema()["properties"]
#: Options of an invented target, with the other keywords.
FOREIGN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["pages"],
    "properties": {
        "pages": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
        "grid": {"type": "integer", "minimum": 8, "maximum": 100, "multipleOf": 8},
        "ratio": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "offset": {"type": "integer"},
        "title": {"type": "string", "minLength": 2, "maxLength": 5},
        "code": {"type": "string", "pattern": "^[A-C\\d_]+$", "maxLength": 9},
        "letter": {"type": "string", "pattern": "^[a-z]$"},
        "mode": {"const": "fast", "type": "string"},
        "level": {"type": "integer", "enum": [1, 2, 4]},
        "nothing": {"type": "null"},
        "exact": {"type": "number", "minimum": 5, "maximum": 5},
        "depth": {"type": "integer", "minimum": -5, "maximum": 5},
        "umlauts": {"type": "string", "pattern": "^[\u00c0-\u00ff]{1,3}$"},
        "note": {"type": "string"},
    },
}


def one_fault(invalid: Invalid, schema: object = None) -> bool:
    found = [(each.option, each.keyword) for each in violations(invalid.payload, schema=schema)]
    return found == [(invalid.option, invalid.keyword)]


@given(payload=valid_options())
def test_valid_options_are_valid(payload: dict[str, object]) -> None:
    assert violations(payload) == []
    assert json.loads(json.dumps(payload)) == payload


@given(invalid=invalid_options())
def test_invalid_options_have_exactly_their_fault(invalid: Invalid) -> None:
    assert one_fault(invalid)
    assert json.loads(json.dumps(invalid.payload)) == invalid.payload


@given(payload=valid_options(FOREIGN))
def test_valid_options_of_another_schema_are_valid_by_jsonschema_too(payload: dict[str, object]) -> None:
    assert violations(payload, schema=FOREIGN) == []
    assert list(Draft202012Validator(FOREIGN).iter_errors(payload)) == []


@given(invalid=invalid_options(FOREIGN))
def test_invalid_options_of_another_schema_have_exactly_their_fault(invalid: Invalid) -> None:
    assert one_fault(invalid, FOREIGN)


@pytest.mark.parametrize("valid", [*boundaries(), *boundaries(FOREIGN)], ids=lambda valid: valid.id)
def test_boundaries_are_valid(valid: Valid) -> None:
    schema = options_schema() if valid in boundaries() else FOREIGN

    assert violations(valid.payload, schema=schema) == []


@pytest.mark.parametrize("invalid", single_faults(), ids=lambda invalid: invalid.id)
def test_single_faults_are_single(invalid: Invalid) -> None:
    assert one_fault(invalid)


@pytest.mark.parametrize("invalid", single_faults(FOREIGN), ids=lambda invalid: invalid.id)
def test_single_faults_of_another_schema_are_single(invalid: Invalid) -> None:
    assert one_fault(invalid, FOREIGN)


@pytest.mark.parametrize("cases", [boundaries, single_faults])
@pytest.mark.parametrize("schema", [None, FOREIGN], ids=["text-to-image", "foreign"])
def test_ids_are_unique(cases: Callable[..., tuple[Valid | Invalid, ...]], schema: object) -> None:
    ids = [case.id for case in cases(schema)]

    assert len(ids) == len(set(ids))


def test_every_rule_of_every_option_is_broken_by_some_fault() -> None:
    rules = {
        (name, keyword)
        for name, spec in PROPERTIES.items()
        for keyword in ("type", "enum", "minimum", "maximum", "pattern")
        if keyword in spec
    }

    assert rules <= {(fault.option, fault.keyword) for fault in single_faults()}
    assert {"additionalProperties"} <= {fault.keyword for fault in single_faults()}


@pytest.mark.parametrize(
    "payload",
    [
        None, True, "text", [7], {"": 7}, {"seed": True}, {"seed": 0}, {"seed": 4294967296}, {"seed": "20"},
        {"seed": 20.5}, {"width": 63.99999999999999}, {"height": 5120.000000000001}, {"cfg_scale": None},
        {"allow_multiple_outputs": "true"}, {"allow_multiple_outputs": 1}, {"style": "Anime"}, {"style": " anime "},
        {"style": ""}, {"preset": ""}, {"preset": "a" * 256}, {"download_password": "aaa\n"},
        {"download_password": "aaa\u00e9"}, {"download_password": "aaa\x07"}, {"download_password": "a" * 1001},
        {"num_inference_steps": 18446744073709551618}, {"num_inference_steps": [7]},
    ],
    ids=lambda payload: ascii(payload)[:40],
)  # fmt: skip
def test_the_traps_are_among_the_faults(payload: object) -> None:
    assert payload in [fault.payload for fault in single_faults()]


@pytest.mark.parametrize(
    "payload",
    [
        {}, {"seed": 1}, {"seed": 4294967295}, {"seed": 20.0}, {"seed": 2147483648}, {"width": 83.5},
        {"download_password": ""}, {"download_password": "a" * 1000}, {"download_password": "   "},
        {"preset": "a" * 255}, {"preset": "\naa"}, {"preset": "\U0001f98aaa"}, {"allow_multiple_outputs": False},
        *({"style": style} for style in PROPERTIES["style"]["enum"]),
        *({"aspect_ratio": ratio} for ratio in PROPERTIES["aspect_ratio"]["enum"]),
    ],
    ids=lambda payload: ascii(payload)[:40],
)  # fmt: skip
def test_the_corners_are_among_the_boundaries(payload: object) -> None:
    found = [valid.payload for valid in boundaries()]

    assert json.dumps(payload) in [json.dumps(each) for each in found if len(each) <= 1] or payload == {}


def test_what_is_wrong_shrinks_to_itself_alone() -> None:
    quick = settings(max_examples=2000, database=None)

    smallest = find(invalid_options(), lambda invalid: invalid.case == "trailing-newline", settings=quick)

    assert smallest.payload == {"download_password": "aaa\n"}
    assert find(valid_options(), lambda payload: "seed" in payload, settings=quick) == {"seed": 1}


def test_enumerations_are_the_same_whatever_the_hash_seed() -> None:
    code = (
        "from pixelpact.strategies import *; import json;"
        f"foreign = json.loads({json.dumps(json.dumps(FOREIGN))!s});"
        "cases = (*boundaries(), *single_faults(), *boundaries(foreign), *single_faults(foreign));"
        "print(json.dumps([[case.id, case.payload] for case in cases]))"
    )

    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "012345"
    }

    assert len(printed) == 1


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"type": "array"}, "option 'a': the strategies don't handle type: 'array'"),
        ({"type": "object"}, "don't handle type: 'object'"),
        ({}, "don't handle type: None"),
        ({"type": "string", "contentEncoding": "base64"}, "don't handle contentEncoding: 'base64'"),
        ({"type": "integer", "pattern": "x"}, "don't handle pattern"),
        ({"type": "string", "pattern": "^(a|b)$"}, r"don't handle pattern: '\^\(a"),
        ({"type": "string", "pattern": r"^[\s]$"}, "don't handle pattern"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "don't handle minimum"),
        ({"type": "integer", "multipleOf": 0.5}, "don't handle multipleOf"),
    ],
)
def test_what_is_not_handled_is_refused_by_name(spec: dict[str, object], words: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": spec}}

    with pytest.raises(SchemaNotSupported, match=words):
        single_faults(schema)


@pytest.mark.parametrize(
    "schema", [{"type": "object", "properties": {}}, {"type": "array"}, {**FOREIGN, "allOf": []}], ids=str
)
def test_a_schema_that_is_no_closed_object_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(SchemaNotSupported, match="the schema: the strategies don't handle"):
        valid_options(schema)
