"""Entries of the ledger about outputs and downloads."""

from __future__ import annotations

import httpx

from pixelpact.mockserver import ManualClock
from pixelpact.schema import headers
from tests.bodies import PROMPT
from tests.mockserver.looks import Looks, create, finished

Client = httpx.Client
PASSWORD, COOKIE = headers().download_password[0], headers().download_password_cookie


def locked(http: Client) -> int:
    job = finished(http, {"width": 64, "download_password": "sesame"})
    return http.get(job["output"][0]["uri"]).status_code


def with_list(http: Client) -> int:
    uri = finished(http, {"width": 64, "download_password": "sesame"})["output"][0]["uri"]
    return http.get(uri, headers={PASSWORD: "wrong, sesame"}).status_code


def with_both(http: Client) -> int:
    uri = finished(http, {"width": 64, "download_password": "sesame"})["output"][0]["uri"]
    return http.get(uri, headers={PASSWORD: "wrong", "Cookie": f"{COOKIE}=sesame"}).status_code


def empty_password(http: Client) -> int:
    return http.get(finished(http, {"width": 64, "download_password": ""})["output"][0]["uri"]).status_code


def after(http: Client, clock: ManualClock, seconds: float) -> str:
    job = finished(http, {"width": 64})
    clock.advance(seconds)
    status: str = http.get(f"/jobs/{job['id']}").json()["output"][0]["status"]
    return status


def downloads(http: Client) -> list[int]:
    uri = finished(http, {"width": 64})["output"][0]["uri"]
    return [http.get(uri).status_code for _ in range(11)][-2:]


def counted(http: Client) -> list[int]:
    """The counter after a HEAD, a refused GET and a refused HEAD."""
    job = finished(http, {"width": 64, "download_password": "sesame"})
    uri, counts = job["output"][0]["uri"], []
    for method, password in (("HEAD", "sesame"), ("GET", "wrong"), ("HEAD", "wrong")):
        http.request(method, uri, headers={PASSWORD: password})
        counts.append(http.get(f"/jobs/{job['id']}").json()["output"][0]["downloads_counter"])
    return counts


def gone(http: Client) -> int:
    job = finished(http, {"width": 64})
    http.delete(f"/jobs/{job['id']}/output/{job['output'][0]['id']}")
    return http.get(job["output"][0]["uri"]).status_code


def several(http: Client) -> int:
    return len(finished(http, {"width": 64}, input=[PROMPT, PROMPT])["output"])


def archive(http: Client) -> str:
    content_type: str = finished(http, {"width": 64}, input=[PROMPT, PROMPT])["output"][0]["content_type"]
    return content_type


def single(http: Client) -> str:
    content_type: str = finished(http, {"width": 64})["output"][0]["content_type"]
    return content_type


def begins(http: Client) -> bytes:
    return http.get(finished(http, {"width": 64})["output"][0]["uri"]).content[:2]


def unknown_encoding(http: Client) -> int:
    uri = finished(http, {"width": 64})["output"][0]["uri"]
    return http.get(uri, params={"encoding": "rot13"}).status_code


LOOKS: Looks = {
    "download-password-refused": (locked, {"401": 401, "403": 403}),
    "password-list": (with_list, {"trimmed": 200, "exact": 401}),
    "password-cookie": (with_both, {"either": 200, "header": 401}),
    "empty-password": (empty_password, {"nothing": 200, "everything": 401}),
    "output-retention": (
        lambda http, clock: after(http, clock, 7200),
        {"24-hours": "enabled", "1-hour": "expired"},
    ),
    "download-limit": (downloads, {"ten": [200, 404], "unlimited": [200, 200]}),
    "counted-downloads": (counted, {"get": [0, 0, 0], "head": [1, 1, 1], "refused": [0, 1, 1]}),
    "gone-status": (
        lambda http, clock: after(http, clock, 86_400),
        {"named": "expired", "disabled": "disabled"},
    ),
    "gone-output": (gone, {"404": 404, "410": 410}),
    "several-results": (several, {"archive": 1, "files": 2}),
    "archive-format": (archive, {"zip": "application/zip", "tar": "application/x-tar"}),
    "single-archived": (single, {"never": "image/png", "always": "application/zip"}),
    "picture-format": (begins, {"png": b"\x89P", "jpg": b"\xff\xd8", "webp": b"RI"}),
    "checksum": (
        lambda http: len(finished(http, {"width": 64})["output"][0]["checksum"]),
        {"md5": 32, "sha1": 40},
    ),
    "spent": (lambda http: finished(http, {"width": 64})["spent"], {"per-output": 1, "nothing": 0}),
    "output-name-field": (
        lambda http: [name for name in finished(http, {"width": 64})["output"][0] if "name" in name],
        {"filename": ["filename"], "name": ["name"]},
    ),
    "unknown-encoding": (unknown_encoding, {"refuse": 400, "ignore": 200}),
    "empty-objects": (
        lambda http: create(http).json()["conversion"][0]["metadata"],
        {"object": {}, "array": []},
    ),
}
