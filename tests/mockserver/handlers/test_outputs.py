"""Outputs of a job: names, passwords, the end of their time; and how the job came to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, finished, runnable

CONVERSION = {"target": "text-to-image", "options": SMALL}


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
    job = finished(http, runnable({"download_password": "first"}))
    url = f"/jobs/{job['id']}/output/{job['output'][0]['id']}"

    http.patch(url, json={"download_password": ""})

    assert web.get(job["output"][0]["uri"]).status_code == 200


def test_a_renamed_output_takes_no_name_from_another(http: httpx.Client) -> None:
    prompts = [{**PROMPT, "filename": name} for name in ("fox.txt", "bear.txt")]
    job = finished(http, runnable({"allow_multiple_outputs": True}, input=prompts))
    fox, bear = job["output"]

    renamed = http.patch(f"/jobs/{job['id']}/output/{fox['id']}", json={"filename": "bear"}).json()

    assert renamed["filename"] == "bear-2.png"
    assert http.get(f"/jobs/{job['id']}/output/{bear['id']}").json() == bear


def test_all_outputs_are_renamed_apart(http: httpx.Client) -> None:
    job = finished(http, runnable({"allow_multiple_outputs": True}, input=[PROMPT, PROMPT]))

    changed = http.patch(f"/jobs/{job['id']}/output", json={"filename": "fox"}).json()

    assert [output["filename"] for output in changed] == ["fox.png", "fox-2.png"]
    assert http.get(f"/jobs/{job['id']}").json()["output"] == changed


@pytest.mark.parametrize("times", [1, 2])
def test_an_output_can_be_given_the_name_that_it_has(
    http: httpx.Client, done: dict[str, Any], times: int
) -> None:
    (output,) = done["output"]
    url = f"/jobs/{done['id']}/output/{output['id']}"

    seen = [http.patch(url, json={"filename": "prompt"}).json() for _ in range(times)]

    assert output["filename"] == "prompt.png"
    assert seen == [output] * times


def test_all_outputs_can_be_given_the_names_that_they_have(http: httpx.Client) -> None:
    job = finished(http, runnable({"allow_multiple_outputs": True}, input=[PROMPT] * 3))
    url = f"/jobs/{job['id']}/output"

    seen = [http.patch(url, json={"filename": "prompt"}).json() for _ in range(2)]

    assert [output["filename"] for output in job["output"]] == ["prompt.png", "prompt-2.png", "prompt-3.png"]
    assert seen == [job["output"]] * 2


def test_a_name_that_was_given_up_can_be_taken(http: httpx.Client) -> None:
    prompts = [{**PROMPT, "filename": name} for name in ("fox.txt", "bear.txt")]
    job = finished(http, runnable({"allow_multiple_outputs": True}, input=prompts))
    fox, bear = (f"/jobs/{job['id']}/output/{output['id']}" for output in job["output"])

    http.patch(fox, json={"filename": "cat"})
    http.patch(bear, json={"filename": "fox"})

    names = [output["filename"] for output in http.get(f"/jobs/{job['id']}").json()["output"]]
    assert names == ["cat.png", "fox.png"]


def test_a_name_and_a_password_are_changed_apart(
    http: httpx.Client, done: dict[str, Any], web: httpx.Client
) -> None:
    url = f"/jobs/{done['id']}/output/{done['output'][0]['id']}"

    http.patch(url, json={"download_password": "sesame"})
    renamed = http.patch(url, json={"filename": "fox"}).json()
    again = http.patch(url, json={"download_password": "other"}).json()

    assert renamed["filename"] == again["filename"] == "fox.png"
    codes = [
        web.get(again["uri"], headers={headers().download_password[0]: password}).status_code
        for password in ("sesame", "other")
    ]
    assert codes == [401, 200]


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
    job = finished(http, runnable())

    clock.advance(86399)
    before = http.get(job["output"][0]["uri"]).status_code
    shown = http.get(f"/jobs/{job['id']}").json()["output"][0]["status"]
    clock.advance(1)

    assert (before, shown) == (200, "enabled")
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
        {"type": "ftp", "status": "completed", "parameters": {"host": "h"}}
    ]


def test_history_tells_every_status_oldest_first(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"process": False, "conversion": [CONVERSION]}).json()
    http.post(f"/jobs/{job['id']}/input", json=PROMPT)
    http.patch(f"/jobs/{job['id']}", json={"process": True})
    http.get(f"/jobs/{job['id']}")

    history = http.get(f"/jobs/{job['id']}/history").json()

    assert [row["status"] for row in history] == ["incomplete", "ready", "processing", "completed"]
    assert len({row["id"] for row in history}) == len(history)


def test_threads_are_there_while_processing(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(pace="realistic", clock=clock)
    job = http.post("/jobs", json=runnable()).json()

    during = http.get(f"/jobs/{job['id']}/threads").json()
    clock.advance(60)

    assert len(during) == 1
    assert http.get(f"/jobs/{job['id']}/threads").json() == []
