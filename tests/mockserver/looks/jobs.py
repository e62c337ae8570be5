"""Entries of the ledger about the life of jobs."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from pixelpact.mockserver import ManualClock
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL
from tests.mockserver.looks import Looks, create, finished, text

Client = httpx.Client


def cancel_ended(http: Client) -> int:
    return http.delete(f"/jobs/{finished(http, {'width': 64})['id']}").status_code


def cancel_running(http: Client) -> int:
    return http.delete(f"/jobs/{create(http).json()['id']}").status_code


def cancel_twice(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    return [http.delete(f"/jobs/{job['id']}").status_code for _ in range(2)][-1]


def restart(http: Client) -> int:
    created = create(http).json()
    return http.patch(f"/jobs/{created['id']}", json={"process": True}).status_code


def restart_ended(http: Client) -> int:
    job = finished(http, {"width": 64})
    return http.patch(f"/jobs/{job['id']}", json={"process": True}).status_code


def late_input(http: Client) -> int:
    return http.post(f"/jobs/{create(http).json()['id']}/input", json=PROMPT).status_code


def duplicate(http: Client) -> int:
    return http.post("/jobs", content=b'{"process": true, "process": false}').status_code


def start_empty(http: Client) -> int:
    job = http.post("/jobs", json={"process": False}).json()
    return http.patch(f"/jobs/{job['id']}", json={"process": True}).status_code


def read_canceled(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    http.delete(f"/jobs/{job['id']}")
    return http.get(f"/jobs/{job['id']}").status_code


def kept_jobs(http: Client, clock: ManualClock) -> int:
    job = finished(http, {"width": 64})
    clock.advance(86400)
    return http.get(f"/jobs/{job['id']}").status_code


def order(http: Client) -> list[bool]:
    first, second = (http.post("/jobs", json={}).json()["id"] for _ in range(2))
    return [each["id"] == first for each in http.get("/jobs").json()] if second else []


def scope(http: Client) -> int:
    finished(http, {"width": 64})
    http.post("/jobs", json={})
    return len(http.get("/jobs").json())


def page_past_end(http: Client) -> int:
    http.post("/jobs", json={})
    return http.get("/jobs", params={"page": 2}).status_code


def no_match(http: Client) -> int:
    http.post("/jobs", json={})
    return http.get("/jobs", params={"status": "completed"}).status_code


def fractional_page(http: Client) -> list[int]:
    http.post("/jobs", json={})
    return [http.get("/jobs", params={"page": page}).status_code for page in ("1.5", "1.0")]


def pages(http: Client) -> list[object]:
    """How many of 51 outputs are listed, and which listings say how many rows they have."""
    job = finished(http, {**SMALL, "allow_multiple_outputs": True}, input=[PROMPT] * 51)
    parts = ("output", "input", "conversions", "history", "threads")
    listings = [http.get(f"/jobs/{job['id']}/{part}") for part in parts] + [http.get("/presets")]
    return [len(listings[0].json()), {"X-Count" in each.headers for each in listings}]


def first_status(http: Client) -> str:
    remote = {"type": "remote", "source": "https://example.com/a.txt"}
    code: str = create(http, input=[remote]).json()["status"]["code"]
    return code


def running_word(http: Client) -> set[str]:
    """What is said of a job while it converts, in its history, and in the list of statuses."""
    listed = {row["code"] for row in http.get("/statuses").json()} & {"processing", "running"}
    code = create(http).json()["status"]["code"]
    (job,) = http.get("/jobs", params={"status": "completed"}).json()
    return {*listed, code, http.get(f"/jobs/{job['id']}/history").json()[0]["status"]}


def long_prompt(http: Client) -> list[str]:
    jobs = [finished(http, SMALL, input=[text("a" * length)]) for length in (2000, 2001)]
    return [job["status"]["code"] for job in jobs]


def base64_content(http: Client) -> int:
    return create(http, input=[{"type": "base64", "content": "QQ=="}]).status_code


def cloud_code(http: Client) -> int:
    job = finished(http, SMALL, input=[{"type": "cloud", "source": "amazons3"}])
    code: int = job["errors"][0]["code"]
    return code


def staged(http: Client) -> str:
    code: str = create(http, process=False).json()["status"]["code"]
    return code


def passed(http: Client) -> bool:
    job = finished(http, SMALL, input=[{"type": "remote", "source": "https://example.com/a.txt"}])
    return "queued" in [each["status"] for each in http.get(f"/jobs/{job['id']}/history").json()]


def history(http: Client) -> str:
    job = finished(http, SMALL)
    status: str = http.get(f"/jobs/{job['id']}/history").json()[0]["status"]
    return status


def threads(http: Client) -> int:
    return len(http.get(f"/jobs/{finished(http, SMALL)['id']}/threads").json())


def idempotent(http: Client, *bodies: dict[str, Any]) -> list[int]:
    return [http.post("/jobs", json=body, headers={"Idempotency-Key": "k"}).status_code for body in bodies]


def heeded(http: Client) -> bool:
    key = {"Idempotency-Key": "k"}
    first, again = (http.post("/jobs", json={}, headers=key).json()["id"] for _ in range(2))
    return bool(first == again)


def together(http: Client) -> list[object]:
    """A second request with the key of one whose body is still on its way: its status, is it the same job?"""
    address, key = (http.base_url.host, http.base_url.port), {"Idempotency-Key": "k"}
    head = f"POST {http.base_url.path}jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
    sent = {
        **key,
        "Expect": "100-continue",
        "Connection": "close",
        headers().api_key[0]: http.headers[headers().api_key[0]],
    }
    head += "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    with socket.create_connection(address, timeout=10) as first, ThreadPoolExecutor() as executor:
        first.sendall(f"{head}\r\n".encode())
        assert b"100 Continue" in first.recv(1000)  # it is being read
        second = executor.submit(http.post, "/jobs", json={}, headers=key)
        has_come(http, requests=2)
        first.sendall(b"{}")
        answered = json.loads(first.makefile("rb").read().partition(b"\r\n\r\n")[2])
        answer = second.result()
    return [answer.status_code, answer.json().get("id") == answered["id"]]


def has_come(http: Client, *, requests: int) -> None:
    """Wait until so many requests for a new job have come to a server that knows no others."""
    wait = http.base_url.copy_with(path="/_pixelpact/journal/wait")
    wanted = {"operation": "createJob", "after": requests - 1, "timeout": 10}
    assert http.get(wait, params=wanted, timeout=20).status_code == 200, "no second request has come"


def lapsed(http: Client, clock: ManualClock) -> bool:
    first = http.post("/jobs", json={}, headers={"Idempotency-Key": "k"}).json()["id"]
    clock.advance(7200)
    again: str = http.post("/jobs", json={}, headers={"Idempotency-Key": "k"}).json()["id"]
    return first == again


def outputs(http: Client, *inputs: dict[str, Any], conversions: int = 1) -> int:
    conversion = {"target": "text-to-image", "options": {**SMALL, "allow_multiple_outputs": True}}
    created = http.post(
        "/jobs", json={"conversion": [conversion] * conversions, "input": list(inputs)}
    ).json()
    return len(http.get(f"/jobs/{created['id']}").json()["output"])


def cloud(http: Client) -> str:
    source = {"type": "cloud", "source": "amazons3", "filename": "a.txt"}
    code: str = finished(http, SMALL, input=[source])["status"]["code"]
    return code


LOOKS: Looks = {
    "cancel-ended": (cancel_ended, {"refuse": 409, "ignore": 204}),
    "cancel-canceled": (cancel_twice, {"refuse": 409, "ignore": 204}),
    "cancel-running": (cancel_running, {"accept": 204, "refuse": 409}),
    "restart-running": (restart, {"ignore": 200, "refuse": 409}),
    "restart-ended": (restart_ended, {"refuse": 409, "ignore": 200}),
    "late-input": (late_input, {"409": 409, "400": 400}),
    "duplicate-keys": (duplicate, {"last": 201, "refuse": 400}),
    "start-without-input": (start_empty, {"wait": 200, "refuse": 409}),
    "read-canceled": (read_canceled, {"200": 200, "404": 404}),
    "job-retention": (kept_jobs, {"kept": 200, "24-hours": 404}),
    "empty-listing": (lambda http: http.get("/jobs").status_code, {"no-content": 204, "empty-list": 200}),
    "page-past-end": (page_past_end, {"empty-list": 200, "no-content": 204}),
    "no-match": (no_match, {"empty-list": 200, "no-content": 204}),
    "fractional-page": (fractional_page, {"refuse": [400, 200], "floor": [200, 200]}),
    "paged-listings": (pages, {"two": [51, {False}], "all": [50, {True}]}),
    "listing-order": (order, {"newest-first": [False, True], "oldest-first": [True, False]}),
    "listing-scope": (scope, {"all": 2, "active": 1}),
    "staged-status": (staged, {"ready": "ready", "incomplete": "incomplete"}),
    "pending-status": (first_status, {"skipped": "downloading", "shown": "pending"}),
    "processing-word": (running_word, {"processing": {"processing"}, "running": {"running"}}),
    "queued-status": (passed, {"shown": True, "skipped": False}),
    "history-order": (history, {"oldest-first": "processing", "newest-first": "completed"}),
    "threads-after": (threads, {"no": 0, "yes": 1}),
    "idempotency-conflict": (
        lambda http: idempotent(http, {}, {"process": False}),
        {"refuse": [201, 409], "first": [201, 201]},
    ),
    "idempotency-key": (heeded, {"heeded": True, "ignored": False}),
    "idempotency-concurrent": (together, {"wait": [201, True], "refuse": [409, False]}),
    "idempotency-lifetime": (lapsed, {"24-hours": True, "1-hour": False}),
    "prompt-limit": (long_prompt, {"none": ["completed"] * 2, "2000": ["completed", "failed"]}),
    "base64-field": (base64_content, {"source": 400, "content": 201}),
    "cloud-trouble": (cloud_code, {"99": 99, "17": 17}),
    "prompt-inputs": (
        lambda http: outputs(http, text("A fox"), {"type": "remote", "source": "https://example.com/a.png"}),
        {"texts": 1, "all": 2},
    ),
    "pictures-per-job": (lambda http: outputs(http, text("A"), text("B")), {"one-each": 2, "one": 1}),
    "conversions-times-inputs": (
        lambda http: outputs(http, text("A"), text("B"), conversions=2),
        {"product": 4, "pairs": 2},
    ),
    "cloud-without-credentials": (cloud, {"fail": "failed", "accept": "completed"}),
    "limits-field": (
        lambda http: http.post("/jobs", json={}).json().get("limits"),
        {"absent": None, "empty": {}},
    ),
}
