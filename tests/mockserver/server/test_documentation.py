"""The document of the API and the page that shows it; and that answers really are judged by it."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.responses import Response

from pixelpact.mockserver import Mock, Settings
from pixelpact.mockserver.handlers import HANDLERS
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import operations
from tests.conformance import Findings, Judged

JSON = "application/json"


def test_the_document_is_served_whole_and_valid(web: httpx.Client, pixelpact: MockApi) -> None:
    document = web.get(f"{pixelpact.server.url}/openapi.json").json()

    OpenAPIV31SpecValidator(document).validate()
    assert ".json" not in str(re.findall(r"'\$ref': '([^#'][^']*)'", str(document)))


def test_the_page_loads_nothing_from_elsewhere(web: httpx.Client, pixelpact: MockApi) -> None:
    page = web.get(f"{pixelpact.server.url}/docs")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["Content-Type"].startswith("text/html")
    files = [link for link in links if not link.startswith("data:")]
    assert len(files) >= 2
    assert [link for link in files if link.startswith(("http", "//"))] == []
    assert [web.get(f"{pixelpact.server.url}/{link}").status_code for link in files] == [200] * len(files)
    assert web.get(f"{pixelpact.server.url}/docs/../../etc/passwd").status_code == 404
    assert web.get(f"{pixelpact.server.url}/docs/passwd").status_code == 404


def test_every_operation_has_a_handler_and_the_other_way_round() -> None:
    assert set(HANDLERS) == set(operations())


ID = {"X-Request-Id": "1"}
NAMED = {**ID, "Content-Disposition": 'attachment; filename="a.png"'}


@pytest.mark.parametrize(
    ("method", "path", "answer", "says"),
    [
        ("GET", "/v2/statuses", Response(b"[]", media_type=JSON, headers=ID), None),
        ("GET", "/v2/statuses", Response(b"{}", media_type=JSON, headers=ID), "must be an array"),
        ("GET", "/v2/statuses", Response(b"no json", media_type=JSON, headers=ID), "must be JSON"),
        ("GET", "/v2/statuses", Response(b"[]", media_type="text/html", headers=ID), "content-type"),
        ("GET", "/v2/statuses", Response(b"[]", media_type=JSON), "X-Request-Id is required"),
        ("GET", "/v2/statuses", Response(status_code=418), "got 418"),
        ("POST", "/v2/jobs", Response(status_code=500), "a defect"),
        ("GET", "/v2/conversions", Response(b'[{"id": 59}]', media_type=JSON), "must be a string"),
        (
            "GET",
            "/v2/jobs",
            Response(b"[]", media_type=JSON, headers={**ID, "X-Count": "-1"}),
            "X-Count must",
        ),
        ("GET", "/v2/jobs", Response(b"[]", media_type=JSON, headers={**ID, "X-Count": "a"}), "X-Count must"),
        ("DELETE", "/v2/jobs/1", Response(b"gone", status_code=204, headers=ID), "must be empty"),
        ("HEAD", "/v2/dl/web2/download-file/1/a.png", Response(headers=NAMED), None),
        ("HEAD", "/v2/dl/web2/download-file/1/a.png", Response(headers=ID), "Content-Disposition"),
        ("GET", "/v2/nothing", Response(status_code=404), None),
        ("GET", "/v2/nothing", Response(b"here"), "without an operation"),
        ("PUT", "/v2/jobs", Response(b"here"), "without an operation"),
    ],
)
def test_a_wrong_answer_is_found_by_the_judge(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, answer: Response, says: str | None
) -> None:
    monkeypatch.setattr("tests.conformance.create_app", lambda _: answer)
    wrong = Findings()

    async def ask() -> None:
        transport = httpx.ASGITransport(Judged(Mock(Settings()), wrong, set()))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            await client.request(method, path)

    asyncio.run(ask())

    assert bool(wrong) is (says is not None)
    assert (says or "") in str(wrong)


EXAMPLES = {
    operation.id: content["example"]
    for operation in operations().values()
    for content in operation.spec.get("requestBody", {}).get("content", {}).values()
    if "example" in content
}


@pytest.mark.parametrize("operation", EXAMPLES)
def test_examples_of_the_document_are_taken(http: httpx.Client, operation: str) -> None:
    spec = operations()[operation]

    answer = http.request(spec.method, spec.url(), json=EXAMPLES[operation])

    assert answer.status_code == spec.success_status, answer.text
