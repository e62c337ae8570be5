"""Each entry of the ledger: the other answer changes what the server does, seen over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import read_image
from pixelpact.schema import headers, ledger
from tests.bodies import PROMPT, runnable

Client = httpx.Client


def create(http: Client, options: dict[str, Any] | None = None, **job: Any) -> httpx.Response:
    return http.post("/jobs", json=runnable(options, **job))


def finished(http: Client, options: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
    body = {"conversion": [{"target": "text-to-image", "options": options or {}}], "input": [PROMPT], **job}
    created = http.post("/jobs", json=body).json()
    read: dict[str, Any] = http.get(f"/jobs/{created['id']}").json()
    return read


def size(http: Client, **options: Any) -> tuple[int, int]:
    picture = read_image(http.get(finished(http, options)["output"][0]["uri"]).content)
    return picture.width_px, picture.height_px


def settings(http: Client) -> tuple[int, str]:
    small = {"width": 64, "height": 64}
    picture = read_image(http.get(finished(http, small)["output"][0]["uri"]).content)
    return picture.num_inference_steps, picture.style


def cancel_ended(http: Client) -> int:
    return http.delete(f"/jobs/{finished(http, {'width': 64})['id']}").status_code


def restart(http: Client) -> int:
    created = create(http).json()
    return http.patch(f"/jobs/{created['id']}", json={"process": True}).status_code


def late_input(http: Client) -> int:
    return http.post(f"/jobs/{create(http).json()['id']}/input", json=PROMPT).status_code


def foreign(http: Client) -> int:
    created = create(http).json()
    return http.get(f"/jobs/{created['id']}", headers={headers().api_key[0]: "other"}).status_code


def locked(http: Client) -> int:
    job = finished(http, {"width": 64, "download_password": "sesame"})
    return http.get(job["output"][0]["uri"]).status_code


def upload(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    return http.post(f"{job['server']}/upload-base64/{job['id']}", json={"content": "QQ=="}).status_code


def duplicate(http: Client) -> int:
    return http.post("/jobs", content=b'{"process": true, "process": false}').status_code


def shown_options(http: Client) -> object:
    return (
        create(http, {"download_password": "sesame"})
        .json()["conversion"][0]["options"]
        .get("download_password")
    )


#: For each entry: what is looked at, and what it is by default and by each other answer.
SEEN: dict[str, tuple[Callable[[Client], object], dict[str, object]]] = {
    "default-size": (size, {"1024x1024": (1024, 1024), "512x512": (512, 512)}),
    "single-side": (lambda http: size(http, width=96), {"same": (96, 96), "default": (96, 1024)}),
    "fractional-pixels": (
        lambda http: size(http, width=64.5, height=99.75),
        {"floor": (64, 99), "round": (65, 100)},
    ),
    "ratio-sizes": (lambda http: size(http, aspect_ratio="16:9"), {"exact": (1280, 720), "half": (640, 360)}),
    "default-settings": (settings, {"balanced": (20, "generic"), "detailed": (30, "photorealistic")}),
    "empty-prompt": (
        lambda http: finished(http, {"width": 64}, input=[{"type": "base64", "source": "IA=="}])["status"][
            "code"
        ],
        {"fail": "failed", "accept": "completed"},
    ),
    "empty-body": (lambda http: http.post("/jobs").status_code, {"refuse": 400, "no-content": 204}),
    "invalid-request": (lambda http: create(http, {"seed": 0}).status_code, {"400": 400, "422": 422}),
    "unknown-option": (lambda http: create(http, {"sead": 1}).status_code, {"refuse": 400, "keep": 201}),
    "trailing-newline": (
        lambda http: (
            create(http, {"download_password": "a\n"}).status_code,
            create(http, {"download_password": "\n\n"}).status_code,
        ),
        {"refuse": (400, 400), "accept": (201, 400)},
    ),
    "integral-number": (lambda http: create(http, {"seed": 7.0}).status_code, {"accept": 201, "refuse": 400}),
    "duplicate-keys": (duplicate, {"last": 201, "refuse": 400}),
    "download-password-refused": (locked, {"401": 401, "403": 403}),
    "secret-options": (shown_options, {"removed": None, "masked": "********"}),
    "foreign-job": (foreign, {"404": 404, "401": 401}),
    "empty-listing": (lambda http: http.get("/jobs").status_code, {"no-content": 204, "empty-list": 200}),
    "cancel-ended": (cancel_ended, {"refuse": 409, "ignore": 204}),
    "restart-running": (restart, {"ignore": 200, "refuse": 409}),
    "late-input": (late_input, {"409": 409, "400": 400}),
    "upload-status": (upload, {"200": 200, "201": 201}),
    "spent": (lambda http: finished(http, {"width": 64})["spent"], {"per-output": 1, "nothing": 0}),
    "empty-objects": (
        lambda http: create(http).json()["conversion"][0]["metadata"],
        {"object": {}, "array": []},
    ),
    "checksum": (
        lambda http: len(finished(http, {"width": 64})["output"][0]["checksum"]),
        {"md5": 32, "sha1": 40},
    ),
}


def test_every_entry_is_looked_at() -> None:
    assert {entry: set(seen) for entry, (_, seen) in SEEN.items()} == {
        entry.id: set(entry.choices) for entry in ledger().values()
    }


@pytest.mark.parametrize(
    ("entry", "answer"), [(entry, answer) for entry, (_, seen) in SEEN.items() for answer in seen]
)
def test_the_server_does_as_its_profile_says(serve: Callable[..., Client], entry: str, answer: str) -> None:
    look, seen = SEEN[entry]

    assert look(serve(answers={entry: answer})) == seen[answer]


@pytest.mark.parametrize("entry", SEEN)
def test_without_a_profile_it_does_as_the_ledger_says(serve: Callable[..., Client], entry: str) -> None:
    look, seen = SEEN[entry]

    assert look(serve()) == seen[ledger()[entry].default]
