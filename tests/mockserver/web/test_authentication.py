"""Keys, tokens, accounts and browsers."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers, operations

KEY, KEY_ALIAS = headers().api_key
TOKEN, TOKEN_ALIAS = headers().job_token
STAGED = {"process": False}


@pytest.mark.parametrize(
    "sent", [{}, {KEY: ""}, {KEY: "some-InVaLiD-key"}, {KEY_ALIAS: "invalid"}, {TOKEN: "x"}], ids=str
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/jobs"), ("GET", "/jobs"), ("GET", "/jobs/1")])
def test_without_a_good_key_nothing_goes(
    web: httpx.Client, pixelpact: MockApi, method: str, path: str, sent: dict[str, str]
) -> None:
    answer = web.request(method, pixelpact.base_url + path, headers=sent, json={})

    assert answer.status_code == 401
    assert answer.json()["message"] == "No API key or invalid API key given"
    assert "some-InVaLiD-key" not in answer.text


def test_a_key_in_the_query_or_as_a_bearer_is_no_key(web: httpx.Client, pixelpact: MockApi) -> None:
    url = f"{pixelpact.base_url}/jobs"

    assert web.get(url, params={"api_key": "k", KEY: "k"}).status_code == 401
    assert web.get(url, headers={"Authorization": "Bearer k"}).status_code == 401


def test_each_key_has_an_account_of_its_own(
    web: httpx.Client, pixelpact: MockApi, http: httpx.Client
) -> None:
    job = http.post("/jobs", json=STAGED).json()
    other = {KEY: f"{pixelpact.api_key}-other"}

    assert web.get(f"{pixelpact.base_url}/jobs/{job['id']}", headers=other).status_code == 404
    assert web.delete(f"{pixelpact.base_url}/jobs/{job['id']}", headers=other).status_code == 404
    assert web.get(f"{pixelpact.base_url}/jobs", headers=other).status_code == 204
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "incomplete"


@pytest.mark.parametrize("name", [TOKEN, TOKEN_ALIAS])
def test_a_token_opens_its_job_and_no_other(
    web: httpx.Client, pixelpact: MockApi, http: httpx.Client, name: str
) -> None:
    job, other = (http.post("/jobs", json=STAGED).json() for _ in range(2))
    token = {name: job["token"]}

    assert web.get(f"{pixelpact.base_url}/jobs/{job['id']}", headers=token).status_code == 200
    assert web.get(f"{pixelpact.base_url}/jobs/{other['id']}", headers=token).status_code == 401
    assert web.get(f"{pixelpact.base_url}/jobs/no-such-job", headers=token).status_code == 401
    assert [row["id"] for row in web.get(f"{pixelpact.base_url}/jobs", headers=token).json()] == [job["id"]]
    assert web.post(f"{pixelpact.base_url}/jobs", json={}, headers=token).status_code == 401


@pytest.mark.parametrize("credential", ["token", "key"])
def test_upload_server_takes_key_and_token(
    web: httpx.Client, pixelpact: MockApi, http: httpx.Client, credential: str
) -> None:
    job = http.post("/jobs", json=STAGED).json()
    sent = {TOKEN: job["token"]} if credential == "token" else {KEY: pixelpact.api_key}
    url = f"{job['server']}/upload-base64/{job['id']}"

    one = web.post(url, json={"content": "QSBmb3g=", "name": "fox.txt"}, headers=sent)
    several = web.post(url, json=[{"content": "QQ=="}, {"content": "Qg=="}], headers=sent)

    assert one.status_code == several.status_code == 200
    assert len(several.json()) == 2
    names = [row["filename"] for row in http.get(f"/jobs/{job['id']}").json()["input"]]
    assert names == ["fox.txt", "output", "output"]
    assert web.post(url, json={"content": "QQ=="}).status_code == 401


@pytest.mark.parametrize(("path", "rows"), [("/statuses", 9), ("/conversions", 50)])
def test_information_needs_no_key(web: httpx.Client, pixelpact: MockApi, path: str, rows: int) -> None:
    answer = web.get(pixelpact.base_url + path)

    assert answer.status_code == 200
    assert len(answer.json()) == rows


def test_a_closed_door_opens_to_listed_keys_only(serve: Callable[..., httpx.Client]) -> None:
    http = serve(api_keys=("a-key", "another"))

    assert http.post("/jobs", json={}).status_code == 201
    assert http.post("/jobs", json={}, headers={KEY: "third"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/statuses", 200),
        ("GET", "/jobs", 401),
        ("GET", "/nowhere", 404),
        ("PUT", "/jobs", 405),
        ("POST", "/jobs", 401),
    ],
)
def test_browsers_may_read_every_answer(
    web: httpx.Client, pixelpact: MockApi, method: str, path: str, status: int
) -> None:
    answer = web.request(method, pixelpact.base_url + path, headers={"Origin": "http://localhost:5173"})

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"X-Count", "Retry-After", "X-Request-Id"} <= set(exposed.split(", "))


@pytest.mark.parametrize("operation", operations().values(), ids=lambda operation: operation.id)
def test_preflight_needs_no_key(web: httpx.Client, pixelpact: MockApi, operation: object) -> None:
    asked = {
        "Origin": "http://localhost:5173",
        "Access-Control-Request-Method": operation.method,
        "Access-Control-Request-Headers": f"{KEY}, {TOKEN}, content-type",
    }
    url = pixelpact.server.url + re.sub(r"\{[^}]*\}", "1", operation.template)

    answer = web.options(url, headers=asked)

    assert answer.status_code == 200
    assert operation.method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {KEY.lower(), TOKEN.lower(), "content-type"} <= set(allowed)


def test_every_answer_has_an_id_of_its_own(web: httpx.Client, pixelpact: MockApi) -> None:
    ids = [web.get(f"{pixelpact.base_url}/statuses").headers["X-Request-Id"] for _ in range(3)]

    assert len(set(ids)) == 3


@pytest.mark.parametrize("key", ["scenario-server-error", "scenario-rate-limited--invalid"])
def test_a_key_that_is_refused_chooses_nothing(serve: Callable[..., httpx.Client], key: str) -> None:
    http = serve(api_keys=("good",))

    assert http.get("/jobs", headers={headers().api_key[0]: key}).status_code == 401
