"""The canonical documents are well-formed and agree with each other."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from pixelpact.schema import (
    Operation,
    as_object,
    catalogue,
    component_validator,
    describe,
    error_answers,
    find_conversion,
    find_violations,
    headers,
    load_document,
    operations,
    options_schema,
    statuses,
    success_status,
)

#: What the vendor's table says, typed once more to catch a slip in the document.
TABLE = {
    "allow_multiple_outputs": ("boolean", "", "false"),
    "aspect_ratio": ("string", "one of 1:1 3:2 4:3 4:5 9:16 16:9 21:9", ""),
    "cfg_scale": ("number", "1 to 30", ""),
    "download_password": ("string", "matches ^[ -~]{0,1000}$", ""),
    "height": ("number", "64 to 5120", ""),
    "num_inference_steps": ("integer", "1 to 60", ""),
    "preset": ("string", "matches ^[\\w\\W]{1,255}$", ""),
    "seed": ("integer", "1 to 4294967295", ""),
    "style": ("string", "one of anime artistic generic photorealistic", ""),
    "width": ("number", "64 to 5120", ""),
}


def test_options_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(dict(options_schema()))


def test_options_are_those_of_the_vendors_table() -> None:
    assert {row.name: (row.type, row.rule, row.default) for row in describe()} == TABLE


def test_other_rules_are_described_too() -> None:
    schema = {
        "properties": {
            "a": {"type": ["string", "null"], "minLength": 1, "maxLength": 2},
            "b": {"exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
            "c": {"minimum": 1},
        }
    }

    rules = [(row.type, row.rule) for row in describe(schema)]

    assert rules == [
        ("string or null", "length at least 1, length at most 2"),
        ("any", "more than 0, less than 1, a multiple of 0.25"),
        ("any", "at least 1"),
    ]


def test_openapi_document_is_valid() -> None:
    document = dict(load_document("openapi"))
    options_url = "text-to-image.json"
    inlined = _replaced(document, {"$ref": options_url}, {"type": "object"})

    OpenAPIV31SpecValidator(inlined).validate()


@pytest.mark.parametrize("name", sorted(load_document("openapi")["components"]["schemas"]))
def test_every_component_has_a_validator(name: str) -> None:
    assert isinstance(find_violations(component_validator(name), 0), list)


def test_operations_use_every_refusal_but_those_of_any_request() -> None:
    used = {
        response["$ref"].rsplit("/", 1)[-1]
        for operation in operations().values()
        for response in operation.spec["responses"].values()
        if "$ref" in response
    }

    assert set(error_answers()) - used == {"EmptyBody", "MethodNotAllowed"}


def test_request_validates_the_options_of_text_to_image() -> None:
    request = {"conversion": [{"target": "text-to-image", "options": {"seed": 0}}]}

    (violation,) = find_violations(component_validator("JobRequest"), request)

    assert (violation.option, violation.keyword) == ("conversion[0].options.seed", "minimum")


def test_statuses_are_at_least_those_that_vendor_clients_need() -> None:
    needed = {"incomplete", "queued", "ready", "downloading", "processing", "completed", "failed"}

    assert needed <= set(statuses())


def test_every_header_has_its_alias() -> None:
    for names in (headers().api_key, headers().job_token, headers().download_password):
        assert names[0].startswith("X-Api2convert-")
        assert names[1].startswith("X-Oc-")


def test_catalogue_shows_the_options_in_the_vendors_words() -> None:
    entry = find_conversion("text-to-image", "operation")

    assert entry is not None
    assert entry in catalogue()
    shown = entry.document()
    assert shown["options"]["seed"]["minimum"] == 1
    assert shown["options"]["download_password"]["example"] == "secret_password"
    assert "title" not in shown["options"]["seed"]


def test_an_operation_fills_its_path() -> None:
    download = operations()["downloadOutput"]

    assert download.url(job_id="1", file_name="a b/ü.png") == "/download-file/1/a%20b%2F%C3%BC.png"
    assert download.success_status == 200
    assert operations()["cancelJob"].success_status == 204


@pytest.mark.parametrize("value", [None, [], [1], "{}", 7, True], ids=str)
def test_what_is_not_an_object_is_taken_for_an_empty_one(value: Any) -> None:
    assert as_object(value) == {}


def test_an_object_is_taken_as_it_is() -> None:
    options = {"seed": 7}

    assert as_object(options) is options


@pytest.mark.parametrize("operation", operations().values(), ids=lambda operation: operation.id)
def test_an_operation_succeeds_with_its_lowest_status_of_the_2xx_class(operation: Operation) -> None:
    documented = [int(status) for status in operation.spec["responses"] if status.startswith("2")]

    assert success_status(operation.id) == min(documented)


def _replaced(value: Any, old: object, new: object) -> Any:
    if value == old:
        return new
    if isinstance(value, dict):
        return {name: _replaced(item, old, new) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    return value
