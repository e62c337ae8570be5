"""Catalogue entries become schemas, and their quirks are undone."""

from __future__ import annotations

import json

import pytest

from pixelpact.schema import JSONObject, SchemaError, catalogue, options_schema, violations


def schema_of(**options: object) -> JSONObject:
    return options_schema({"id": "1", "target": "png", "category": "image", "options": options})


@pytest.mark.parametrize(
    ("published", "spec"),
    [
        ({"type": "number", "minimum": False, "maximum": True}, {"type": "number", "minimum": 0, "maximum": 1}),
        ({"type": "integer", "default": True}, {"type": "integer", "default": 1}),
        ({"type": "boolean", "default": False}, {"type": "boolean", "default": False}),
        ({"type": "integer", "enum": [True, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": ["integer", "null"], "minimum": True}, {"type": ["integer", "null"], "minimum": 1}),
        ({"type": "string", "enum": ["true", "1"]}, {"type": "string", "enum": ["true", "1"]}),
        ({"type": "integer", "minimum": "10", "maximum": "20.5"}, {"type": "integer", "minimum": 10, "maximum": 20.5}),
        ({"type": "string", "minLength": True, "maxLength": None}, {"type": "string", "minLength": 1}),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "string", "example": "#fff"}, {"type": "string", "examples": ["#fff"]}),
        ({"type": "integer", "min": 1, "max": 9}, {"type": "integer", "minimum": 1, "maximum": 9}),
        ({"values": ["a", "b"]}, {"enum": ["a", "b"]}),
        ({"type": "array", "items": {"type": "integer", "minimum": True}},
         {"type": "array", "items": {"type": "integer", "minimum": 1}}),
        ({"type": "object", "properties": {"a": {"required": True}, "b": {"required": False}}},
         {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]}),
        ({"type": "integer", "minimum": "low"}, {"type": "integer", "minimum": "low"}),
    ],
)  # fmt: skip
def test_quirks_are_undone(published: JSONObject, spec: JSONObject) -> None:
    # As texts, because `True == 1` and `1.0 == 1` in Python.
    assert json.dumps(schema_of(option=published)["properties"]) == json.dumps({"option": spec})


def test_required_stands_where_json_schema_has_it() -> None:
    schema = schema_of(dpi={"type": "integer", "required": True}, note={"type": "string", "required": False})

    assert schema["required"] == ["dpi"]
    assert [str(violation) for violation in violations({}, schema=schema)] == ["dpi is required"]


def test_an_empty_map_may_be_an_array() -> None:
    assert options_schema({"target": "zip", "options": []})["properties"] == {}


@pytest.mark.parametrize("entry", [{}, {"options": None}, {"options": [1]}, {"options": {"a": 5}}], ids=str)
def test_a_malformed_entry_is_refused(entry: JSONObject) -> None:
    with pytest.raises(SchemaError, match="must have `options` that map names to schemas"):
        options_schema(entry)


def test_the_entry_of_text_to_image_says_what_its_schema_says() -> None:
    entry = next(row for row in catalogue() if row.target == "text-to-image").document()
    keywords = ("type", "enum", "minimum", "maximum", "pattern")

    rules, own = (
        {name: {keyword: spec.get(keyword) for keyword in keywords} for name, spec in properties.items()}
        for properties in (options_schema(entry)["properties"], options_schema()["properties"])
    )

    assert json.dumps(rules) == json.dumps(own)
