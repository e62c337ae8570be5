"""Entries of the ledger about pictures, options and other conversions."""

from __future__ import annotations

from typing import Any

import httpx

from pixelpact.mockserver import read_image
from tests.bodies import PROMPT, SMALL
from tests.mockserver.looks import Looks, create, finished, size

Client = httpx.Client


def settings(http: Client) -> tuple[int, str]:
    small = {"width": 64, "height": 64}
    picture = read_image(http.get(finished(http, small)["output"][0]["uri"]).content)
    return picture.num_inference_steps, picture.style


def empty_prompt(http: Client) -> str:
    nothing = {"type": "base64", "source": "IA=="}
    code: str = finished(http, {"width": 64}, input=[nothing])["status"]["code"]
    return code


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


def public_preset(http: Client) -> int:
    body = {"name": "mine", "target": "text-to-image", "scope": "public", "options": {}}
    return http.post("/presets", json=body).status_code


def unscoped_preset(http: Client) -> int:
    body = {"name": "mine", "target": "text-to-image", "options": {}}
    return http.post("/presets", json=body).status_code


def defaults(http: Client) -> list[str]:
    return sorted(create(http).json()["conversion"][0]["options"])


def seed_words(http: Client) -> list[str]:
    (row,) = http.get("/conversions", params={"target": "text-to-image"}).json()
    return [name for name in row["options"]["seed"] if name.startswith(("min", "max"))]


def unknown_target(http: Client) -> object:
    created = http.post("/jobs", json={"conversion": [{"target": "nonsense"}], "input": [PROMPT]})
    if created.status_code == 400:
        return 400
    return http.get(f"/jobs/{created.json()['id']}").json()["status"]["code"]


def shown_options(http: Client) -> object:
    created = create(http, {"download_password": "sesame"}).json()
    return created["conversion"][0]["options"].get("download_password")


def repeats(http: Client) -> bool:
    first, second = (http.get(finished(http, SMALL)["output"][0]["uri"]).content for _ in range(2))
    return first == second


def long_text(http: Client) -> int:
    return create(http, {"preset": "ä" * 200}).status_code


def number_text(http: Client) -> int:
    body = '{"conversion": [{"target": "text-to-image", "options": {"num_inference_steps": 60.000000000000001}}]}'
    return http.post("/jobs", content=body).status_code


LOOKS: Looks = {
    "default-size": (size, {"1024x1024": (1024, 1024), "512x512": (512, 512)}),
    "single-side": (lambda http: size(http, width=96), {"same": (96, 96), "default": (96, 1024)}),
    "fractional-pixels": (
        lambda http: size(http, width=64.5, height=99.75),
        {"floor": (64, 99), "round": (65, 100)},
    ),
    "ratio-sizes": (lambda http: size(http, aspect_ratio="16:9"), {"exact": (1280, 720), "half": (640, 360)}),
    "default-settings": (settings, {"balanced": (20, "generic"), "detailed": (30, "photorealistic")}),
    "shown-defaults": (
        defaults,
        {
            "none": ["height", "seed", "width"],
            "all": ["cfg_scale", "height", "num_inference_steps", "seed", "style", "width"],
        },
    ),
    "empty-prompt": (empty_prompt, {"fail": "failed", "accept": "completed"}),
    "invalid-request": (lambda http: create(http, {"seed": 0}).status_code, {"400": 400, "422": 422}),
    "unknown-option": (lambda http: create(http, {"sead": 1}).status_code, {"refuse": 400, "keep": 201}),
    "trailing-newline": (
        lambda http: [create(http, {"download_password": given}).status_code for given in ("a\n", "\n\n")],
        {"refuse": [400, 400], "accept": [201, 400]},
    ),
    "integral-number": (lambda http: create(http, {"seed": 7.0}).status_code, {"accept": 201, "refuse": 400}),
    "numeric-text": (lambda http: create(http, {"seed": "7"}).status_code, {"refuse": 400, "convert": 201}),
    "number-texts": (number_text, {"double": 201, "decimal": 400}),
    "text-length": (long_text, {"code-points": 201, "bytes": 400}),
    "ratio-with-style": (
        lambda http: create(http, {"aspect_ratio": "21:9", "style": "anime"}).status_code,
        {"none": 201, "wide-anime": 400},
    ),
    "secret-options": (shown_options, {"removed": None, "masked": "********"}),
    "preset-precedence": (style_beside_preset, {"explicit": "artistic", "preset": "anime"}),
    "unknown-preset": (unknown_preset, {"warn": 1, "refuse": 400}),
    "omitted-scope": (unscoped_preset, {"private": 201, "refuse": 400}),
    "limit-words": (seed_words, {"documented": ["minimum", "maximum"], "short": ["min", "max"]}),
    "public-scope": (public_preset, {"private": 201, "refuse": 400}),
    "unknown-target": (unknown_target, {"refuse": 400, "fail": "failed"}),
    "omitted-category": (lambda http: create(http).status_code, {"infer": 201, "refuse": 400}),
    "seed-repeats": (repeats, {"always": True, "never": False}),
}
