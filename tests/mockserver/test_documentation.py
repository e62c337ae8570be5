"""The document of the API and the page that shows it; and that answers really are judged by it."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from pixelpact.mockserver import Mock, Settings
from pixelpact.mockserver.operations import HANDLERS
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import operations
from tests.conformance import Judged


def test_the_document_is_served_whole_and_valid(web: httpx.Client, pixelpact: MockApi) -> None:
    document = web.get(f"{pixelpact.server.url}/openapi.json").json()

    OpenAPIV31SpecValidator(document).validate()
    assert ".json" not in str(re.findall(r"'\$ref': '([^#'][^']*)'", str(document)))


def test_the_page_loads_nothing_from_elsewhere(web: httpx.Client, pixelpact: MockApi) -> None:
    page = web.get(f"{pixelpact.server.url}/docs")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["Content-Type"].startswith("text/html")
    assert not [link for link in links if link.startswith(("http", "//"))]
    for link in links:
        if not link.startswith("data:"):
            assert web.get(f"{pixelpact.server.url}/{link}").status_code == 200
    assert web.get(f"{pixelpact.server.url}/docs/../../etc/passwd").status_code == 404
    assert web.get(f"{pixelpact.server.url}/docs/passwd").status_code == 404


def test_every_operation_has_a_handler_and_the_other_way_round() -> None:
    assert set(HANDLERS) == set(operations())


@pytest.mark.parametrize(
    ("method", "path", "broken"),
    [
        ("GET", "/v2/statuses", {"listStatuses": b"{}"}),
        ("GET", "/v2/statuses", {"listStatuses": b"no json"}),
        ("GET", "/v2/conversions", {"listConversions": b'[{"id": 59}]'}),
    ],
)
def test_a_wrong_answer_is_found_by_the_judge(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, broken: dict[str, bytes]
) -> None:
    from starlette.responses import Response

    async def answer(*_: object) -> Response:
        return Response(next(iter(broken.values())), media_type="application/json")

    monkeypatch.setattr("pixelpact.mockserver.api.HANDLERS", {**HANDLERS, **dict.fromkeys(broken, answer)})
    wrong: list[str] = []
    reached: set[str] = set()

    async def ask() -> None:
        transport = httpx.ASGITransport(Judged(Mock(Settings()), wrong, reached))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            await client.request(method, path)

    asyncio.run(ask())

    assert len(wrong) >= 1
    assert reached == set(broken)


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
