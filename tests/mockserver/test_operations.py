"""All other operations, over a socket: parts of jobs, presets, contracts, statistics, history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, runnable

CONVERSION = {"target": "text-to-image", "options": SMALL}


@pytest.fixture
def staged(http: httpx.Client) -> dict[str, Any]:
    """A job that is ready and waits."""
    job: dict[str, Any] = http.post("/jobs", json=runnable(process=False)).json()
    return job


@pytest.fixture
def done(http: httpx.Client) -> dict[str, Any]:
    """A job that is completed."""
    return finish(http, runnable())


def finish(http: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    job = http.post("/jobs", json=body).json()
    read: dict[str, Any] = http.get(f"/jobs/{job['id']}").json()
    return read


# Conversions of a job


def test_a_conversion_is_added_read_changed_and_removed(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"process": False, "input": [PROMPT]}).json()
    url = f"/jobs/{job['id']}/conversions"

    added = http.post(url, json={**CONVERSION, "metadata": {"note": "a"}})
    one = f"{url}/{added.json()['id']}"
    changed = http.patch(one, json={"options": {"seed": 8}, "metadata": []})

    assert added.status_code == 201
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "ready"
    assert changed.json() == {**added.json(), "options": {"seed": 8}, "metadata": {}}
    assert http.get(one).json() == changed.json()
    assert http.get(url).json() == [changed.json()]
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == 404
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "incomplete"


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


# Inputs


def test_an_input_is_read_changed_and_removed(http: httpx.Client, staged: dict[str, Any]) -> None:
    url = f"/jobs/{staged['id']}/input"
    one = f"{url}/{staged['input'][0]['id']}"

    marked = http.patch(url, json=[{"id": staged["input"][0]["id"], "options": {"type": "prompt"}}])
    patched = http.patch(
        one, json={"credentials": {"decrypt_password": "s3cret"}, "parameters": {"delete_after_use": True}}
    )

    assert marked.json()[0]["options"] == {"type": "prompt"}
    assert patched.json()["parameters"] == {"delete_after_use": True}
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
    ],
)
def test_an_input_that_cannot_be_had_fails_the_job(
    http: httpx.Client, descriptor: dict[str, Any], code: int
) -> None:
    job = finish(http, runnable(input=[descriptor]))

    assert job["status"]["code"] == "failed"
    assert job["input"][0]["status"] == "failed"
    (error,) = job["errors"]
    assert (error["code"], error["source"], error["id_source"]) == (code, "input", job["input"][0]["id"])
    assert job["output"] == []
    assert job["spent"] == 0


def test_an_input_that_cannot_be_had_cannot_be_used_again(http: httpx.Client) -> None:
    failed = finish(http, runnable(input=[{"type": "input_id", "source": "no-such-input"}]))
    again = {"type": "input_id", "source": failed["input"][0]["id"]}

    job = finish(http, runnable(input=[again]))

    assert job["input"][0]["status"] == "failed"
    assert [error["code"] for error in job["errors"]] == [404]


def test_a_lost_input_is_a_warning_where_it_may_be(http: httpx.Client) -> None:
    lost = {"type": "cloud", "source": "ftp"}

    job = finish(http, runnable(input=[PROMPT, lost], fail_on_input_error=False))
    nothing = finish(http, runnable(input=[lost], fail_on_input_error=False))

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

    job = finish(http, runnable(input=[cloud, picker]))

    assert job["status"]["code"] == "completed"
    assert "s3cret" not in str(job)


def test_inputs_and_outputs_of_other_jobs_are_used_again(
    http: httpx.Client, done: dict[str, Any], pixelpact: MockApi
) -> None:
    again = [
        {"type": "input_id", "source": done["input"][0]["id"]},
        {"type": "output", "source": done["output"][0]["id"]},
    ]

    job = finish(http, runnable({"allow_multiple_outputs": True}, input=again))

    prompts = [pixelpact.read_image(http.get(output["uri"]).content).prompt for output in job["output"]]
    assert prompts == ["A fox", "A fox"]


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


def test_chunks_are_bounded(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=2000)
    job = http.post("/jobs", json={"process": False}).json()
    sent = {"Content-Range": "bytes 0-4/5000", "X-Oc-Upload-Uuid": "a"}

    answer = http.post(
        f"{job['server']}/upload-file/{job['id']}", files={"file": ("a.txt", b"A fox")}, headers=sent
    )

    assert answer.status_code == 413


# Outputs


def test_an_output_is_renamed_and_protected(
    http: httpx.Client, done: dict[str, Any], web: httpx.Client
) -> None:
    url = f"/jobs/{done['id']}/output/{done['output'][0]['id']}"

    changed = http.patch(url, json={"filename": "../my fox", "download_password": "sesame"}).json()

    assert changed["filename"] == "my fox.png"
    assert changed["uri"].endswith("/my%20fox.png")
    assert http.get(url).json() == changed
    assert web.get(done["output"][0]["uri"]).status_code == 404
    assert web.get(changed["uri"]).status_code == 401
    assert web.get(changed["uri"], headers={headers().download_password[0]: "sesame"}).status_code == 200


def test_an_own_password_replaces_that_of_the_conversion(http: httpx.Client, web: httpx.Client) -> None:
    job = finish(http, runnable({"download_password": "first"}))
    url = f"/jobs/{job['id']}/output/{job['output'][0]['id']}"

    http.patch(url, json={"download_password": ""})

    assert web.get(job["output"][0]["uri"]).status_code == 200


def test_a_renamed_output_takes_no_name_from_another(http: httpx.Client) -> None:
    prompts = [{**PROMPT, "filename": name} for name in ("fox.txt", "bear.txt")]
    job = finish(http, runnable({"allow_multiple_outputs": True}, input=prompts))
    fox, bear = job["output"]

    renamed = http.patch(f"/jobs/{job['id']}/output/{fox['id']}", json={"filename": "bear"}).json()

    assert renamed["filename"] == "bear-2.png"
    assert http.get(f"/jobs/{job['id']}/output/{bear['id']}").json() == bear


def test_all_outputs_are_renamed_apart(http: httpx.Client) -> None:
    job = finish(http, runnable({"allow_multiple_outputs": True}, input=[PROMPT, PROMPT]))

    changed = http.patch(f"/jobs/{job['id']}/output", json={"filename": "fox"}).json()

    assert [output["filename"] for output in changed] == ["fox.png", "fox-2.png"]
    assert http.get(f"/jobs/{job['id']}").json()["output"] == changed


def test_outputs_of_a_job_that_has_none_conflict(http: httpx.Client, staged: dict[str, Any]) -> None:
    assert http.patch(f"/jobs/{staged['id']}/output", json={"filename": "fox"}).status_code == 409
    assert http.patch(f"/jobs/{staged['id']}/output/none", json={"filename": "fox"}).status_code == 404


def test_a_deleted_output_is_disabled_and_gone(
    http: httpx.Client, done: dict[str, Any], web: httpx.Client
) -> None:
    url = f"/jobs/{done['id']}/output/{done['output'][0]['id']}"

    assert http.delete(url).status_code == 204

    assert http.get(url).json()["status"] == "disabled"
    assert web.get(done["output"][0]["uri"]).status_code == 404


def test_an_output_expires_by_the_clock(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(clock=clock)
    job = finish(http, runnable())

    clock.advance(86399)
    before = http.get(job["output"][0]["uri"]).status_code
    clock.advance(1)

    assert before == 200
    assert http.get(job["output"][0]["uri"]).status_code == 404
    assert http.get(f"/jobs/{job['id']}").json()["output"][0]["status"] == "expired"


def test_an_output_is_downloaded_ten_times(
    http: httpx.Client, done: dict[str, Any], web: httpx.Client
) -> None:
    codes = [web.get(done["output"][0]["uri"]).status_code for _ in range(11)]

    (output,) = http.get(f"/jobs/{done['id']}").json()["output"]
    assert codes == [200] * 10 + [404]
    assert (output["status"], output["downloads_counter"]) == ("overuse", 10)


def test_what_goes_to_an_output_target_is_not_kept(http: httpx.Client) -> None:
    target = {"type": "ftp", "parameters": {"host": "h"}, "credentials": {"password": "s3cret"}}
    body = {"conversion": [{**CONVERSION, "output_target": [target]}], "input": [PROMPT]}

    created = http.post("/jobs", json=body).json()
    job = http.get(f"/jobs/{created['id']}").json()

    assert created["conversion"][0]["output_target"][0]["status"] == "uploading"
    assert job["status"]["code"] == "completed"
    assert job["output"] == []
    assert job["conversion"][0]["output_target"] == [
        {"type": "ftp", "status": "completed", "parameters": {"host": "h"}, "credentials": {}}
    ]


# History and threads


def test_history_tells_every_status_oldest_first(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"process": False, "conversion": [CONVERSION]}).json()
    http.post(f"/jobs/{job['id']}/input", json=PROMPT)
    http.patch(f"/jobs/{job['id']}", json={"process": True})
    http.get(f"/jobs/{job['id']}")

    history = http.get(f"/jobs/{job['id']}/history").json()

    assert [row["status"] for row in history] == ["incomplete", "ready", "processing", "completed"]
    assert len({row["id"] for row in history}) == 4


def test_threads_are_there_while_processing(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(pace="realistic", clock=clock)
    job = http.post("/jobs", json=runnable()).json()

    during = http.get(f"/jobs/{job['id']}/threads").json()
    clock.advance(60)

    assert len(during) == 1
    assert http.get(f"/jobs/{job['id']}/threads").json() == []


# Presets


def test_a_preset_is_saved_read_changed_and_deleted(http: httpx.Client) -> None:
    created = http.post(
        "/presets", json={"name": "Mine", "target": "text-to-image", "options": {"style": "anime"}}
    )
    url = f"/presets/{created.json()['id']}"
    changed = http.patch(url, json={"name": "Ours", "options": {"seed": 7}})

    assert created.status_code == 201
    assert created.json()["scope"] == "private"
    assert created.json()["category"] == "operation"
    assert changed.json() == {**created.json(), "name": "Ours", "options": {"seed": 7}}
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

    assert {preset["scope"] for preset in presets} == {"public"}
    assert all("options" not in preset for preset in presets)
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

    job = finish(
        http,
        {
            "conversion": [{"target": "text-to-image", "options": {"preset": preset["id"], "width": 80}}],
            "input": [PROMPT],
        },
    )

    picture = pixelpact.read_image(http.get(job["output"][0]["uri"]).content)
    assert (picture.style, picture.width_px, picture.num_inference_steps) == ("anime", 80, 33)
    assert job["conversion"][0]["options"] == {"preset": preset["id"], "width": 80}
    assert job["warnings"] == []


# Contracts, credits, concurrency, statistics


def test_credits_are_spent_until_they_are_gone(serve: Callable[..., httpx.Client]) -> None:
    http = serve(credits=2)

    before = http.get("/contracts").json()
    finish(http, runnable(input=[PROMPT, PROMPT]))
    after = http.get("/contracts").json()
    refused = http.post("/jobs", json=runnable())

    assert (before["credits_remaining"], after["credits_remaining"]) == (2, 0)
    assert after["contracts"][0]["contract_type"] == "prepaid"
    assert refused.status_code == 402
    assert http.post("/jobs", json={}, headers={headers().api_key[0]: "another"}).status_code == 201


def test_too_many_at_once_is_429_with_retry_after(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(max_concurrent=2, pace="realistic", clock=clock)

    codes = [http.post("/jobs", json=runnable()).status_code for _ in range(2)]
    refused = http.post("/jobs", json=runnable())
    clock.advance(60)

    assert codes == [201, 201]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert http.post("/jobs", json=runnable()).status_code == 201


def test_statistics_tell_what_happened(serve: Callable[..., httpx.Client]) -> None:
    http = serve(clock=ManualClock(1_700_000_000.0))
    finish(http, runnable())
    finish(http, runnable(input=[PROMPT, PROMPT]))

    row = {"conversions": 3, "credits": 3}

    assert http.get("/stats/day/2023-11-14/all").json() == [{"date": "2023-11-14", **row}]
    assert http.get("/stats/month/2023-11/single").json() == [{"date": "2023-11-14", **row}]
    assert http.get("/stats/year/2023/all").json() == [{"date": "2023-11", **row}]
    assert http.get("/stats/year/2022/all").json() == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/stats/day/2023-02-30/all", "date"),
        ("/stats/day/2023-2-3/all", "date"),
        ("/stats/month/2023-13/all", "date"),
        ("/stats/year/23/all", "date"),
        ("/stats/year/2023/some", "filter"),
    ],
)
def test_a_wrong_date_or_filter_is_named(http: httpx.Client, path: str, field: str) -> None:
    answer = http.get(path)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


# Idempotency


def test_the_same_key_and_body_give_the_first_job(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "one"}

    first = http.post("/jobs", json={"process": False, "limits": {"a": 7}}, headers=key)
    again = http.post("/jobs", json={"limits": {"a": 7.0}, "process": False}, headers=key)
    other = http.post("/jobs", json={"process": True}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert len(http.get("/jobs").json()) == 1


# Other targets


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

    job = finish(
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
    job = finish(http, {"conversion": [{"target": "sha256", "category": "hash"}], "input": [PROMPT]})

    assert http.get(job["output"][0]["uri"]).text.strip() == hashlib.sha256(b"A fox").hexdigest()


def test_the_catalogue_pages_and_filters(web: httpx.Client, pixelpact: MockApi) -> None:
    url, seen, page = f"{pixelpact.base_url}/conversions", [], 1
    while rows := web.get(url, params={"page": page}).json():
        assert len(rows) <= 50
        seen += rows
        page += 1

    of_category = web.get(url, params={"category": "hash"}).json()

    assert len(seen) == int(web.get(url).headers["X-Count"])
    assert {row["category"] for row in of_category} == {"hash"}
    assert [row["target"] for row in web.get(url, params={"target": "jpg"}).json()] == ["jpg"] * len(
        [row for row in seen if row["target"] == "jpg"]
    )
