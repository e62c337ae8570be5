"""Downloads: bytes, names, counters, passwords, archives."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from urllib.parse import unquote

import httpx
import pytest
from PIL import Image

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import find_conversion, headers, ledger
from tests.bodies import PROMPT, finished, runnable

HEADER, ALIAS = headers().download_password
COOKIE = headers().download_password_cookie


def test_download_needs_no_key_and_is_what_the_output_says(web: httpx.Client, http: httpx.Client) -> None:
    (output,) = finished(http, runnable())["output"]

    download = web.get(output["uri"])

    assert download.status_code == 200
    assert download.headers["Content-Type"] == output["content_type"] == "image/png"
    assert download.headers["Content-Disposition"] == 'attachment; filename="prompt.png"'
    assert len(download.content) == output["size"]
    assert hashlib.md5(download.content).hexdigest() == output["checksum"]


def test_download_does_not_negotiate(web: httpx.Client, http: httpx.Client) -> None:
    (output,) = finished(http, runnable())["output"]

    answers = [web.get(output["uri"], headers={"Accept": accept}) for accept in ("application/json", "*/*")]

    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("extension", ledger()["picture-format"].choices)
@pytest.mark.parametrize(("width", "height"), [(64, 64), (65, 333), (1280, 720)])
def test_pictures_come_in_the_format_of_the_profile(
    serve: Callable[..., httpx.Client], extension: str, width: int, height: int
) -> None:
    http = serve(answers={"picture-format": extension})
    expected = find_conversion(extension)

    (output,) = finished(http, runnable({"width": width, "height": height}))["output"]
    download = http.get(output["uri"])

    assert expected is not None
    assert download.headers["Content-Type"] == output["content_type"] == expected.content_type
    assert output["filename"] == f"prompt.{extension}"
    assert (output["size"], output["checksum"]) == (
        len(download.content),
        hashlib.md5(download.content).hexdigest(),
    )
    with Image.open(io.BytesIO(download.content)) as picture:
        picture.load()
        assert picture.size == (width, height)
        assert picture.get_format_mimetype() == expected.content_type


@pytest.mark.parametrize("side", [64, 900], ids=["one piece", "several pieces"])
def test_download_as_base64(web: httpx.Client, http: httpx.Client, side: int) -> None:
    (output,) = finished(http, runnable({"width": side, "height": side}))["output"]

    text = web.get(output["uri"], params={"encoding": "base64"})

    assert base64.b64decode(text.text, validate=True) == web.get(output["uri"]).content
    assert text.headers["Content-Length"] == str(len(text.content))
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert web.get(output["uri"], params={"encoding": "rot13"}).status_code == 400


def test_counter_counts_downloads_but_no_head_and_no_refusal(web: httpx.Client, http: httpx.Client) -> None:
    job = finished(http, runnable({"download_password": "sesame"}))
    uri = job["output"][0]["uri"]

    for sent in ({}, {HEADER: "wrong"}, {HEADER: "sesame"}, {HEADER: "sesame"}):
        web.get(uri, headers=sent)
    head = web.head(uri, headers={HEADER: "sesame"})

    (output,) = http.get(f"/jobs/{job['id']}/output").json()
    assert output["downloads_counter"] == 2
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(output["size"]))


@pytest.mark.parametrize("where", ["conversion", "job"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 401),
        ({HEADER: ""}, 401),
        ({HEADER: "Sesame"}, 401),
        ({HEADER: "sesame"}, 200),
        ({ALIAS: "sesame"}, 200),
        ({HEADER: "wrong", ALIAS: "sesame"}, 200),
        ({HEADER: "wrong,  sesame ,other"}, 200),
        ({HEADER: "wrong;sesame"}, 401),
        ({"Cookie": f"{COOKIE}=sesame"}, 200),
        ({"Cookie": f'a=b; {COOKIE}="wrong,sesame"'}, 200),
        ({"Cookie": f"{COOKIE}=wrong", HEADER: "sesame"}, 200),
        ({"Cookie": "sesame"}, 401),
    ],
    ids=str,
)
def test_password_unlocks(
    web: httpx.Client, http: httpx.Client, where: str, sent: dict[str, str], status: int
) -> None:
    if where == "job":
        body = runnable(download_passwords=["first", "sesame"])
    else:
        body = runnable({"download_password": "sesame"})
    (output,) = finished(http, body)["output"]

    answer = web.get(output["uri"], headers=sent)

    assert answer.status_code == status
    assert web.head(output["uri"], headers=sent).status_code == status


def test_a_password_with_a_comma_is_tried_whole(web: httpx.Client, http: httpx.Client) -> None:
    (output,) = finished(http, runnable({"download_password": "a, b"}))["output"]

    assert web.get(output["uri"], headers={HEADER: "a, b"}).status_code == 200


def test_an_empty_password_protects_nothing(web: httpx.Client, http: httpx.Client) -> None:
    (output,) = finished(http, runnable({"download_password": ""}, download_passwords=[""]))["output"]

    assert web.get(output["uri"]).status_code == 200


def test_passwords_change_no_pixel_and_no_byte(http: httpx.Client) -> None:
    plain = finished(http, runnable())["output"][0]
    locked = finished(http, runnable({"download_password": "sesame"}, download_passwords=["other"]))[
        "output"
    ][0]

    assert plain["checksum"] == locked["checksum"]


def test_nothing_can_be_downloaded_before_the_end(web: httpx.Client, http: httpx.Client) -> None:
    job = http.post("/jobs", json=runnable()).json()

    assert web.get(f"{job['server']}/download-file/{job['id']}/prompt.png").status_code == 404


def test_several_pictures_come_as_one_archive(
    web: httpx.Client, http: httpx.Client, pixelpact: MockApi
) -> None:
    other = {"type": "base64", "source": "QSBjYXQ=", "filename": "prompt.txt"}
    job = finished(http, runnable(input=[PROMPT, other]))
    again = finished(http, runnable(input=[PROMPT, other]))

    (output,) = job["output"]
    archive = zipfile.ZipFile(io.BytesIO(web.get(output["uri"]).content))

    assert (output["filename"], output["content_type"]) == ("text-to-image.zip", "application/zip")
    assert archive.namelist() == ["prompt.png", "prompt-2.png"]
    assert [pixelpact.read_image(archive.read(name)).prompt for name in archive.namelist()] == [
        "A fox",
        "A cat",
    ]
    assert output["source"]["input"] == [each["id"] for each in job["input"]]
    assert output["checksum"] == again["output"][0]["checksum"]
    assert job["spent"] == 2


def test_a_name_in_any_script_is_given_in_both_ways(web: httpx.Client, http: httpx.Client) -> None:
    (output,) = finished(http, runnable(input=[{**PROMPT, "filename": "füchse 🦊.txt"}]))["output"]

    disposition = web.get(output["uri"]).headers["Content-Disposition"]

    assert output["filename"] == "füchse 🦊.png"
    assert 'filename="f?chse ?.png"' in disposition
    assert unquote(disposition.rpartition("''")[2]) == "füchse 🦊.png"


def test_many_at_once_get_the_same_picture(http: httpx.Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    job = http.post("/jobs", json=runnable({"width": 1500, "height": 1500})).json()
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: http.get(f"/jobs/{job['id']}").json(), range(8)))

    content = http.get(jobs[0]["output"][0]["uri"]).content
    assert [each["output"][0]["checksum"] for each in jobs] == [hashlib.md5(content).hexdigest()] * 8


@pytest.mark.parametrize(
    ("sent", "either", "header"),
    [
        ({"Cookie": f"{COOKIE}=sesame"}, 200, 200),
        ({"Cookie": f"{COOKIE}=wrong"}, 401, 401),
        ({"Cookie": f"{COOKIE}=sesame", HEADER: "wrong"}, 200, 401),
        ({"Cookie": f"{COOKIE}=sesame", ALIAS: "wrong"}, 200, 401),
        ({"Cookie": f"{COOKIE}=wrong", HEADER: "sesame"}, 200, 200),
        ({"Cookie": f"{COOKIE}=sesame", HEADER: ""}, 200, 200),
        ({"Cookie": f"{COOKIE}=sesame", HEADER: "sesame"}, 200, 200),
    ],
    ids=str,
)
def test_a_cookie_counts_beside_a_header_as_the_profile_says(
    http: httpx.Client, web: httpx.Client, pixelpact: MockApi, sent: dict[str, str], either: int, header: int
) -> None:
    seen = []
    for answer in ("either", "header"):
        pixelpact.control.set_profile({"password-cookie": answer})
        (output,) = finished(http, runnable({"download_password": "sesame"}))["output"]
        seen.append(web.get(output["uri"], headers=sent).status_code)

    assert seen == [either, header]
