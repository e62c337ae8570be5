"""Files that are sent in ways that can't be read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


@pytest.fixture
def job(http: httpx.Client) -> dict[str, Any]:
    created: dict[str, Any] = http.post("/jobs", json={"process": False}).json()
    return created


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"content": b"rubbish", "headers": {"Content-Type": "multipart/form-data"}}, "body"),
        ({"content": b"rubbish", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "body"),
        (
            {"content": b"--x\r\n\r\n--x--", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
            "body",
        ),
        (
            {
                "content": b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
                "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            },
            "body",
        ),
        (
            {
                "content": b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA fox',
                "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            },
            "file",
        ),
        ({"content": b"--\xff", "headers": {"Content-Type": b"multipart/form-data; boundary=\xff"}}, "file"),
        ({"data": {"file": "text"}, "files": {"other": ("a", b"a")}}, "file"),
        ({"files": [("file", ("a", b"a")), ("file", ("b", b"b"))]}, "body"),
        ({"data": {"file": "text"}}, "body"),
        ({"json": {"file": "text"}}, "body"),
    ],
    ids=[
        "no-boundary",
        "no-part",
        "empty-part",
        "no-name",
        "cut-off",
        "odd-boundary",
        "other-field",
        "two",
        "text",
        "json",
    ],
)
def test_a_broken_form_is_refused(
    http: httpx.Client, job: dict[str, Any], form: dict[str, Any], field: str
) -> None:
    answer = http.post(f"{job['server']}/upload-file/{job['id']}", **form)

    assert answer.status_code == 400, answer.text
    assert set(answer.json()["errors"]) == {field}
    assert http.get(f"/jobs/{job['id']}").json()["input"] == []


@pytest.mark.parametrize("content", ["not base64!", "QSBmb3g", "QSBm\nb3g=", "\u00e4"])
def test_broken_base64_is_refused(http: httpx.Client, job: dict[str, Any], content: str) -> None:
    url = f"{job['server']}/upload-base64/{job['id']}"

    one = http.post(url, json={"content": content})
    second = http.post(url, json=[{"content": "QSBmb3g="}, {"content": content}])

    assert (one.status_code, set(one.json()["errors"])) == (400, {"content"})
    assert (second.status_code, set(second.json()["errors"])) == (400, {"[1].content"})
    assert http.get(f"/jobs/{job['id']}").json()["input"] == []
