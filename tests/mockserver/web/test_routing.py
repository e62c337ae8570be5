"""Paths: split before they are decoded, so that an encoded slash is part of a segment."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver import Controller, Mock, Settings, create_app
from pixelpact.mockserver.web.routing import Routes, encoded_segments, has_encoded_slash
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import operations
from tests.bodies import finished, runnable

ROUTES = Routes({"/jobs": "listing", "/jobs/{id}": "job", "/jobs/{id}/output": "outputs"})
#: Segments that a client may send in a URL, percent-encoded or not.
SEGMENTS = st.lists(
    st.sampled_from(["a", "jobs", "output", "%2F", "%2f", "%25", "%", "%zz", "%C3%A4", "%ff", "."])
)


def scope_of(raw: str, **fields: Any) -> dict[str, Any]:
    """The scope of a request for a path, as servers make it."""
    return {"path": unquote(raw), "raw_path": raw.encode(), **fields}


def find(scope: dict[str, Any]) -> object:
    """Target and parameters of the path of a request."""
    return ROUTES.find(scope["path"], encoded_segments(scope))


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("/jobs", ("listing", {})),
        ("/%6Aobs", ("listing", {})),
        ("/jobs/7", ("job", {"id": "7"})),
        ("/jobs%2F7", None),
        ("/jobs%2f7", None),
        ("%2Fjobs", None),
        ("/jobs/%2F", ("job", {"id": "/"})),
        ("/jobs/7%2Foutput", ("job", {"id": "7/output"})),
        ("/jobs/7%2F8/output", ("outputs", {"id": "7/8"})),
        ("/jobs/7%252F8", ("job", {"id": "7%2F8"})),
        ("/jobs/%", ("job", {"id": "%"})),
        ("/jobs/%zz%2", ("job", {"id": "%zz%2"})),
        ("/jobs/%ff", ("job", {"id": "\ufffd"})),
        ("/jobs/%C3%A4", ("job", {"id": "ä"})),
        ("/jobs/", None),
        ("/jobs/%20", ("job", {"id": " "})),
    ],
)
def test_a_path_is_split_before_it_is_decoded(raw: str, found: object) -> None:
    assert find(scope_of(raw)) == found


@pytest.mark.parametrize("fields", [{}, {"raw_path": None}, {"raw_path": b""}, {"raw_path": b"/v2/jobs%2F7"}])
def test_without_the_path_as_it_was_sent_the_decoded_one_counts(fields: dict[str, Any]) -> None:
    scope = {"path": "/jobs/7", **fields}

    assert find(scope) == ("job", {"id": "7"})
    assert not has_encoded_slash(scope)


def test_a_query_is_not_part_of_the_path() -> None:
    """Some transports leave it in `raw_path`."""
    scope = {"path": "/jobs/a/b", "raw_path": b"/jobs/a%2Fb?page=%2F"}

    assert find(scope) == ("job", {"id": "a/b"})


@given(st.lists(SEGMENTS.map("".join)))
def test_segments_are_those_between_slashes(segments: list[str]) -> None:
    raw = "/" + "/".join(segments)
    scope = scope_of(raw)
    found = encoded_segments(scope)

    assert found == (raw.split("/") if "%" in raw else ())
    assert has_encoded_slash(scope) is ("%2f" in raw.lower())


@pytest.mark.parametrize(
    "path", ["/jobs%2F{id}", "%2Fjobs/{id}", "/jobs/{id}%2Finput", "/jobs%2f{id}/output"]
)
def test_an_encoded_slash_separates_nothing(http: httpx.Client, control: Controller, path: str) -> None:
    job = finished(http, runnable())

    answer = http.get(str(http.base_url).rstrip("/") + path.format(id=job["id"]))

    assert answer.status_code == 404
    assert control.journal(method="GET")[-1].operation == ("getJob" if path.startswith("/jobs/") else None)


def test_a_path_that_there_is_not_is_named_as_it_was_sent(http: httpx.Client) -> None:
    assert http.get("/jobs%2F7").json()["message"] == "There is no path '/v2/jobs%2F7'"


@pytest.mark.parametrize(
    "path",
    ["/docs%2Fswagger-ui.css", "/_pixelpact%2Fclock", "/_pixelpact%2Fopenapi.json"],
)
def test_it_separates_nothing_on_pages_and_in_the_control_api(
    web: httpx.Client, pixelpact: MockApi, path: str
) -> None:
    assert web.get(pixelpact.server.url + path).status_code == 404


@pytest.mark.parametrize("name", ["a/b.png", "/", "../fox.png"])
def test_a_file_name_with_a_slash_is_one_segment(http: httpx.Client, control: Controller, name: str) -> None:
    job = finished(http, runnable())
    path = operations()["downloadOutput"].url(job_id=job["id"], file_name=name)

    answer = http.get(job["server"] + path)

    assert (answer.status_code, answer.json()["message"]) == (404, f"No file {name!r} can be downloaded")
    assert control.journal(path="/v2/dl/*")[-1].operation == "downloadOutput"


def test_paths_are_found_in_process_without_raw_path() -> None:
    """ASGI lets servers leave it out."""
    seen = []
    app = create_app(Mock(Settings()))

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        scope.pop("raw_path")
        await app(scope, receive, send)

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(bare), base_url="http://mock") as client:
            seen.extend([(await client.get(path)).status_code for path in ("/v2/statuses", "/v2/%73tatuses")])

    asyncio.run(ask())
    assert seen == [200, 200]
