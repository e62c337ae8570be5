"""Entries of the ledger about who may do what, and about the account."""

from __future__ import annotations

import httpx

from pixelpact.schema import headers
from tests.bodies import PROMPT
from tests.mockserver.looks import Looks, create, finished

Client = httpx.Client
KEY, TOKEN = headers().api_key[0], headers().job_token[0]


def foreign(http: Client) -> int:
    created = create(http).json()
    return http.get(f"/jobs/{created['id']}", headers={KEY: "other"}).status_code


def foreign_token(http: Client) -> int:
    first, second = (http.post("/jobs", json={}).json() for _ in range(2))
    return httpx.get(
        f"{http.base_url}jobs/{first['id']}", headers={TOKEN: second["token"]}, verify=False
    ).status_code


def presets(http: Client) -> int:
    body = {"name": "mine", "target": "png", "options": {}}
    return httpx.post(f"{http.base_url}presets", json=body, verify=False).status_code


def anonymous_upload(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    url = f"{job['server']}/upload-base64/{job['id']}"
    return httpx.post(url, json={"content": "QQ=="}, verify=False).status_code


def stats(http: Client) -> int:
    finished(http, {"width": 64})
    return len(http.get("/stats/year/2023/all").json())


def own_alias(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    sent = {"Content-Range": "bytes 0-4/10", headers().upload_uuid[0]: "a"}
    file = {"file": ("a.txt", b"A fox")}
    return http.post(f"{job['server']}/upload-file/{job['id']}", files=file, headers=sent).status_code


def costly(http: Client) -> int:
    """A job of two pictures, where one credit is left."""
    scenarios = f"{http.base_url.copy_with(path='/_pixelpact')}/scenarios"
    http.put(scenarios, json=[{"scenario": "out-of-credits", "credits": 1}])
    return create(http, input=[PROMPT, PROMPT]).status_code


def at_once(http: Client) -> list[int]:
    return [create(http).status_code for _ in range(6)][-2:]


LOOKS: Looks = {
    "foreign-job": (foreign, {"404": 404, "401": 401}),
    "foreign-token": (foreign_token, {"401": 401, "404": 404}),
    "presets-without-key": (presets, {"refuse": 401, "allow": 201}),
    "uploads-without-credentials": (anonymous_upload, {"refuse": 401, "allow": 200}),
    "own-header-aliases": (own_alias, {"both": 200, "vendor": 400}),
    "invalid-key": (
        lambda http: http.get("/jobs", headers={KEY: "invalid"}).status_code,
        {"401": 401, "403": 403},
    ),
    "unlimited-credits": (lambda http: http.get("/contracts").status_code, {"large": 200, "none": 204}),
    "overdraft": (costly, {"refuse": 402, "allow": 201}),
    "concurrent-jobs": (at_once, {"unlimited": [201, 201], "five": [201, 429]}),
    "contracts-shape": (lambda http: type(http.get("/contracts").json()), {"object": dict, "array": list}),
    "contract-unit": (
        lambda http: [name for name in http.get("/contracts").json() if name.endswith("_remaining")],
        {"credits": ["credits_remaining"], "minutes": ["minutes_remaining"]},
    ),
    "stats": (stats, {"rows": 1, "empty": 0}),
    "wrong-stats-date": (
        lambda http: http.get("/stats/month/2023-13/all").status_code,
        {"refuse": 400, "empty": 200},
    ),
}
