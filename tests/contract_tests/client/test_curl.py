"""Requests are shown as lines that a shell understands, and no secret is shown at all."""

from __future__ import annotations

import json
import shlex
from typing import Any

import httpx
import pytest

from pixelpact.contract_tests.client.curl import curl, excerpt, masked_text
from pixelpact.schema import headers

SECRET = "secret-5417"
SECRET_HEADERS = {
    **dict.fromkeys(headers().api_key, "$API2CONVERT_API_KEY"),
    **dict.fromkeys(headers().job_token, "$JOB_TOKEN"),
    **dict.fromkeys(headers().download_password, "$DOWNLOAD_PASSWORD"),
    "Authorization": "$AUTHORIZATION",
    "Cookie": "$COOKIE",
}
#: Each secret field, with a value of its type.
SECRET_FIELDS = {
    "token": SECRET,
    "download_password": SECRET,
    "download_passwords": [SECRET, SECRET],
    "credentials": {"user": SECRET, "password": SECRET},
}
#: Where a field may be: in an object, below others, in a list of objects.
PLACES = {
    "at-the-top": lambda field: field,
    "nested": lambda field: {"conversion": {"options": field}},
    "in-a-list": lambda field: [{"input": [{"type": "remote"}, field]}],
}


def request(**given: Any) -> httpx.Request:
    return httpx.Request("POST", "http://127.0.0.1:1/v2/jobs", **given)


@pytest.mark.parametrize(("name", "placeholder"), SECRET_HEADERS.items(), ids=SECRET_HEADERS)
def test_the_name_of_a_variable_stands_for_each_secret_header(name: str, placeholder: str) -> None:
    line = curl(request(headers={name.upper(): SECRET}))

    assert f'-H "{name.lower()}: {placeholder}"' in line
    assert SECRET not in line


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("name", "value"), SECRET_FIELDS.items(), ids=SECRET_FIELDS)
def test_each_secret_field_is_masked_wherever_it_is(name: str, value: object, place: Any) -> None:
    body = place({name: value, "id": "1"})

    shown = masked_text(json.dumps(body).encode())

    assert json.loads(shown) == place({name: "***", "id": "1"})
    assert SECRET not in curl(request(json=body))


@pytest.mark.parametrize("nothing", ["", None, [], {}], ids=["text", "null", "list", "object"])
def test_a_secret_field_that_holds_nothing_shows_it(nothing: object) -> None:
    assert masked_text(json.dumps({"credentials": nothing}).encode()) == json.dumps({"credentials": nothing})


def test_user_and_password_of_a_url_are_not_shown() -> None:
    sent = httpx.Request("GET", f"http://staging:{SECRET}@127.0.0.1:1/v2/jobs?page=2")

    assert curl(sent) == "curl -i 'http://127.0.0.1:1/v2/jobs?page=2'"


def test_the_line_is_one_that_a_shell_understands() -> None:
    line = curl(request(headers={headers().api_key[0]: "key"}, json={"prompt": "It's a fox"}))

    words = shlex.split(line)
    assert words[:5] == ["curl", "-i", "-X", "POST", "http://127.0.0.1:1/v2/jobs"]
    assert "content-type: application/json" in words
    assert words[-2:] == ["--data-binary", '{"prompt": "It\'s a fox"}']


def test_headers_that_curl_sends_anyway_are_left_out() -> None:
    line = curl(request(headers={"User-Agent": "x", "Accept": "x", "Accept-Encoding": "x"}, json={}))

    assert shlex.split(line)[5:] == ["-H", "content-type: application/json", "--data-binary", "{}"]


def test_a_get_without_a_body_is_only_its_url() -> None:
    assert curl(httpx.Request("GET", "http://127.0.0.1:1/")) == "curl -i http://127.0.0.1:1/"


def test_a_body_that_is_sent_as_a_stream_is_left_out() -> None:
    assert "--data-binary" not in curl(request(content=iter([b"chunk"])))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\x00\xff" * 50, "<100 bytes>"),
        (b"only a text", "only a text"),
        ('{"prompt": "Bär"}'.encode(), '{"prompt": "Bär"}'),
        (b"[" * 100_000, "[" * 100_000),
    ],
    ids=["binary", "text", "letters", "too-deep"],
)
def test_a_body_is_shown_as_text_where_it_is_one(content: bytes, text: str) -> None:
    assert masked_text(content) == text


def test_only_what_is_longer_than_600_characters_is_cut() -> None:
    assert excerpt("y" * 600) == "y" * 600
    assert excerpt("y" * 601) == "y" * 600 + "... (601 characters)"
    assert curl(request(content=b"y" * 5000)).endswith("y... (5000 characters)'")
