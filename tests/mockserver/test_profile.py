"""Each entry of the ledger: the other answer changes what the server does, seen over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ManualClock, read_image
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


def with_preset(http: Client, **preset: Any) -> str:
    body = {"name": "mine", "target": "text-to-image", "options": preset}
    preset_id: str = http.post("/presets", json=body).json()["id"]
    return preset_id


def style_beside_preset(http: Client) -> str:
    preset = with_preset(http, style="anime")
    uri = finished(http, {"width": 64, "style": "artistic", "preset": preset})["output"][0]["uri"]
    return read_image(http.get(uri).content).style


def unknown_preset(http: Client) -> object:
    created = create(http, {"preset": "none"})
    if created.status_code == 400:
        return 400
    return len(http.get(f"/jobs/{created.json()['id']}").json()["warnings"])


def after(http: Client, clock: ManualClock, seconds: float) -> str:
    job = finished(http, {"width": 64})
    clock.advance(seconds)
    status: str = http.get(f"/jobs/{job['id']}").json()["output"][0]["status"]
    return status


def downloads(http: Client) -> list[int]:
    uri = finished(http, {"width": 64})["output"][0]["uri"]
    return [http.get(uri).status_code for _ in range(11)][-2:]


def gone(http: Client) -> int:
    job = finished(http, {"width": 64})
    http.delete(f"/jobs/{job['id']}/output/{job['output'][0]['id']}")
    return http.get(job["output"][0]["uri"]).status_code


def idempotent(http: Client, *bodies: dict[str, Any]) -> list[int]:
    return [http.post("/jobs", json=body, headers={"Idempotency-Key": "k"}).status_code for body in bodies]


def lapsed(http: Client, clock: ManualClock) -> bool:
    first = http.post("/jobs", json={}, headers={"Idempotency-Key": "k"}).json()["id"]
    clock.advance(7200)
    again: str = http.post("/jobs", json={}, headers={"Idempotency-Key": "k"}).json()["id"]
    return first == again


def read_canceled(http: Client) -> int:
    job = http.post("/jobs", json={}).json()
    http.delete(f"/jobs/{job['id']}")
    return http.get(f"/jobs/{job['id']}").status_code


def unknown_target(http: Client) -> object:
    created = http.post("/jobs", json={"conversion": [{"target": "nonsense"}], "input": [PROMPT]})
    if created.status_code == 400:
        return 400
    return http.get(f"/jobs/{created.json()['id']}").json()["status"]["code"]


def start_empty(http: Client) -> int:
    job = http.post("/jobs", json={"process": False}).json()
    return http.patch(f"/jobs/{job['id']}", json={"process": True}).status_code


def stats(http: Client) -> int:
    finished(http, {"width": 64})
    return len(http.get("/stats/year/2023/all").json())


def several(http: Client) -> int:
    return len(finished(http, {"width": 64}, input=[PROMPT, PROMPT])["output"])


#: For each entry: what is looked at, and what it is by default and by each other answer.
SEEN: dict[str, tuple[Callable[..., object], dict[str, object]]] = {
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
    "preset-precedence": (style_beside_preset, {"explicit": "artistic", "preset": "anime"}),
    "unknown-preset": (unknown_preset, {"warn": 1, "refuse": 400}),
    "output-retention": (
        lambda http, clock: after(http, clock, 7200),
        {"24-hours": "enabled", "1-hour": "expired"},
    ),
    "download-limit": (downloads, {"ten": [200, 404], "unlimited": [200, 200]}),
    "gone-output": (gone, {"404": 404, "410": 410}),
    "unlimited-credits": (lambda http: http.get("/contracts").status_code, {"large": 200, "none": 204}),
    "idempotency-conflict": (
        lambda http: idempotent(http, {}, {"process": False}),
        {"refuse": [201, 409], "first": [201, 201]},
    ),
    "idempotency-lifetime": (lapsed, {"24-hours": True, "1-hour": False}),
    "read-canceled": (read_canceled, {"200": 200, "404": 404}),
    "unknown-target": (unknown_target, {"refuse": 400, "fail": "failed"}),
    "numeric-text": (
        lambda http: create(http, {"seed": "7"}).status_code,
        {"refuse": 400, "convert": 201},
    ),
    "start-without-input": (start_empty, {"wait": 200, "refuse": 409}),
    "stats": (stats, {"rows": 1, "empty": 0}),
    "invalid-key": (
        lambda http: http.get("/jobs", headers={headers().api_key[0]: "invalid"}).status_code,
        {"401": 401, "403": 403},
    ),
    "several-results": (several, {"archive": 1, "files": 2}),
    "checksum": (
        lambda http: len(finished(http, {"width": 64})["output"][0]["checksum"]),
        {"md5": 32, "sha1": 40},
    ),
}


def looked_at(look: Callable[..., object], serve: Callable[..., Client], **settings: Any) -> object:
    clock = ManualClock()
    http = serve(clock=clock, **settings)
    return look(http, clock) if "clock" in signature(look).parameters else look(http)


def test_every_entry_is_looked_at() -> None:
    assert {entry: set(seen) for entry, (_, seen) in SEEN.items()} == {
        entry.id: set(entry.choices) for entry in ledger().values()
    }


@pytest.mark.parametrize(
    ("entry", "answer"), [(entry, answer) for entry, (_, seen) in SEEN.items() for answer in seen]
)
def test_the_server_does_as_its_profile_says(serve: Callable[..., Client], entry: str, answer: str) -> None:
    look, seen = SEEN[entry]

    assert looked_at(look, serve, answers={entry: answer}) == seen[answer]


@pytest.mark.parametrize("entry", SEEN)
def test_without_a_profile_it_does_as_the_ledger_says(serve: Callable[..., Client], entry: str) -> None:
    look, seen = SEEN[entry]

    assert looked_at(look, serve) == seen[ledger()[entry].default]
