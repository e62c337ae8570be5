"""Responses are checked against `openapi.json`: status, headers and body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pixelpact.schema import Operation, answer_violations, find_operation, load_document, operations

JSON = {"content-type": "application/json"}
STATUSES = json.dumps([{"code": "completed", "info": "done"}]).encode()


def found(operation: Operation, status: int, headers: dict[str, str], body: bytes) -> list[tuple[str, str]]:
    violations = answer_violations(operation, status=status, headers=headers, body=body)
    return [(str(violation.path[0]), violation.keyword) for violation in violations]


def test_a_status_that_is_not_documented_is_the_only_violation() -> None:
    assert found(operations()["listStatuses"], 418, {}, b"") == [("status", "enum")]
    assert found(operations()["listStatuses"], 404, {}, b"") == [("status", "enum")]


@pytest.mark.parametrize(
    ("headers", "body", "violation"),
    [
        ({"content-type": "text/html"}, STATUSES, ("content-type", "const")),
        ({}, STATUSES, ("content-type", "const")),
        (JSON, b"no json", ("body", "type")),
        (JSON, b"[{}]", ("0", "required")),
    ],
)
def test_a_wrong_body_is_a_violation(
    headers: dict[str, str], body: bytes, violation: tuple[str, str]
) -> None:
    assert violation in found(operations()["listStatuses"], 200, headers, body)


def test_a_content_type_may_have_parameters() -> None:
    headers = {"content-type": "application/json; charset=utf-8"}

    assert ("content-type", "const") not in found(operations()["listStatuses"], 200, headers, STATUSES)


def test_a_required_header_that_is_missing_is_a_violation() -> None:
    violation = ("X-Count", "required")

    assert violation in found(operations()["listJobs"], 200, JSON, b"[]")
    assert violation not in found(operations()["listJobs"], 200, {**JSON, "x-count": "0"}, b"[]")


def test_an_empty_response_has_no_body() -> None:
    assert ("body", "maxLength") in found(operations()["cancelJob"], 204, {}, b"{}")
    assert ("body", "maxLength") not in found(operations()["cancelJob"], 204, {}, b"")


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v2/jobs/1", "getJob"),
        ("GET", "/v2/jobs/a%2Fb", "getJob"),
        ("GET", "/v2/jobs/a/b", None),
        ("GET", "/v2/jobs/", None),
        ("PUT", "/v2/jobs/1", None),
    ],
)
def test_an_operation_is_found_by_method_and_path(method: str, path: str, operation: str | None) -> None:
    assert getattr(find_operation(method, path), "id", None) == operation


def test_a_response_may_not_show_what_only_requests_have() -> None:
    target = {"type": "ftp", "credentials": {}}
    shown = {
        "id": "5a1ba92f-7d2a-4f3c-8f42-0d5f4a1c2b3e",
        "target": "png",
        "options": {},
        "output_target": [target],
    }
    spec = operations()["getConversion"]

    def found_in(document: dict[str, object]) -> list[str]:
        body = json.dumps(document).encode()
        return [
            *map(str, answer_violations(spec, status=200, headers={**JSON, "x-request-id": "1"}, body=body))
        ]

    assert found_in(shown) == ["output_target[0].credentials must not be shown"]
    assert found_in({**shown, "output_target": [{"type": "ftp"}]}) == []


def test_these_fields_of_responses_are_for_requests_only() -> None:
    """A walk through the schemas of all responses; the judge of every test looks for them in answers."""
    seen = {
        path
        for operation in operations().values()
        for answer in operation.spec["responses"].values()
        for path in write_only(answer)
    }

    assert seen == {("OutputTarget", "credentials")}


def write_only(value: Any, name: str = "", walked: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Component and name of each property marked `writeOnly` in a part of `openapi.json`."""
    if isinstance(value, list):
        for item in value:
            yield from write_only(item, name, walked)
    if not isinstance(value, dict):
        return
    if "$ref" in value:
        kind, target = value["$ref"].split("/")[-2:]
        if target not in walked:
            part = load_document("openapi")["components"][kind][target]
            yield from write_only(part, target, (*walked, target))
    for key, item in value.items():
        if isinstance(item, dict) and item.get("writeOnly"):
            yield name, key
        yield from write_only(item, name, walked)
