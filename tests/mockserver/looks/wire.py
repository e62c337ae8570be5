"""Entries of the ledger about requests and answers as such: bodies, headers, fields, uploads."""

from __future__ import annotations

from typing import Any

import httpx

from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, runnable
from tests.mockserver.looks import Looks, create, finished

Client = httpx.Client


def upload(http: Client) -> httpx.Response:
    job = http.post("/jobs", json={}).json()
    body = {"content": "QQ==", "name": "mine.txt"}
    return http.post(f"{job['server']}/upload-base64/{job['id']}", json=body)


def uploaded_name(http: Client) -> str:
    job_id = upload(http).json()["id"]["job"]
    name: str = http.get(f"/jobs/{job_id}/input").json()[0]["filename"]
    return name


def limited(http: Client) -> str | None:
    key = {headers().api_key[0]: "scenario-concurrent-limit"}
    answers = [http.post("/jobs", json=runnable(), headers=key) for _ in range(2)]
    return answers[-1].headers.get("Retry-After")


def source_field(http: Client) -> list[str]:
    job = finished(http, SMALL, input=[{"type": "cloud", "source": "amazons3"}])
    return [name for name in job["errors"][0] if name.lower().startswith("id")]


def field_errors(http: Client) -> type:
    return type(create(http, {"seed": 0}).json()["errors"]["seed"])


def changed_parts(http: Client) -> list[int]:
    job = http.post("/jobs", json={}).json()
    parts: list[dict[str, Any]] = [{"conversion": []}, {"input": [PROMPT], "notify_status": True}]
    return [http.patch(f"/jobs/{job['id']}", json=part).status_code for part in parts]


def changed_by_one_object(http: Client) -> int:
    job = http.post("/jobs", json=runnable(process=False)).json()
    change = {"id": job["input"][0]["id"], "options": {"position": 1}}
    return http.patch(f"/jobs/{job['id']}/input", json=change).status_code


def local_sources(http: Client) -> list[str | None]:
    """What stands in the source of an upload and of a base64 input: `id` for the id of the input."""
    job_id = upload(http).json()["id"]["job"]
    http.post(f"/jobs/{job_id}/input", json=PROMPT)
    rows = http.get(f"/jobs/{job_id}/input").json()
    return ["id" if row.get("source") == row["id"] else row.get("source") for row in rows]


def cors(http: Client) -> str | None:
    answer = http.get("/statuses", headers={"Origin": "https://example.com"})
    return answer.headers.get("Access-Control-Allow-Origin")


LOOKS: Looks = {
    "empty-body": (lambda http: http.post("/jobs").status_code, {"refuse": 400, "no-content": 204}),
    "unknown-field": (
        lambda http: http.post("/jobs", json={"priority": 1}).status_code,
        {"ignore": 201, "refuse": 400},
    ),
    "update-parts": (changed_parts, {"ignore": [200, 200], "refuse": [400, 400]}),
    "inputs-one-object": (changed_by_one_object, {"accept": 200, "refuse": 400}),
    "local-source": (local_sources, {"identifier": ["id", "id"], "absent": [None, None]}),
    "remote-source": (
        lambda http: create(http, input=[{"type": "remote", "source": "fox.txt"}]).status_code,
        {"refuse": 400, "accept": 201},
    ),
    "upload-status": (lambda http: upload(http).status_code, {"200": 200, "201": 201}),
    "upload-answer": (lambda http: type(upload(http).json()["id"]), {"receipt": dict, "input": str}),
    "upload-name-synonym": (uploaded_name, {"taken": "mine.txt", "ignored": "output"}),
    "empty-catalogue": (
        lambda http: http.get("/conversions", params={"target": "nonsense"}).status_code,
        {"empty-list": 200, "no-content": 204},
    ),
    "listed-statuses": (lambda http: len(http.get("/statuses").json()), {"nine": 9, "seven": 7}),
    "request-ids": (
        lambda http: "X-Request-Id" in http.get("/statuses").headers,
        {"sent": True, "absent": False},
    ),
    "retry-after": (limited, {"sent": "1", "absent": None}),
    "wrong-method": (lambda http: http.put("/jobs").status_code, {"405": 405, "404": 404}),
    "error-texts": (field_errors, {"lists": list, "texts": str}),
    "error-codes": (lambda http: create(http, {"seed": 0}).json()["code"], {"status": 400, "zero": 0}),
    "error-fields": (
        lambda http: sorted(http.get("/jobs/none").json()),
        {"all": ["code", "errors", "message"], "message": ["message"]},
    ),
    "message-source-field": (source_field, {"id_source": ["id_source"], "idSource": ["idSource"]}),
    "timestamps": (
        lambda http: http.post("/jobs", json={}).json()["created_at"],
        {"plain": "2023-11-14T22:13:20", "zone": "2023-11-14T22:13:20Z"},
    ),
    "browsers": (cors, {"allow": "*", "deny": None}),
}
