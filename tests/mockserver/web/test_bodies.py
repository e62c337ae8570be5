"""Bad input on every route: the documented status with `{"code", "message", "errors"}`, never a 500."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import (
    Operation,
    component_validator,
    find_violations,
    headers,
    operations,
    operations_by_path,
)
from tests.bodies import PROMPT, finished, runnable
from tests.mockserver.urls import PARAMETERS, url_of, url_of_existing

WITH_BODY = [op for op in operations().values() if "requestBody" in op.spec]
JSON_BODY = [op for op in WITH_BODY if "application/json" in op.spec["requestBody"]["content"]]
WITH_JOB = [op for op in operations().values() if "{job_id}" in op.path]
UNKNOWN = [
    "no-such-job",
    "00000000-0000-4000-8000-000000000000",
    "%2e%2e",
    "a/b",
    "\u00e4\U0001f98a",
    "x" * 5000,
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]

RUBBISH = {
    "empty": b"",
    "white-space": b" \n",
    "truncated": b'{"process": fal',
    "trailing-comma": b"[1,]",
    "nan": b'{"process": NaN}',
    "huge-number": b'{"input": [{"source": 1e400}]}',
    "long-integer": b'{"seed": ' + b"9" * 5001 + b"}",
    "bom": b"\xef\xbb\xbf{}",
    "utf-16": '{"process": true}'.encode("utf-16"),
    "broken-utf-8": b'{"callback": "\xff"}',
    "lone-surrogate": b'{"callback": "\\ud800"}',
    "deep-array": b"[" * 100_000 + b"]" * 100_000,
    "deep-metadata": b'{"conversion": [{"target": "text-to-image", "metadata": '
    + b'{"a":' * 200
    + b"1"
    + b"}" * 200
    + b"}]}",
    "null": b"null",
    "number": b"5",
    "text": b'"text"',
    "true": b"true",
    "array-of-numbers": b"[1, 2]",
    "nul-bytes": b"\x00" * 1000,
}
WRONG_FIELDS = [
    {"process": "true"},
    {"conversion": {"target": "text-to-image"}},
    {"conversion": ["text-to-image"]},
    {"conversion": [{"target": 5}]},
    {"conversion": [{"target": ""}]},
    {"conversion": [{"target": "text-to-image", "category": "image"}]},
    {"conversion": [{"target": "text-to-image", "options": [1]}]},
    {"conversion": [{"target": "text-to-image", "options": "seed=7"}]},
    {"conversion": [{"target": "text-to-image", "options": None}]},
    {"input": "https://example.com"},
    {"input": [{"type": "remote", "source": "file:///etc/passwd"}]},
    {"input": [{"type": "base64", "source": "not base64!"}]},
    {"input": [{"type": "upload", "source": "x"}]},
    {"input": [{"source": "https://example.com", "options": 5}]},
    {"download_passwords": ["\u00e4"]},
    {"download_passwords": "secret"},
    {"callback": 5},
    {"limits": 5},
]


#: Valid JSON that is not an object, nor an array of objects.
NO_OBJECTS = {"null", "number", "text", "true", "array-of-numbers"}
#: Operations that take an array of objects.
TAKE_ARRAYS = {"addInput", "updateInputs", "uploadBase64"}


def fields_of(operation: Operation, rubbish: str) -> set[str]:
    """The fields that a refusal of rubbish names: none where it is not JSON."""
    if "multipart/form-data" in operation.spec["requestBody"]["content"]:
        return {"body"}
    if rubbish == "array-of-numbers" and operation.id in TAKE_ARRAYS:
        return {"[0]", "[1]"}
    return {"body"} if rubbish in NO_OBJECTS else set()


def assert_refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/json"
    assert find_violations(component_validator("Error"), answer.json()) == []
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"]


@pytest.fixture
def job(http: httpx.Client) -> dict[str, Any]:
    created: dict[str, Any] = http.post("/jobs", json={"process": False}).json()
    return created


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
def test_rubbish_is_refused(http: httpx.Client, operation: Operation, rubbish: str) -> None:
    url = url_of_existing(operation, http)

    answer = http.request(operation.method, url, content=RUBBISH[rubbish])

    assert_refused(answer, 400)
    assert set(answer.json()["errors"]) == fields_of(operation, rubbish)


@pytest.mark.parametrize("operation", operations().values(), ids=lambda operation: operation.id)
def test_ten_megabytes_of_rubbish_are_refused_where_a_body_is_read(
    http: httpx.Client, operation: Operation
) -> None:
    url = url_of_existing(operation, http)

    answer = http.request(operation.method, url, content=b"\xff" * 10_000_000)

    assert answer.status_code == (400 if operation in WITH_BODY else operation.success_status)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("operation", JSON_BODY, ids=lambda operation: operation.id)
def test_more_than_the_limit_is_too_large(serve: Callable[..., httpx.Client], operation: Operation) -> None:
    http = serve(max_body_bytes=1000)
    url = url_of_existing(operation, http)

    whole = http.request(operation.method, url, content=b" " * 300_000)
    chunked = http.request(operation.method, url, content=iter([b" " * 999] * 99))

    assert_refused(whole, 413)
    assert_refused(chunked, 413)


@pytest.mark.parametrize("fields", WRONG_FIELDS, ids=lambda fields: str(fields)[:60])
def test_wrong_fields_are_named(http: httpx.Client, fields: dict[str, Any]) -> None:
    answer = http.post("/jobs", json=fields)

    assert_refused(answer, 400)
    (named,) = answer.json()["errors"]
    assert named.startswith(next(iter(fields)))
    assert named in answer.json()["message"]


def test_every_wrong_option_is_named(http: httpx.Client) -> None:
    wrong = {"seed": 0, "width": "64", "style": "Anime", "extra": 1, "": 2}
    answer = http.post("/jobs", json={"conversion": [{"target": "text-to-image", "options": wrong}]})

    assert_refused(answer, 400)
    assert set(answer.json()["errors"]) == set(wrong)
    assert answer.json()["message"].endswith("; and 2 more")


@pytest.mark.parametrize(
    ("operation", "body", "errors"),
    [
        ("createPreset", {"options": {}}, {"name": ["is required"], "target": ["is required"]}),
        (
            "createJob",
            {"conversion": [{"target": "text-to-image", "options": None}]},
            {"conversion[0].options": ["must be an object or an array, got null"]},
        ),
        (
            "createJob",
            {"conversion": [{"target": "text-to-image", "options": {"seed": 0}}] * 2},
            {"seed": ["must be at least 1, got 0"]},
        ),
    ],
    ids=["required", "options", "same option twice"],
)
def test_each_fault_is_named_once(
    http: httpx.Client, operation: str, body: Any, errors: dict[str, list[str]]
) -> None:
    answer = http.post(url_of(operations()[operation], http, ""), json=body)

    assert_refused(answer, 400)
    assert answer.json()["errors"] == errors


@pytest.mark.parametrize(("number", "named", "more"), [(3, 3, ""), (4, 3, "; and 1 more")])
def test_a_message_names_three_options(http: httpx.Client, number: int, named: int, more: str) -> None:
    wrong = dict.fromkeys([f"wrong{place}" for place in range(number)], 1)

    answer = http.post("/jobs", json={"conversion": [{"target": "text-to-image", "options": wrong}]})

    assert_refused(answer, 400)
    message = answer.json()["message"]
    assert message.count("wrong") == named
    assert message.partition("; and")[1:] == (more[:5], more[5:])


@pytest.mark.parametrize("operation", WITH_JOB, ids=lambda operation: operation.id)
@pytest.mark.parametrize("job_id", UNKNOWN, ids=lambda job_id: ascii(job_id)[:20])
def test_an_unknown_job_is_not_found(http: httpx.Client, operation: Operation, job_id: str) -> None:
    answer = http.request(operation.method, url_of(operation, http, job_id), json=[])

    assert answer.status_code == 404
    assert (answer.content == b"") is (operation.method == "HEAD")
    if operation.method != "HEAD":
        assert_refused(answer, 404)


@pytest.mark.parametrize("path", sorted(operations_by_path()))
@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_method_is_not_allowed(web: httpx.Client, pixelpact: MockApi, path: str, method: str) -> None:
    known = {operation.method for operation in operations().values() if operation.template == path}
    known |= {"HEAD"} if "GET" in known else set()
    url = pixelpact.server.url + path.format(**{**PARAMETERS, "job_id": "1"})

    answer = web.request(method, url)

    assert (answer.status_code == 405) is (method not in known)
    if answer.status_code == 405:
        assert set(answer.headers["Allow"].split(", ")) == known


@pytest.mark.parametrize(
    "body",
    [
        {"download_passwords": "s3cret"},
        {"download_passwords": ["s3cret\u00e4"]},
        {"download_passwords": {"s3cret": 1}},
        {"conversion": [{"target": "text-to-image", "options": {"download_password": ["s3cret"]}}]},
        {"conversion": [{"target": "png", "output_target": [{"type": "ftp", "credentials": "s3cret"}]}]},
        {"input": [{"type": "cloud", "source": "ftp", "credentials": "s3cret"}]},
    ],
    ids=str,
)
def test_a_refusal_never_says_what_is_secret(http: httpx.Client, body: dict[str, Any]) -> None:
    answer = http.post("/jobs", json=body)

    assert_refused(answer, 400)
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/v2", "/v2/", "/v2/jobs/", "/v2/jobs/1/", "/jobs", "/v3/jobs", "/v2/../etc/passwd"]
)
def test_an_unknown_path_is_not_found_and_never_redirects(
    web: httpx.Client, pixelpact: MockApi, path: str
) -> None:
    assert_refused(web.get(pixelpact.server.url + path), 404)


@pytest.mark.parametrize(
    ("path", "message", "characters"),
    [
        ("/jobs/{long}", "There is no job '{short}'", 64),
        ("/jobs/{job}/output/{long}", "The job has no output '{short}'", 64),
        ("/jobs/{job}/input/{long}", "The job has no input '{short}'", 64),
        ("/jobs/{job}/conversions/{long}", "The job has no conversion '{short}'", 64),
        ("/presets/{long}", "There is no preset '{short}' of this account", 64),
        ("/dl/web2/download-file/{job}/{long}", "No file '{short}' can be downloaded", 64),
        ("{file}?encoding={long}", "encoding must be base64, got '{short}'", 32),
    ],
)
def test_a_refusal_repeats_the_beginning_of_a_long_name(
    http: httpx.Client, path: str, message: str, characters: int
) -> None:
    job = finished(http, runnable())

    answer = http.get(path.format(long="x" * 200, job=job["id"], file=job["output"][0]["uri"]))

    assert answer.json()["message"] == message.format(short="x" * characters)


@pytest.mark.parametrize("page", ["0", "-1", "1.5", "one", "", "1e3", "\u0661"])
@pytest.mark.parametrize("path", ["/jobs", "/conversions"])
def test_a_page_is_a_number_from_one(http: httpx.Client, path: str, page: str) -> None:
    answer = http.get(path, params={"page": page})

    assert_refused(answer, 400)
    assert set(answer.json()["errors"]) == {"page"}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.txt",
        "..\\..\\boot.ini.txt",
        "/etc/passwd.txt",
        "a\x00b.txt",
        'quote".txt',
        "line\r\nSet-Cookie: x=1.txt",
        "\u202egnp.txt",
        "\U0001f98a fuchs.txt",
        "..",
        ".txt",
        "",
        "x" * 300 + ".txt",
        "%2e%2e%2f.txt",
        "a;b,c#d?e.txt",
    ],
    ids=ascii,
)
def test_file_names_play_no_tricks(http: httpx.Client, name: str) -> None:
    prompt = {**PROMPT, "filename": name}

    job = http.post("/jobs", json=runnable(input=[prompt])).json()
    (output,) = http.get(f"/jobs/{job['id']}/output").json()
    download = http.get(output["uri"])

    assert download.status_code == 200
    assert not set(output["filename"]) & set("/\\\x00\r\n\u202e")
    assert output["filename"].removesuffix(".png").strip(".")
    assert len(output["filename"]) <= 100 + len(".png")
    assert set(download.headers) >= {"content-disposition", "content-type"}
    assert "set-cookie" not in download.headers


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["conversion", "input", "process", "target", "options", "source", "type", "content"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON_VALUES)
@pytest.mark.parametrize("operation", JSON_BODY, ids=lambda operation: operation.id)
def test_any_json_is_answered_as_documented(http: httpx.Client, operation: Operation, value: object) -> None:
    answer = http.request(operation.method, url_of_existing(operation, http), json=value)

    assert str(answer.status_code) in operation.spec["responses"], answer.text


def test_a_client_that_leaves_while_sending_is_no_trouble(pixelpact: MockApi, http: httpx.Client) -> None:
    with socket.create_connection((pixelpact.server.host, pixelpact.server.port), timeout=10) as connection:
        connection.sendall(b"POST /v2/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")

    assert http.get("/statuses").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, 404) for name in headers().api_key] + [(name, 401) for name in headers().job_token],
)
def test_headers_that_are_not_ascii_are_credentials_like_others(
    web: httpx.Client, pixelpact: MockApi, name: str, status: int
) -> None:
    answer = web.get(f"{pixelpact.base_url}/jobs/1", headers={name: "k\u00e9y".encode("latin-1")})

    assert_refused(answer, status)
