"""The journal: what an app did, in order, without its secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ControlError, Controller
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import runnable
from tests.servers import waiting

KEY, TOKEN, PASSWORD = headers().api_key[0], headers().job_token[0], headers().download_password[0]


def test_the_journal_tells_what_an_app_did(http: httpx.Client, control: Controller) -> None:
    job = http.post("/jobs", json={"process": False}).json()
    http.get(f"/jobs/{job['id']}", params={"x": "1"})
    http.get("/nowhere")
    first, second, third = control.journal()

    assert (first.method, first.path, first.operation, first.status) == ("POST", "/v2/jobs", "createJob", 201)
    assert first.body == '{"process":false}'
    assert first.headers["content-type"] == "application/json"
    assert (second.operation, second.query, second.status) == ("getJob", "x=1", 200)
    assert (third.path, third.operation, third.status) == ("/v2/nowhere", None, 404)
    assert first.number < second.number < third.number


def test_the_journal_can_be_asked(http: httpx.Client, control: Controller) -> None:
    for path in ("/jobs", "/statuses", "/presets", "/nowhere"):
        http.get(path)
    http.post("/jobs", json={})
    everything = control.journal()

    assert [each.path for each in control.journal(status=404)] == ["/v2/nowhere"]
    assert [each.method for each in control.journal(method="POST")] == ["POST"]
    assert len(control.journal(path="/v2/*s")) == 4
    assert control.journal(operation="listPresets") == [everything[2]]
    assert control.journal(after=everything[3].number) == everything[4:]
    assert control.journal(limit=2) == everything[3:]
    assert control.journal(kind="callback") == []
    control.reset("journal")
    assert control.journal() == []


def test_an_account_sees_its_own_entries_only(
    http: httpx.Client, control: Controller, web: httpx.Client, pixelpact: MockApi
) -> None:
    job = http.post("/jobs", json=runnable()).json()
    web.get(f"{http.base_url}jobs", headers={KEY: "somebody-else"})
    web.get(f"{http.base_url}jobs/{job['id']}", headers={TOKEN: job["token"]})
    uri = http.get(f"/jobs/{job['id']}").json()["output"][0]["uri"]
    web.get(uri)

    assert [each.operation for each in control.journal()] == [
        "createJob",
        "getJob",
        "getJob",
        "downloadOutput",
    ]
    accounts = {each.account for each in control.journal()}
    with Controller(pixelpact.server.url) as everybody:
        assert len(everybody.journal(account=accounts.pop())) == 4
        assert len(everybody.journal()) >= 5


SECRETS = {
    "the key": {"headers": {"X-Oc-Api-Key": "s3cret"}},
    "a token": {"headers": {TOKEN: "s3cret"}},
    "a password": {"headers": {PASSWORD: "s3cret"}},
    "a cookie": {"headers": {"Cookie": "x-oc-download-password=s3cret"}},
    "another scheme": {"headers": {"Authorization": "Bearer s3cret"}},
    "job passwords": {"json": {"download_passwords": ["s3cret"]}},
    "an option": {"json": runnable({"download_password": "s3cret"})},
    "credentials": {
        "json": {"input": [{"type": "cloud", "source": "ftp", "credentials": {"user": "s3cret"}}]}
    },
    "a query": {"params": {"api_key": "s3cret"}},
    "a callback": {"json": {"callback": "https://u:s3cret@app.example/?t=s3cret"}},
    "an escape": {"content": b'{"download\\u005fpasswords": ["s3cret"]}'},
    "broken JSON": {"content": b'{"download_passwords": ["s3cret"'},
    "a form": {"data": {"decrypt_password": "s3cret"}},
    "a file's form": {"files": {"file": b"x"}, "data": {"decrypt_password": "s3cret"}},
    "a proxy": {"headers": {"Proxy-Authorization": "Basic s3cret"}},
    "a key by another name": {"headers": {"X-Api-Key": "s3cret"}},
    "a token by another name": {"headers": {"X-Auth-Token": "s3cret"}},
    "a misspelt key": {"headers": {"X-Oc-Apikey": "s3cret"}},
    "a referer": {"headers": {"Referer": "https://u:s3cret@app.example/?t=s3cret"}},
    "a scheme in capitals": {"json": {"callback": "HTTPS://u:s3cret@app.example/?t=s3cret"}},
    "a URL of another kind": {"json": {"callback": "ftp://u:s3cret@app.example/"}},
    "a URL with escapes": {"content": b'{"callback": "https:\\/\\/u:s3cret@app.example"}'},
    "a long URL": {"json": {"callback": f"https://app.example/{'x' * 3000}?t=s3cret"}},
    "another encoding": {"content": '{"download_passwords": ["s3cret"]}'.encode("utf-16")},
    "a form with escapes": {"content": b"p%61ssword=s3cret"},
    "short names": {"json": {"pass": "s3cret", "pwd": "s3cret", "auth": "s3cret", "key": "s3cret"}},
    "names of clouds": {
        "json": {"accesskeyid": "s3cret", "private_key": "s3cret", "Authorization": "s3cret"}
    },
    "a signed query": {"params": {"sig": "s3cret"}},
    "a short query": {"params": {"pwd": "s3cret"}},
    "a long body": {"content": b'{"download_passwords": ["s3cret"], "x": "' + b"x" * 100_000 + b'"}'},
}


@pytest.mark.parametrize("sent", SECRETS.values(), ids=SECRETS)
def test_no_secret_enters_the_journal(pixelpact: MockApi, web: httpx.Client, sent: dict[str, Any]) -> None:
    url = f"{pixelpact.base_url}/jobs"
    web.post(url, **{**sent, "headers": {KEY: pixelpact.api_key, **sent.get("headers", {})}})
    with Controller(pixelpact.server.url) as everybody:
        (entry,) = everybody.journal(limit=1)

    assert (entry.method, entry.path) == ("POST", "/v2/jobs")
    assert entry.headers[KEY.lower()] == "********"
    assert "s3cret" not in repr(entry)
    assert pixelpact.api_key not in repr(entry)


def test_waiting_ends_as_soon_as_it_has_come(
    http: httpx.Client, control: Controller, pixelpact: MockApi
) -> None:
    http.get("/statuses")
    assert control.wait(operation="listStatuses").status == 200

    number = control.journal()[-1].number
    query = f"operation=createJob&status=201&after={number}&account={control.journal()[-1].account}"
    with waiting(pixelpact.server, query) as waiter:
        http.post("/jobs", content=b"{")
        http.post("/jobs", json={})
        head, _, body = waiter.recv(65536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    entry = json.loads(body)
    assert (entry["operation"], entry["status"]) == ("createJob", 201)
    assert [entry["number"]] == [each.number for each in control.journal(operation="createJob", status=201)]

    with pytest.raises(ControlError, match=r"Nothing that matches came within 0\.01 seconds"):
        control.wait(operation="cancelJob", timeout=0.01)


def test_a_prompt_that_sounds_like_a_secret_is_kept(http: httpx.Client, control: Controller) -> None:
    prompt = {"process": False, "callback": "https://app.example/mountain-pass"}
    http.post("/jobs", json=prompt)

    assert control.journal()[-1].body == '{"process":false,"callback":"https://app.example/mountain-pass"}'


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/jobs", {}, 400),
        ("POST", "/jobs", {KEY: "invalid"}, 401),
        ("PATCH", "/jobs/none", {}, 404),
        ("POST", "/nowhere", {}, 404),
        ("PUT", "/jobs", {}, 405),
        ("PATCH", "/jobs/{}", {}, 400),
    ],
)
def test_the_body_of_a_refused_request_is_kept_without_secrets(
    http: httpx.Client, pixelpact: MockApi, method: str, path: str, sent: dict[str, str], status: int
) -> None:
    job = http.post("/jobs", json={"process": False}).json()
    body = b'{"process": "true", "download_passwords": ["s3cret"]}'

    answer = http.request(method, path.format(job["id"]), content=body, headers=sent)

    with Controller(pixelpact.server.url) as everybody:
        (entry,) = everybody.journal(limit=1)
    assert (answer.status_code, entry.status, entry.method) == (status, status, method)
    assert entry.body == '{"process":"true","download_passwords":"********"}'


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (4096, lambda body: body),
        (4097, lambda body: f"{body[:4096]}… (4097 bytes)"),
        (65_536, lambda body: f"{body[:4096]}… (65536 bytes)"),
        (65_537, lambda _: "(65537 bytes)"),
    ],
    ids=["all", "one-more", "longest-read", "too-long"],
)
def test_the_beginning_of_a_body_is_kept(
    http: httpx.Client, control: Controller, size: int, kept: Callable[[str], str]
) -> None:
    body = '{"process": false' + " " * (size - 18) + "}"
    assert http.post("/jobs", content=body.encode()).status_code == 201

    assert control.journal()[-1].body == kept(body)
