"""The Swagger 2.0 document says what `openapi.json` says, as far as it can."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator

from pixelpact.schema import load_document, operations, options_schema, swagger_document

DOCUMENT = swagger_document()


def test_it_is_valid() -> None:
    OpenAPIV2SpecValidator(DOCUMENT).validate()


def test_every_reference_leads_to_a_definition() -> None:
    named = set(re.findall(r"'\$ref': '([^']*)'", str(DOCUMENT)))

    assert named
    assert named <= {f"#/definitions/{name}" for name in DOCUMENT["definitions"]}


@pytest.mark.parametrize("operation", operations().values(), ids=lambda operation: operation.id)
def test_every_operation_is_there(operation: Any) -> None:
    path = operation.template.removeprefix(DOCUMENT["basePath"])
    item = DOCUMENT["paths"][path]
    described = item[operation.method.lower()]

    assert described["operationId"] == operation.id
    assert set(described["responses"]) == set(operation.spec["responses"])
    names = {parameter["name"] for parameter in (*item["parameters"], *described["parameters"])}
    assert set(re.findall(r"{(\w+)}", path)) <= names
    kinds = {parameter["in"] for parameter in described["parameters"]}
    assert ("requestBody" in operation.spec) is bool(kinds & {"body", "formData"})


def test_definitions_keep_limits_and_the_first_alternative() -> None:
    definitions = DOCUMENT["definitions"]
    seed = options_schema()["properties"]["seed"]

    assert definitions["TextToImageOptions"]["properties"]["seed"]["maximum"] == seed["maximum"]
    assert definitions["InputRequests"]["$ref"] == "#/definitions/InputRequest"
    assert definitions["InputOptionsUpdate"]["type"] == "array"
    assert definitions["Conversion"]["properties"]["options"] == {"type": "object"}
    assert "completed" in definitions["StatusCode"]["enum"]
    assert definitions["Job"]["properties"]["type"]["enum"] == ["job"]


def test_the_vendor_can_be_reached() -> None:
    """A legacy client of the vendor reads these two fields; SDKs find the rest."""
    for info in (load_document("openapi")["info"], DOCUMENT["info"]):
        assert info["termsOfService"].startswith("https://www.api2convert.com/")
        assert info["contact"]["email"].endswith("@api2convert.com")
        assert "vendor" in info["contact"]["name"]
