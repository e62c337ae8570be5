"""The documents that clients and generators load below `/v2`."""

from __future__ import annotations

import httpx
import pytest

from pixelpact.mockserver import Controller
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers, swagger_document

KEY = headers().api_key[0]


def test_the_openapi_document_is_that_of_the_page(web: httpx.Client, pixelpact: MockApi) -> None:
    below, page = (web.get(f"{url}/openapi.json") for url in (pixelpact.base_url, pixelpact.server.url))

    assert below.json() == page.json()
    assert below.json()["openapi"].startswith("3.1")


def test_the_schema_is_swagger(web: httpx.Client, pixelpact: MockApi) -> None:
    answer = web.get(f"{pixelpact.base_url}/schema")

    assert answer.json() == swagger_document()
    assert (answer.json()["swagger"], answer.headers["Content-Type"]) == ("2.0", "application/json")


@pytest.mark.parametrize("path", ["/schema", "/openapi.json"])
@pytest.mark.parametrize(
    "sent", [{}, {KEY: "invalid-key"}, {KEY: ""}, {headers().job_token[0]: "none"}], ids=str
)
def test_no_key_is_looked_at(web: httpx.Client, pixelpact: MockApi, path: str, sent: dict[str, str]) -> None:
    answer = web.get(pixelpact.base_url + path, headers={**sent, "Origin": "http://localhost:5173"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["info"]["contact"]["email"]


def test_they_are_operations_like_all_others(http: httpx.Client, control: Controller) -> None:
    for path in ("/schema", "/openapi.json"):
        http.get(path)

    assert [entry.operation for entry in control.journal()] == ["getSchema", "getOpenapi"]
    assert http.post("/schema").headers["Allow"] == "GET, HEAD"
