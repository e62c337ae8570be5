"""HEAD: wherever GET works, with the same status and headers, without a body and without effects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller, Mock, Settings, create_app
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers, operations
from tests.bodies import finished, runnable
from tests.mockserver.urls import url_of, url_of_existing

READS = [operation for operation in operations().values() if operation.method == "GET"]
#: Headers that differ from response to response.
OWN = ("date", headers().request_id.lower())


def head_of(answer: httpx.Response) -> dict[str, Any]:
    """Status and headers of a response, but for those that no two responses share."""
    return {
        "status": answer.status_code,
        **{name: value for name, value in answer.headers.items() if name not in OWN},
    }


def assert_agree(client: httpx.Client, url: str, **request: Any) -> httpx.Response:
    """Assert that HEAD says what GET, sent before and after it, says; the response to GET."""
    before, head, after = (client.request(method, url, **request) for method in ("GET", "HEAD", "GET"))
    assert head_of(head) == head_of(before) == head_of(after)
    assert head.content == b""
    return after


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_head_and_get_agree(http: httpx.Client, operation: Any) -> None:
    assert assert_agree(http, url_of_existing(operation, http)).status_code == 200


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_head_and_get_agree_on_what_does_not_exist(http: httpx.Client, operation: Any) -> None:
    assert_agree(http, url_of(operation, http, "no-such-job"))


@pytest.mark.parametrize("encoding", ["base64", "rot13", ""])
@pytest.mark.parametrize("side", [64, 65, 66], ids="{} px".format)
def test_head_and_get_agree_on_downloads_in_any_encoding(
    http: httpx.Client, encoding: str, side: int
) -> None:
    (output,) = finished(http, runnable({"width": side}))["output"]

    answer = assert_agree(http, output["uri"], params={"encoding": encoding})

    assert answer.status_code == (200 if encoding == "base64" else 400)
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("password", [None, "wrong", "sesame"])
def test_head_and_get_agree_on_protected_downloads(http: httpx.Client, password: str | None) -> None:
    (output,) = finished(http, runnable({"download_password": "sesame"}))["output"]
    sent = {} if password is None else {headers().download_password[0]: password}

    answer = assert_agree(http, output["uri"], headers=sent)

    assert answer.status_code == (200 if password == "sesame" else 401)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v2/statuses", 200), ("/v2/jobs", 401), ("/v2/nowhere", 404), ("/v2/contracts", 401)],
)
def test_head_and_get_agree_without_a_key(
    web: httpx.Client, pixelpact: MockApi, path: str, status: int
) -> None:
    assert assert_agree(web, pixelpact.server.url + path).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/openapi.json", 200),
        ("/docs", 200),
        ("/docs/swagger-ui.css", 200),
        ("/docs/none", 404),
        ("/_pixelpact/openapi.json", 200),
        ("/_pixelpact/profile", 200),
        ("/_pixelpact/none", 404),
    ],
)
def test_head_and_get_agree_on_pages_and_the_control_api(
    web: httpx.Client, pixelpact: MockApi, path: str, status: int
) -> None:
    assert assert_agree(web, pixelpact.server.url + path).status_code == status


def test_an_account_without_jobs_has_none_for_head_either(http: httpx.Client) -> None:
    assert assert_agree(http, "/jobs").status_code == 204


@pytest.mark.parametrize("part", ["", "/output"])
def test_head_does_not_count_as_a_read(serve: Callable[..., httpx.Client], part: str) -> None:
    http = serve(pace="polls=2")
    job = http.post("/jobs", json=runnable()).json()

    for _ in range(3):
        assert http.head(f"/jobs/{job['id']}{part}").status_code == 200
        assert http.head("/jobs").headers["X-Count"] == "1"

    codes = [http.get(f"/jobs/{job['id']}").json()["status"]["code"] for _ in range(2)]
    assert codes == ["processing", "completed"]


def test_head_does_not_count_as_a_download(http: httpx.Client) -> None:
    job = finished(http, runnable())

    for encoding in ({}, {"encoding": "base64"}):
        assert http.head(job["output"][0]["uri"], params=encoding).status_code == 200

    (output,) = http.get(f"/jobs/{job['id']}/output").json()
    assert output["downloads_counter"] == 0


def test_the_journal_tells_head_by_its_method(http: httpx.Client, control: Controller) -> None:
    http.head("/statuses")
    http.head(finished(http, runnable())["output"][0]["uri"])

    heads = control.journal(method="HEAD")

    assert [(entry.operation, entry.path.startswith("/v2/"), entry.status) for entry in heads] == [
        ("listStatuses", True, 200),
        ("headOutput", True, 200),
    ]


@pytest.mark.undocumented
def test_a_scenario_about_get_leaves_head_alone(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "server-error", "method": "GET"})

    assert [http.head("/statuses").status_code, http.get("/statuses").status_code] == [200, 500]


@pytest.mark.undocumented
def test_damage_waits_for_a_response_with_a_body(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "broken-json", "times": 1})

    whole, broken = http.head("/statuses"), http.get("/statuses")

    assert int(whole.headers["Content-Length"]) > int(broken.headers["Content-Length"])


@pytest.mark.parametrize("path", ["/v2/statuses", "/v2/jobs", "/v2/nowhere", "/_pixelpact/profile"])
def test_the_application_itself_sends_no_body(path: str) -> None:
    """Whatever server runs it: not all of them drop the body of a response to HEAD."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "HEAD",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "server": ("localhost", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(create_app(Mock(Settings()))(scope, receive, send))

    assert b"".join(message.get("body", b"") for message in sent) == b""
    assert dict(sent[0]["headers"])[b"content-length"] != b"0"
