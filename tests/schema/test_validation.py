"""The traps of validating options, each decided once and stated here."""

from __future__ import annotations

import math

import pytest

from pixelpact.schema import options_schema, type_name, violations


def brief(value: object) -> str:
    try:
        return ascii(value)[:40]
    except ValueError:
        return "huge"


def faults(payload: object) -> list[tuple[str | None, str]]:
    return [(violation.option, violation.keyword) for violation in violations(payload)]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"seed": 1},
        {"seed": 4294967295},
        {"seed": 1.0},
        {"num_inference_steps": 20.0},
        {"width": 512.5},
        {"width": 64, "height": 5120},
        {"cfg_scale": 1},
        {"download_password": ""},
        {"download_password": " " * 1000},
        {"preset": "\n"},
        {"preset": "x" * 255},
        {"preset": "\U0001f98a" * 255},
        {"allow_multiple_outputs": False},
        {"aspect_ratio": "21:9", "style": "anime"},
        {"cfg_scale": 29.999999999999996},
        {"num_inference_steps": float("60.000000000000001")},
    ],
    ids=brief,
)
def test_valid_options_have_no_violation(payload: dict[str, object]) -> None:
    assert violations(payload) == []


@pytest.mark.parametrize(
    ("payload", "option", "keyword"),
    [
        ({"seed": True}, "seed", "type"),
        ({"width": False}, "width", "type"),
        ({"seed": 0}, "seed", "minimum"),
        ({"seed": 4294967296}, "seed", "maximum"),
        ({"seed": 10**5000}, "seed", "maximum"),
        ({"seed": -(10**5000)}, "seed", "minimum"),
        ({"seed": 1.5}, "seed", "type"),
        ({"seed": "7"}, "seed", "type"),
        ({"width": math.nan}, "width", "type"),
        ({"width": math.inf}, "width", "type"),
        ({"cfg_scale": -math.inf}, "cfg_scale", "type"),
        ({"width": 63.99}, "width", "minimum"),
        ({"cfg_scale": math.nextafter(30, 31)}, "cfg_scale", "maximum"),
        ({"download_password": "secret\n"}, "download_password", "pattern"),
        ({"download_password": "x" * 1001}, "download_password", "pattern"),
        ({"download_password": "sécret"}, "download_password", "pattern"),
        ({"download_password": "tab\t"}, "download_password", "pattern"),
        ({"preset": ""}, "preset", "pattern"),
        ({"preset": "x" * 256}, "preset", "pattern"),
        ({"preset": "x" * 255 + "\n"}, "preset", "pattern"),
        ({"preset": "\ud800"}, "preset", "type"),
        ({"style": "Anime"}, "style", "enum"),
        ({"style": " anime"}, "style", "enum"),
        ({"style": ""}, "style", "enum"),
        ({"aspect_ratio": "16:10"}, "aspect_ratio", "enum"),
        ({"allow_multiple_outputs": "true"}, "allow_multiple_outputs", "type"),
        ({"allow_multiple_outputs": 1}, "allow_multiple_outputs", "type"),
        ({"Seed": 1}, "Seed", "additionalProperties"),
        ({"cfg-scale": 7}, "cfg-scale", "additionalProperties"),
        ({"seeds": 7}, "seeds", "additionalProperties"),
        ({"": 7}, "", "additionalProperties"),
        ({"seed": None}, "seed", "type"),
        (None, None, "type"),
        ([], None, "type"),
        ("{}", None, "type"),
        (True, None, "type"),
    ],
    ids=brief,
)
def test_one_fault_is_one_violation(payload: object, option: str | None, keyword: str) -> None:
    assert faults(payload) == [(option, keyword)]


def test_all_violations_are_reported_at_once() -> None:
    payload = {"seed": 0, "style": "cubist", "height": "512", "extra": 1}

    assert faults(payload) == [
        ("extra", "additionalProperties"),
        ("height", "type"),
        ("seed", "minimum"),
        ("style", "enum"),
    ]


def test_deep_nesting_is_not_a_danger() -> None:
    nest: object = 1
    for _ in range(5000):
        nest = [nest]

    assert faults({"seed": nest}) == [("seed", "type")]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"seed": True}, "seed must be an integer, got the boolean true"),
        ({"width": 63}, "width must be at least 64, got 63"),
        ({"width": math.nan}, "width must be a number, got NaN"),
        ({"width": math.inf}, "width must be a number, got an infinity"),
        ({"seed": 10**5000}, "seed must be at most 4294967295, got an integer of more than 60 digits"),
        (
            {"style": "Anime"},
            "style must be one of anime, artistic, generic, photorealistic; got 'Anime'; did you mean 'anime'?",
        ),
        ({"styl": "anime"}, "styl is not an option here; did you mean 'style'?"),
        ({"": 1}, "'' is not an option here"),
        ({"a\nb": 1}, "'a\\nb' is not an option here"),
        ([], "the payload must be an object, got an array"),
        ({"preset": "\ud800"}, "preset must be a string, got a text with a lone surrogate"),
        (
            {"preset": "x" * 300},
            f"preset must match ^[\\w\\W]{{1,255}}$, got '{'x' * 59}... (302 characters)",
        ),
        ({"seed": b"7"}, "seed must be an integer, got a bytes"),
    ],
    ids=brief,
)
def test_a_message_says_what_is_wrong_and_what_would_be_right(payload: object, message: str) -> None:
    assert [str(violation) for violation in violations(payload)] == [message]


@pytest.mark.parametrize(
    "password", ["s\u00e9same-5417", "sesame-5417\n", 5417, ["sesame-5417"], {"sesame-5417": 1}]
)
def test_a_message_never_quotes_a_password(password: object) -> None:
    (violation,) = violations({"download_password": password})

    assert "5417" not in str(violation)
    assert "5417" not in repr(violation)


@pytest.mark.parametrize(
    ("schema", "payload", "messages"),
    [
        ({"required": ["a"]}, {}, ["a is required"]),
        ({"required": ["a", "b"]}, {}, ["a is required", "b is required"]),
        ({"allOf": [{"type": "object"}] * 2}, 1, ["the payload must be an object, got 1"]),
        ({"properties": {"a": {"const": 1}}}, {"a": 2}, ["a must be 1, got 2"]),
        ({"properties": {"a": {"exclusiveMinimum": 1}}}, {"a": 1}, ["a must be more than 1, got 1"]),
        ({"properties": {"a": {"exclusiveMaximum": 1}}}, {"a": 1}, ["a must be less than 1, got 1"]),
        ({"properties": {"a": {"multipleOf": 8}}}, {"a": 9}, ["a must be a multiple of 8, got 9"]),
        (
            {"properties": {"a": {"minLength": 2}}},
            {"a": "\U0001f98a"},
            ["a must have at least 2 characters, got 1"],
        ),
        ({"properties": {"a": {"maxLength": 1}}}, {"a": "ab"}, ["a must have at most 1 characters, got 2"]),
        ({"properties": {"a": {"minItems": 1}}}, {"a": []}, ["a must have at least 1 items, got 0"]),
        ({"properties": {"a": {"maxItems": 1}}}, {"a": [1, 2]}, ["a must have at most 1 items, got 2"]),
        (
            {"properties": {"a": {"uniqueItems": True}}},
            {"a": [1, 1]},
            ["a must not hold the same item twice"],
        ),
        ({"properties": {"a": {"type": ["null", "array"]}}}, {"a": 1}, ["a must be null or an array, got 1"]),
        ({"properties": {"a": {"not": {}}}}, {"a": 1}, ["a breaks the rule not: {}, got 1"]),
        (
            {"properties": {"a": {"items": {"type": "string"}}}},
            {"a": ["x", 1]},
            ["a[1] must be a string, got 1"],
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "array"}]},
            1,
            ["the payload must be a string or an array, got 1"],
        ),
    ],
    ids=brief,
)
def test_other_schemas_are_validated_alike(
    schema: dict[str, object], payload: object, messages: list[str]
) -> None:
    assert [str(violation) for violation in violations(payload, schema=schema)] == messages


@pytest.mark.parametrize("name", sorted(options_schema()["properties"]))
def test_every_option_says_what_it_is_and_where_that_is_from(name: str) -> None:
    spec = options_schema()["properties"][name]

    assert {"title", "description", "$comment"} <= set(spec)
    assert "Source:" in spec["$comment"]


def test_integer_floats_count_as_integers_by_name() -> None:
    assert type_name(20.0) == "integer"
    assert type_name(2**70) == "integer"
