"""Presets: saved, filtered, private, applied."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers, load_document
from tests.bodies import PROMPT, finished, json_text


def test_a_preset_is_saved_read_changed_and_deleted(http: httpx.Client) -> None:
    created = http.post(
        "/presets", json={"name": "Mine", "target": "text-to-image", "options": {"style": "anime"}}
    )
    url = f"/presets/{created.json()['id']}"
    changed = http.patch(url, json={"name": "Ours", "options": {"seed": 7}})

    assert created.status_code == 201
    assert created.json()["scope"] == "private"
    assert created.json()["category"] == "operation"
    expected = {**created.json(), "name": "Ours", "options": {"seed": 7}}
    assert json_text(changed.json()) == json_text(expected)
    assert http.get(url).json() == changed.json()
    assert changed.json() in http.get("/presets").json()
    assert http.delete(url).status_code == 204
    assert http.get(url).status_code == http.delete(url).status_code == 404


def test_presets_are_filtered(http: httpx.Client) -> None:
    http.post("/presets", json={"name": "Mine", "target": "png", "options": {}})

    names = [
        preset["name"]
        for preset in http.get("/presets", params={"category": "video", "target": "mp4"}).json()
    ]
    found = [preset["name"] for preset in http.get("/presets", params={"filter": "comic, MINE"}).json()]

    assert names == ["Web video", "Mobile video"]
    assert found == ["Mine", "Comic panel"]


def test_public_presets_hide_their_options_and_need_no_key(web: httpx.Client, pixelpact: MockApi) -> None:
    presets = web.get(f"{pixelpact.base_url}/presets").json()

    known = load_document("presets")["presets"]
    assert [preset["id"] for preset in presets] == [preset["id"] for preset in known]
    assert [set(preset) for preset in presets] == [{"id", "name", "target", "category", "scope"}] * len(known)
    assert [preset["scope"] for preset in presets] == ["public"] * len(known)
    assert (
        web.get(f"{pixelpact.base_url}/presets", headers={headers().api_key[0]: "invalid"}).status_code == 401
    )


def test_private_presets_are_private(http: httpx.Client, web: httpx.Client, pixelpact: MockApi) -> None:
    preset = http.post("/presets", json={"name": "Mine", "target": "text-to-image", "options": {}}).json()
    other = {headers().api_key[0]: f"{pixelpact.api_key}-other"}

    assert web.get(f"{pixelpact.base_url}/presets/{preset['id']}", headers=other).status_code == 404
    assert preset["id"] not in web.get(f"{pixelpact.base_url}/presets", headers=other).text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "x", "target": "nonsense", "options": {}}, "target"),
        ({"name": "x", "target": "text-to-image", "options": {"seed": 0}}, "seed"),
        ({"name": "", "target": "text-to-image", "options": {}}, "name"),
        ({"target": "text-to-image", "options": {}}, "name"),
    ],
)
def test_a_wrong_preset_is_refused(http: httpx.Client, asked: dict[str, Any], field: str) -> None:
    answer = http.post("/presets", json=asked)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


def test_a_preset_applies_to_a_job_and_explicit_options_win(http: httpx.Client, pixelpact: MockApi) -> None:
    options = {"style": "anime", "width": 96, "num_inference_steps": 33}
    preset = http.post(
        "/presets", json={"name": "Mine", "target": "text-to-image", "options": options}
    ).json()

    job = finished(
        http,
        {
            "conversion": [{"target": "text-to-image", "options": {"preset": preset["id"], "width": 80}}],
            "input": [PROMPT],
        },
    )

    picture = pixelpact.read_image(http.get(job["output"][0]["uri"]).content)
    assert (picture.style, picture.width_px, picture.num_inference_steps) == ("anime", 80, 33)
    shown = job["conversion"][0]["options"]
    assert json_text(shown) == json_text({"preset": preset["id"], "width": 80})
    assert job["warnings"] == []


def test_a_preset_of_another_target_applies_as_well(http: httpx.Client) -> None:
    body = {"name": "Mine", "target": "png", "options": {"allow_multiple_outputs": True}}
    preset = http.post("/presets", json=body).json()

    jobs = [
        finished(
            http,
            {"conversion": [{"target": "png", "options": {"preset": each}}], "input": [PROMPT, PROMPT]},
        )
        for each in (preset["id"], "no-such-preset")
    ]

    assert [len(job["output"]) for job in jobs] == [2, 1]
    assert [len(job["warnings"]) for job in jobs] == [0, 1]


def test_a_preset_of_another_target_has_the_category_of_that(http: httpx.Client) -> None:
    body = {"name": "Mine", "target": "text-to-image", "options": {}}
    created = http.post("/presets", json=body).json()
    url = f"/presets/{created['id']}"

    changed = http.patch(url, json={"target": "png"}).json()

    assert changed == {**created, "target": "png", "category": "image"}
    assert http.get(url).json() == changed
    assert http.get("/presets", params={"category": "image"}).json() == [changed]
    assert created["id"] not in http.get("/presets", params={"category": "operation"}).text


def test_a_preset_keeps_a_category_that_is_not_the_first_of_its_target(http: httpx.Client) -> None:
    body = {"name": "Mine", "target": "gif", "category": "video", "options": {}}
    created = http.post("/presets", json=body).json()
    url = f"/presets/{created['id']}"

    assert created["category"] == "video"
    assert http.patch(url, json={"target": "gif"}).json() == created
    assert http.patch(url, json={"name": "Ours"}).json() == {**created, "name": "Ours"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"target": "nonsense"}, "target"), ({"options": {"seed": 0}}, "seed"), ({"name": ""}, "name")],
    ids=str,
)
def test_a_wrong_change_leaves_a_preset_alone(http: httpx.Client, asked: dict[str, Any], field: str) -> None:
    body = {"name": "Mine", "target": "text-to-image", "options": {"seed": 7}}
    created = http.post("/presets", json=body).json()

    refused = http.patch(f"/presets/{created['id']}", json={"name": "Ours", **asked})

    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {field}
    assert http.get(f"/presets/{created['id']}").json() == created
