"""Inputs of a job: all types of them, and uploads in chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, finished, json_text, runnable

CONVERSION = {"target": "text-to-image", "options": SMALL}


def test_an_input_is_read_changed_and_removed(http: httpx.Client, staged: dict[str, Any]) -> None:
    url = f"/jobs/{staged['id']}/input"
    one = f"{url}/{staged['input'][0]['id']}"

    marked = http.patch(url, json=[{"id": staged["input"][0]["id"], "options": {"type": "prompt"}}])
    patched = http.patch(
        one, json={"credentials": {"decrypt_password": "s3cret"}, "parameters": {"delete_after_use": True}}
    )

    assert marked.json()[0]["options"] == {"type": "prompt"}
    assert json_text(patched.json()["parameters"]) == '{"delete_after_use": true}'
    assert "s3cret" not in patched.text
    assert http.get(one).json() == patched.json()
    assert http.get(url).json() == [patched.json()]
    assert http.delete(one).status_code == 204
    assert http.get(url).json() == []
    assert http.get(f"/jobs/{staged['id']}").json()["status"]["code"] == "incomplete"


def test_ids_of_parts_are_never_given_twice(http: httpx.Client, staged: dict[str, Any]) -> None:
    url = f"/jobs/{staged['id']}/input"
    seen = {staged["input"][0]["id"], staged["conversion"][0]["id"]}

    for _ in range(3):
        added = http.post(url, json=PROMPT).json()["id"]
        assert added not in seen
        seen.add(added)
        http.delete(f"{url}/{added}")


def test_an_unknown_input_in_a_list_changes_nothing(http: httpx.Client, staged: dict[str, Any]) -> None:
    url = f"/jobs/{staged['id']}/input"
    known = {"id": staged["input"][0]["id"], "options": {"position": 1}}

    assert http.patch(url, json=[known, {"id": "none"}]).status_code == 404
    assert http.get(url).json()[0]["options"] == {}


@pytest.mark.parametrize(
    ("descriptor", "code"),
    [
        ({"type": "cloud", "source": "amazons3", "parameters": {"bucket": "b"}, "credentials": {}}, 99),
        ({"type": "gdrive_picker", "source": "file-id"}, 99),
        ({"type": "input_id", "source": "no-such-input"}, 404),
        ({"type": "output", "source": "no-such-output"}, 404),
        ({"type": "cloud", "source": "dropbox", "credentials": {"token": "t"}}, 99),
    ],
)
def test_an_input_that_cannot_be_had_fails_the_job(
    http: httpx.Client, descriptor: dict[str, Any], code: int
) -> None:
    job = finished(http, runnable(input=[descriptor]))

    assert job["status"]["code"] == "failed"
    assert job["input"][0]["status"] == "failed"
    (error,) = job["errors"]
    assert (error["code"], error["source"], error["id_source"]) == (code, "input", job["input"][0]["id"])
    assert job["output"] == []
    assert job["spent"] == 0


def test_an_input_that_cannot_be_had_cannot_be_used_again(http: httpx.Client) -> None:
    failed = finished(http, runnable(input=[{"type": "input_id", "source": "no-such-input"}]))
    again = {"type": "input_id", "source": failed["input"][0]["id"]}

    job = finished(http, runnable(input=[again]))

    assert job["input"][0]["status"] == "failed"
    assert [error["code"] for error in job["errors"]] == [404]


def test_a_lost_input_is_a_warning_where_it_may_be(http: httpx.Client) -> None:
    lost = {"type": "cloud", "source": "ftp"}

    job = finished(http, runnable(input=[PROMPT, lost], fail_on_input_error=False))
    nothing = finished(http, runnable(input=[lost], fail_on_input_error=False))

    assert (job["status"]["code"], len(job["warnings"]), job["errors"]) == ("completed", 1, [])
    assert len(job["output"]) == 1
    assert nothing["status"]["code"] == "failed"


def test_cloud_inputs_with_credentials_are_taken(http: httpx.Client) -> None:
    cloud = {
        "type": "cloud",
        "source": "ftp",
        "parameters": {"host": "h", "file": "fox.txt"},
        "credentials": {"username": "u", "password": "s3cret"},
    }
    picker = {"type": "gdrive_picker", "source": "id", "credentials": {"token": "s3cret"}}

    job = finished(http, runnable(input=[cloud, picker]))

    assert job["status"]["code"] == "completed"
    assert "s3cret" not in str(job)


def test_inputs_and_outputs_of_other_jobs_are_used_again(
    http: httpx.Client, done: dict[str, Any], pixelpact: MockApi
) -> None:
    for again in (
        {"type": "input_id", "source": done["input"][0]["id"]},
        {"type": "output", "source": done["output"][0]["id"]},
    ):
        (output,) = finished(http, runnable(input=[again]))["output"]

        assert pixelpact.read_image(http.get(output["uri"]).content).prompt == "A fox"


def test_what_is_used_again_is_the_same_file(http: httpx.Client, done: dict[str, Any]) -> None:
    (prompt,), (output,) = done["input"], done["output"]
    picture = http.get(output["uri"]).content
    again = [
        {"type": "output", "source": output["id"]},
        {"type": "input_id", "source": prompt["id"]},
        {"type": "output", "source": output["id"], "filename": "mine.png"},
    ]
    hashes = {"target": "sha256", "options": {"allow_multiple_outputs": True}}

    job = finished(http, {"conversion": [hashes, {"target": "zip"}], "input": again})

    *digests, archive = (http.get(file["uri"]).content for file in job["output"])
    wanted = [hashlib.sha256(content).hexdigest() for content in (picture, b"A fox", picture)]
    assert [digest.decode() for digest in digests] == wanted
    assert [each["filename"] for each in job["input"]] == ["prompt.png", "prompt.txt", "mine.png"]
    assert [each["size"] for each in job["input"]] == [len(picture), 5, len(picture)]
    with ZipFile(BytesIO(archive)) as packed:
        assert packed.read("prompt.txt") == b"A fox"
        assert packed.read("prompt.png").startswith(b"\x89PNG")


def test_an_output_that_is_gone_is_no_input(http: httpx.Client, done: dict[str, Any]) -> None:
    output_id = done["output"][0]["id"]
    http.delete(f"/jobs/{done['id']}/output/{output_id}")

    job = finished(http, runnable(input=[{"type": "output", "source": output_id}]))

    assert (job["status"]["code"], job["errors"][0]["code"]) == ("failed", 404)


def test_nobody_uses_inputs_of_another_account(
    done: dict[str, Any], web: httpx.Client, pixelpact: MockApi
) -> None:
    other = {headers().api_key[0]: f"{pixelpact.api_key}-other"}
    body = runnable(input=[{"type": "input_id", "source": done["input"][0]["id"]}])

    job = web.post(f"{pixelpact.base_url}/jobs", json=body, headers=other).json()
    read = web.get(f"{pixelpact.base_url}/jobs/{job['id']}", headers=other).json()

    assert read["status"]["code"] == "failed"


def test_a_file_comes_in_chunks(http: httpx.Client, pixelpact: MockApi) -> None:
    job = http.post("/jobs", json={"conversion": [CONVERSION]}).json()
    url, text = f"{job['server']}/upload-file/{job['id']}", b"A fox in the snow"

    def send(first: int, last: int, **extra: str) -> httpx.Response:
        chunk = {"file": ("fox.txt", text[first : last + 1])}
        sent = {"Content-Range": f"bytes {first}-{last}/{len(text)}", "X-Oc-Upload-Uuid": "one", **extra}
        return http.post(url, files=chunk, headers=sent)

    first, second = send(10, 16), send(0, 9)

    assert (first.json()["completed"], second.json()["completed"]) == (False, True)
    assert first.json()["id"] == second.json()["id"]
    (output,) = http.get(f"/jobs/{job['id']}/output").json()
    assert pixelpact.read_image(http.get(output["uri"]).content).prompt == text.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"Content-Range": "bytes 0-4/5"}, "X-Api2convert-Upload-Uuid"),
        ({"Content-Range": "bytes 0-9/5", "X-Oc-Upload-Uuid": "a"}, "Content-Range"),
        ({"Content-Range": "bytes 0-3/5", "X-Oc-Upload-Uuid": "a"}, "Content-Range"),
        ({"Content-Range": "0-4/5", "X-Oc-Upload-Uuid": "a"}, "Content-Range"),
        ({"Content-Range": "bytes */5", "X-Oc-Upload-Uuid": "a"}, "Content-Range"),
    ],
)
def test_a_wrong_chunk_is_refused(http: httpx.Client, sent: dict[str, str], field: str) -> None:
    job = http.post("/jobs", json={"process": False}).json()

    answer = http.post(
        f"{job['server']}/upload-file/{job['id']}", files={"file": ("a.txt", b"A fox")}, headers=sent
    )

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [("bytes 3-7/17", "covers bytes that have come"), ("bytes 5-9/16", "the chunks before said 17")],
)
def test_a_chunk_that_does_not_go_with_the_others_is_refused(
    http: httpx.Client, said: str, complaint: str
) -> None:
    job = http.post("/jobs", json={"process": False}).json()

    def send(said: str, content: bytes) -> httpx.Response:
        sent = {"Content-Range": said, "X-Oc-Upload-Uuid": "one"}
        url = f"{job['server']}/upload-file/{job['id']}"
        return http.post(url, files={"file": ("fox.txt", content)}, headers=sent)

    assert send("bytes 0-4/17", b"A fox").status_code == 200
    refused = send(said, b"XXXXX")
    assert refused.status_code == 400
    assert complaint in refused.json()["message"]
    assert send("bytes 0-4/17", b"A fox").status_code == 200
    assert send("bytes 5-16/17", b" in the snow").json()["completed"] is True
    assert [each["size"] for each in http.get(f"/jobs/{job['id']}/input").json()] == [17]


def test_chunks_that_came_before_the_limit_are_not_lost(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=1000)
    first, second = (http.post("/jobs", json={"process": False}).json() for _ in range(2))

    def send(job: dict[str, Any], said: str, size: int) -> int:
        sent = {"Content-Range": f"bytes {said}/600", "X-Oc-Upload-Uuid": "one"}
        url = f"{job['server']}/upload-file/{job['id']}"
        return http.post(url, files={"file": ("a.bin", b"x" * size)}, headers=sent).status_code

    assert [send(first, "0-499", 500), send(second, "0-499", 500)] == [200, 200]
    assert send(first, "500-599", 100) == 413
    http.delete(f"/jobs/{second['id']}")
    assert send(first, "500-599", 100) == 200
    assert [each["size"] for each in http.get(f"/jobs/{first['id']}/input").json()] == [600]


@pytest.mark.parametrize(
    "content", [b"\x00" * 300_000, b"fox " * 100_000, b"a \x01 fox"], ids=["zeros", "text", "control"]
)
def test_an_upload_shows_its_size_and_checksum(http: httpx.Client, content: bytes) -> None:
    job = http.post("/jobs", json={"process": False}).json()
    http.post(f"{job['server']}/upload-file/{job['id']}", files={"file": ("a.txt", content)})

    (shown,) = http.get(f"/jobs/{job['id']}/input").json()

    assert (shown["size"], shown["checksum"]) == (len(content), hashlib.md5(content).hexdigest())


def test_chunks_are_bounded(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=2000)
    job = http.post("/jobs", json={"process": False}).json()
    sent = {"Content-Range": "bytes 0-4/5000", "X-Oc-Upload-Uuid": "a"}

    answer = http.post(
        f"{job['server']}/upload-file/{job['id']}", files={"file": ("a.txt", b"A fox")}, headers=sent
    )

    assert answer.status_code == 413


def test_the_source_of_what_was_sent_along_is_its_id_never_its_content(
    web: httpx.Client, http: httpx.Client
) -> None:
    job = http.post("/jobs", json={"input": [PROMPT]}).json()
    url = f"{job['server']}/upload-file/{job['id']}"
    web.post(url, files={"file": ("a.txt", b"A fox")}, headers={headers().job_token[0]: job["token"]})

    read = http.get(f"/jobs/{job['id']}")

    rows = read.json()["input"]
    assert [row["type"] for row in rows] == ["base64", "upload"]
    assert [row["source"] for row in rows] == [row["id"] for row in rows]
    assert PROMPT["source"] not in read.text


def test_one_object_changes_one_input(http: httpx.Client, staged: dict[str, Any]) -> None:
    url, input_id = f"/jobs/{staged['id']}/input", staged["input"][0]["id"]
    second = http.post(url, json=PROMPT).json()

    answer = http.patch(url, json={"id": input_id, "options": {"position": 2}})

    assert answer.status_code == 200
    assert [(row["id"], row["options"]) for row in answer.json()] == [
        (input_id, {"position": 2}),
        (second["id"], {}),
    ]
    assert http.patch(url, json={"id": "none"}).status_code == 404
    assert http.patch(url, json={"options": {}}).json()["errors"] == {"id": ["is required"]}


def test_merge_makes_one_document_of_all_inputs(http: httpx.Client) -> None:
    def made(options: dict[str, Any]) -> list[list[str]]:
        conversion = {"target": "pdf", "options": {"allow_multiple_outputs": True, **options}}
        job = finished(http, {"conversion": [conversion], "input": [PROMPT, PROMPT]})
        numbers = {row["id"]: number for number, row in enumerate(job["input"])}
        assert {output["content_type"] for output in job["output"]} == {"application/pdf"}
        return [[numbers[input_id] for input_id in output["source"]["input"]] for output in job["output"]]

    assert made({"merge": True}) == [[0, 1]]
    assert made({"merge": False}) == made({}) == [[0], [1]]
