"""Check responses against `openapi.json`: their status, headers and body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pixelpact.schema.documents import JSONObject, load_document
from pixelpact.schema.operations import Operation, operations, operations_by_path
from pixelpact.schema.validation import document_validator, find_violations, validator
from pixelpact.schema.violations import Violation

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_JSON = "application/json"


def find_operation(method: str, path: str) -> Operation | None:
    """The operation of a request, or `None`; `path` is the whole path, percent-encoded.

    >>> find_operation("GET", "/v2/jobs/1").id, find_operation("HEAD", "/v2/jobs/1").method
    ('getJob', 'HEAD')
    """
    return next(
        (
            methods[method]
            for template, methods in operations_by_path().items()
            if method in methods and _matches(template, path)
        ),
        None,
    )


def answer_violations(
    operation: Operation, *, status: int, headers: Mapping[str, str], body: bytes
) -> list[Violation]:
    """Where a response to `operation` differs from the document; `[]` if it conforms.

    The names of `headers` are in lower case.

    >>> statuses = operations()["listStatuses"]
    >>> [str(found) for found in answer_violations(statuses, status=418, headers={}, body=b"")]
    ['status must be one of 200; got 418']
    """
    documented = _resolved(operation.spec["responses"])
    if str(status) not in documented:
        return [Violation(("status",), "enum", f"must be one of {', '.join(documented)}; got {status}")]
    found = list(_header_violations(operation.id, str(status), headers))
    if operation.method == "HEAD":  # the response has no body, whatever its headers say
        return found
    return found + _body_violations(operation.id, str(status), headers.get("content-type", ""), body)


def _header_violations(operation_id: str, status: str, headers: Mapping[str, str]) -> Iterator[Violation]:
    known = load_document("openapi")["components"]["headers"]
    response = _resolved(operations()[operation_id].spec["responses"])[status]
    for name, spec in response.get("headers", {}).items():
        spec = known[spec["$ref"].rsplit("/", 1)[-1]] if "$ref" in spec else spec
        text = headers.get(name.lower())
        if text is not None:
            value = int(text) if spec["schema"]["type"] == "integer" and text.isdecimal() else text
            for violation in find_violations(validator(spec["schema"]), value):
                yield Violation((name,), violation.keyword, violation.message)
        elif spec.get("required"):
            yield Violation((name,), "required", "is required")


def _body_violations(operation_id: str, status: str, content_type: str, body: bytes) -> list[Violation]:
    content = _resolved(operations()[operation_id].spec["responses"])[status].get("content")
    if content is None:
        return [Violation(("body",), "maxLength", "must be empty")] if body else []
    if _JSON not in content:
        return []
    if content_type.partition(";")[0] != _JSON:
        return [Violation(("content-type",), "const", f"must be {_JSON}, got {content_type}")]
    try:
        value = json.loads(body)
    except ValueError:
        return [Violation(("body",), "type", "must be JSON")]
    return find_violations(_body_validator(operation_id, status), value)


@cache
def _body_validator(operation_id: str, status: str) -> Validator:
    response = _resolved(operations()[operation_id].spec["responses"])[status]
    return document_validator(response["content"][_JSON]["schema"], is_response=True)


def _resolved(responses: JSONObject) -> dict[str, Any]:
    known = load_document("openapi")["components"]["responses"]
    return {
        status: known[response["$ref"].rsplit("/", 1)[-1]] if "$ref" in response else response
        for status, response in responses.items()
    }


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]*\}", "[^/]+", template))


def _matches(template: str, path: str) -> bool:
    return _pattern(template).fullmatch(path) is not None
