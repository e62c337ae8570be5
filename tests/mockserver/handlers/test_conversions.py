"""Conversions of a job, and the catalogue of targets they can have."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import load_document
from tests.bodies import PROMPT, SMALL, finished, json_text

CONVERSION = {"target": "text-to-image", "options": SMALL}


def test_a_conversion_is_added_read_changed_and_removed(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"process": False, "input": [PROMPT]}).json()
    url = f"/jobs/{job['id']}/conversions"

    added = http.post(url, json={**CONVERSION, "metadata": {"note": "a"}})
    one = f"{url}/{added.json()['id']}"
    changed = http.patch(one, json={"options": {"seed": 8}, "metadata": []})

    assert added.status_code == 201
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "ready"
    expected = {**added.json(), "options": {"seed": 8}, "metadata": {}}
    assert json_text(changed.json()) == json_text(expected)
    assert http.get(one).json() == changed.json()
    assert http.get(url).json() == [changed.json()]
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == 404
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "incomplete"


def test_a_warning_names_the_conversion_that_was_changed(http: httpx.Client) -> None:
    job = http.post(
        "/jobs", json={"process": False, "conversion": [CONVERSION, CONVERSION], "input": [PROMPT]}
    ).json()
    second = job["conversion"][1]["id"]

    http.patch(f"/jobs/{job['id']}/conversions/{second}", json={"options": {"preset": "no-such-preset"}})
    http.patch(f"/jobs/{job['id']}", json={"process": True})

    warnings = http.get(f"/jobs/{job['id']}").json()["warnings"]
    assert [warning["id_source"] for warning in warnings] == [second]


def test_the_last_conversion_starts_the_job(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"input": [PROMPT]}).json()

    http.post(f"/jobs/{job['id']}/conversions", json=CONVERSION)

    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "completed"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"target": "text-to-image", "options": {"seed": 0}}, "seed"),
        ({"target": "nonsense"}, "target"),
        ({"target": "text-to-image", "category": "image"}, "category"),
        ({}, "target"),
    ],
)
def test_a_wrong_conversion_is_refused(
    http: httpx.Client, staged: dict[str, Any], asked: dict[str, Any], field: str
) -> None:
    answer = http.post(f"/jobs/{staged['id']}/conversions", json=asked)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


def test_changed_options_are_judged_and_then_drawn(
    http: httpx.Client, staged: dict[str, Any], pixelpact: MockApi
) -> None:
    url = f"/jobs/{staged['id']}/conversions/{staged['conversion'][0]['id']}"

    refused = http.patch(url, json={"options": {"width": 63}})
    http.patch(url, json={"options": {"width": 80}})
    http.patch(f"/jobs/{staged['id']}", json={"process": True})
    (output,) = http.get(f"/jobs/{staged['id']}/output").json()

    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"width"})
    assert pixelpact.read_image(http.get(output["uri"]).content).options == {"width": 80}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "conversions", CONVERSION),
        ("PATCH", "conversions/{conversion}", {"metadata": {}}),
        ("DELETE", "conversions/{conversion}", None),
        ("POST", "input", PROMPT),
        ("PATCH", "input", []),
        ("PATCH", "input/{input}", {"parameters": {}}),
        ("DELETE", "input/{input}", None),
    ],
)
def test_parts_of_a_started_job_stay(
    http: httpx.Client, done: dict[str, Any], method: str, path: str, body: object
) -> None:
    path = path.format(conversion=done["conversion"][0]["id"], input=done["input"][0]["id"])

    answer = http.request(method, f"/jobs/{done['id']}/{path}", json=body)

    assert answer.status_code == 409
    assert http.get(f"/jobs/{done['id']}").json() == done


@pytest.mark.parametrize(
    ("target", "category", "magic"),
    [
        ("png", None, b"\x89PNG"),
        ("jpg", "image", b"\xff\xd8\xff"),
        ("pdf", "document", b"%PDF-"),
        ("zip", "archive", b"PK\x03\x04"),
        ("aac", "audio", b"\xff\xf1"),
        ("thumbnail", "operation", b""),
        ("resize-image", "operation", b""),
        ("json", "metadata", b"{"),
    ],
)
def test_another_target_gives_a_file_of_its_type(
    http: httpx.Client, target: str, category: str | None, magic: bytes
) -> None:
    conversion = {"target": target, "options": {"width": 100}, **({"category": category} if category else {})}

    job = finished(
        http,
        {"conversion": [conversion], "input": [{"type": "remote", "source": "https://example.com/cat.bmp"}]},
    )

    assert job["status"]["code"] == "completed", job
    (output,) = job["output"]
    content = http.get(output["uri"]).content
    assert content.startswith(magic)
    assert len(content) == output["size"] > 0
    assert output["filename"].startswith("cat.")


def test_a_hash_is_the_hash_of_its_input(http: httpx.Client) -> None:
    job = finished(http, {"conversion": [{"target": "sha256", "category": "hash"}], "input": [PROMPT]})

    assert http.get(job["output"][0]["uri"]).text.strip() == hashlib.sha256(b"A fox").hexdigest()


def test_the_catalogue_pages_and_filters(web: httpx.Client, pixelpact: MockApi) -> None:
    url = f"{pixelpact.base_url}/conversions"
    pages = [web.get(url, params={"page": page}) for page in (1, 2, 3)]
    seen = [row for page in pages for row in page.json()]

    of_category = web.get(url, params={"category": "hash"}).json()
    of_both = web.get(url, params={"category": "video", "target": "gif"}).json()

    count = len(load_document("catalogue")["conversions"])
    assert [len(page.json()) for page in pages] == [50, count - 50, 0]
    assert [page.headers["X-Count"] for page in pages] == [str(count)] * 3
    assert len({row["id"] for row in seen}) == count
    assert of_category == [row for row in seen if row["category"] == "hash"] != []
    assert [(row["category"], row["target"]) for row in of_both] == [("video", "gif")]
    assert [row["category"] for row in web.get(url, params={"target": "gif"}).json()] == ["image", "video"]
