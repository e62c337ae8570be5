"""Responses are checked against `openapi.json`: status, headers and body."""

from __future__ import annotations

import json

import pytest

from pixelpact.schema import Operation, answer_violations, find_operation, operations

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
