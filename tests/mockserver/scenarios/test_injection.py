"""Each scenario, seen by plain HTTP over a socket: what it names, then recovery."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import (
    Mock,
    Server,
    Settings,
    create_app,
    read_image,
    scenarios,
)
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, answers, finished, runnable
from tests.servers import arrival, connected, stop

KEY = headers().api_key[0]


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("invalid-key", [401, 401, 401]),
        ("rate-limited", [429, 429, 201]),
        ("server-error", [500, 500, 201]),
        ("bad-gateway", [502, 502, 201]),
        ("unavailable", [503, 503, 201]),
        ("concurrent-limit", [201, 429, 429]),
        ("out-of-credits", [402, 402, 402]),
    ],
)
def test_refusals_and_recovery(play: Callable[..., httpx.Client], name: str, seen: list[int]) -> None:
    http = play(name)

    assert answers(http, 3) == seen
    play()
    assert answers(http, 1) == [201]


@pytest.mark.undocumented
@pytest.mark.parametrize("name", ["rate-limited", "unavailable", "concurrent-limit"])
def test_a_refusal_for_the_moment_says_when_to_come_back(
    play: Callable[..., httpx.Client], name: str
) -> None:
    http = play({"scenario": name, "times": None})
    refused = [http.post("/jobs", json=runnable()) for _ in range(2)][-1]

    assert refused.headers["Retry-After"] == "1"
    assert set(refused.json()) == {"code", "message", "errors"}


def test_a_limit_of_jobs_lasts_as_long_as_they_run(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "concurrent-limit", "jobs": 2})
    first = http.post("/jobs", json=runnable()).json()

    assert answers(http, 2) == [201, 429]
    assert http.get(f"/jobs/{first['id']}").json()["status"]["code"] == "completed"
    assert answers(http, 2) == [201, 429]


@pytest.mark.parametrize(
    ("name", "source", "code"), [("input-not-found", "input", 404), ("conversion-failed", "conversion", 6005)]
)
def test_jobs_that_fail_say_why(play: Callable[..., httpx.Client], name: str, source: str, code: int) -> None:
    job = finished(play({"scenario": name, "times": 1}), runnable())

    assert job["status"]["code"] == "failed"
    assert [(each["source"], each["code"]) for each in job["errors"]] == [(source, code)]
    part = job["input" if source == "input" else "conversion"][0]
    assert job["errors"][0]["id_source"] == part["id"]
    assert part.get("status", "failed") == "failed"
    assert finished(play(), runnable())["status"]["code"] == "completed"


def test_a_stuck_job_processes_until_it_is_canceled(
    play: Callable[..., httpx.Client], pixelpact: MockApi
) -> None:
    http = play("stuck")
    job = finished(http, runnable())
    pixelpact.control.advance(1e6)

    assert [http.get(f"/jobs/{job['id']}").json()["status"]["code"] for _ in range(3)] == ["processing"] * 3
    assert http.delete(f"/jobs/{job['id']}").status_code == 204
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "canceled"


def test_an_expired_output_is_listed_and_gone(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "expired-output", "times": 1})
    output = finished(http, runnable())["output"][0]

    assert output["status"] == "expired"
    assert http.get(output["uri"]).status_code == 404
    assert http.get(finished(http, runnable())["output"][0]["uri"]).status_code == 200


def test_a_reset_is_a_reset_on_the_wire(play: Callable[..., httpx.Client]) -> None:
    http = play("connection-reset")

    for _ in range(2):
        with pytest.raises(httpx.ReadError, match="reset by peer"):
            http.post("/jobs", json={})
    assert http.post("/jobs", json={}).status_code == 201
    assert len(http.get("/jobs").json()) == 1


def test_without_a_connection_a_reset_is_an_error() -> None:
    app = create_app(Mock(Settings(scenarios=("connection-reset",))))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x/v2") as client:
            await client.get("/statuses")

    with pytest.raises(ConnectionResetError, match="a scenario resets the connection"):
        asyncio.run(ask())


@pytest.mark.undocumented
def test_a_reset_can_come_in_the_middle(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "connection-reset", "after_bytes": 40, "times": 1})

    with http.stream("POST", "/jobs", json={}) as answer:
        assert answer.status_code == 201
        with pytest.raises(httpx.TransportError):
            answer.read()


@pytest.mark.undocumented
@pytest.mark.parametrize(
    "sent", [{"method": "DELETE", "url": "/jobs/{}"}, {"method": "GET", "url": "/statuses"}]
)
def test_a_reset_is_noticed_however_short_the_body(
    play: Callable[..., httpx.Client], sent: dict[str, str]
) -> None:
    http = play()
    job = http.post("/jobs", json={}).json()
    http = play({"scenario": "connection-reset", "after_bytes": 1_000_000, "times": 1})

    with pytest.raises(httpx.TransportError):
        http.request(sent["method"], sent["url"].format(job["id"]))
    assert http.get("/statuses").status_code == 200


@pytest.mark.parametrize("name", ["truncated-download", "corrupted-download"])
def test_a_damaged_answer_to_head_is_its_headers(play: Callable[..., httpx.Client], name: str) -> None:
    http = play({"scenario": name, "times": None})
    output = finished(http, runnable())["output"][0]

    answer = http.head(output["uri"])

    assert (answer.status_code, int(answer.headers["Content-Length"])) == (200, output["size"])


@pytest.mark.undocumented
def test_a_client_that_leaves_is_no_defect(
    play: Callable[..., httpx.Client], pixelpact: MockApi, caplog: pytest.LogCaptureFixture
) -> None:
    http = play("broken-json")
    with connected(pixelpact.server) as leaver:
        leaver.sendall(
            f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{KEY}: {pixelpact.api_key}\r\n"
            "Content-Length: 99\r\n\r\n{".encode()
        )
        pixelpact.control.wait(operation="createJob")

    with pytest.raises(json.JSONDecodeError):
        http.get("/statuses").json()
    assert http.get("/statuses").json()
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.undocumented
def test_broken_json_has_the_length_that_its_header_says(play: Callable[..., httpx.Client]) -> None:
    broken = play({"scenario": "broken-json", "times": 1}).get("/statuses")

    assert broken.status_code == 200
    assert len(broken.content) == int(broken.headers["Content-Length"])
    with pytest.raises(json.JSONDecodeError):
        broken.json()
    assert len(play().get("/statuses").content) > len(broken.content)


def test_a_truncated_download_breaks_off_and_is_whole_the_next_time(
    play: Callable[..., httpx.Client],
) -> None:
    http = play("truncated-download")
    output = finished(http, runnable())["output"][0]

    with http.stream("GET", output["uri"]) as answer:
        assert int(answer.headers["Content-Length"]) == output["size"]
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            answer.read()
    assert len(http.get(output["uri"]).content) == output["size"]


def test_a_corrupted_download_has_the_right_length_and_wrong_bytes(play: Callable[..., httpx.Client]) -> None:
    http = play("corrupted-download")
    uri = finished(http, runnable())["output"][0]["uri"]
    corrupted, whole = http.get(uri).content, http.get(uri).content

    assert len(corrupted) == len(whole)
    wrong = [place for place, (one, other) in enumerate(zip(corrupted, whole, strict=True)) if one != other]
    assert wrong == list(range(len(whole) // 2, len(whole) // 2 + 16))
    assert read_image(whole).options == SMALL


def test_slow_answers_and_dribbling_bodies_are_whole(play: Callable[..., httpx.Client]) -> None:
    slow = {"scenario": "slow", "at_least_s": 0.15, "at_most_s": 0.15, "method": "GET"}
    http = play(slow, {"scenario": "dribble", "bytes": 300, "pause_s": 0.02, "path": "/v2/statuses"})
    began = time.monotonic()
    with http.stream("GET", "/statuses") as answer:
        pieces = list(answer.iter_raw())
    took_s = time.monotonic() - began

    assert len(json.loads(b"".join(pieces))) == 9
    assert max(map(len, pieces)) <= 300 < sum(map(len, pieces))
    assert took_s >= 0.15


def test_every_scenario_is_tested_here() -> None:
    here = Path(__file__)
    files = (here, here.with_name("test_rules.py"), here.parents[1] / "callbacks" / "test_delivery.py")
    tests = "".join(file.read_text() for file in files)

    assert [name for name in scenarios() if f'"{name}"' not in tests] == []


def by_patch(http: httpx.Client, job: dict[str, str]) -> httpx.Response:
    return http.patch(f"/jobs/{job['id']}", json={"process": True})


def by_input(http: httpx.Client, job: dict[str, str]) -> httpx.Response:
    return http.post(f"/jobs/{job['id']}/input", json=PROMPT)


def by_upload(http: httpx.Client, job: dict[str, str]) -> httpx.Response:
    url = f"{job['server']}/upload-file/{job['id']}"
    return http.post(url, files={"file": ("fox.txt", b"A fox")})


def by_base64(http: httpx.Client, job: dict[str, str]) -> httpx.Response:
    url = f"{job['server']}/upload-base64/{job['id']}"
    return http.post(url, json={"content": "QSBmb3g=", "filename": "fox.txt"})


def by_conversion(http: httpx.Client, job: dict[str, str]) -> httpx.Response:
    return http.post(f"/jobs/{job['id']}/conversions", json={"target": "text-to-image"})


COMPLETE = {**runnable(), "process": False}


WITHOUT_INPUT = {"conversion": [{"target": "text-to-image"}]}


WITHOUT_CONVERSION = {"input": [PROMPT]}


@pytest.mark.parametrize(
    ("body", "start"),
    [
        (COMPLETE, by_patch),
        (WITHOUT_INPUT, by_input),
        (WITHOUT_INPUT, by_upload),
        (WITHOUT_INPUT, by_base64),
        (WITHOUT_CONVERSION, by_conversion),
    ],
    ids=["patch", "input", "upload", "base64", "conversion"],
)
@pytest.mark.parametrize(
    ("rule", "status"),
    [("concurrent-limit", 429), ({"scenario": "out-of-credits", "credits": 1}, 402)],
    ids=str,
)
def test_a_limit_holds_however_a_job_starts(
    play: Callable[..., httpx.Client],
    body: dict[str, Any],
    start: Callable[..., httpx.Response],
    rule: Any,
    status: int,
) -> None:
    http = play(rule)
    first, second = (http.post("/jobs", json=body).json() for _ in range(2))

    assert start(http, first).is_success
    assert start(http, second).status_code == status
    play()
    assert start(http, second).is_success


@pytest.mark.parametrize("name", ["truncated-download", "corrupted-download"])
def test_damage_waits_for_a_download(
    play: Callable[..., httpx.Client], pixelpact: MockApi, name: str
) -> None:
    http = play()
    output = finished(http, runnable())["output"][0]
    whole = http.get(output["uri"]).content
    http = play(name)

    missing = http.get(f"{output['uri']}.none")
    assert (missing.status_code, missing.json()["code"]) == (404, 404)
    assert [entry.scenarios for entry in pixelpact.control.journal(status=404)] == [()]
    with http.stream("GET", output["uri"]) as damaged:
        seen = b""
        with suppress(httpx.RemoteProtocolError):
            for piece in damaged.iter_raw():
                seen += piece
    assert seen != whole
    assert http.get(output["uri"]).content == whole


@pytest.mark.undocumented
def test_broken_json_waits_for_json(play: Callable[..., httpx.Client]) -> None:
    http = play({"scenario": "broken-json", "times": 1})

    assert http.get("/jobs").status_code == 204
    with pytest.raises(json.JSONDecodeError):
        http.get("/statuses").json()
    assert http.get("/statuses").json()


@pytest.mark.undocumented
@pytest.mark.parametrize("after_bytes", [1, 100_000, 500_000])
def test_so_many_bytes_arrive_before_a_reset(
    play: Callable[..., httpx.Client], pixelpact: MockApi, after_bytes: int
) -> None:
    http = play()
    uri = finished(http, runnable({"width": 2048, "height": 2048, "style": "photorealistic"}))["output"][0][
        "uri"
    ]
    play({"scenario": "connection-reset", "after_bytes": after_bytes})

    with connected(pixelpact.server) as reader:
        reader.sendall(
            f"GET {httpx.URL(uri).path} HTTP/1.1\r\nHost: x\r\n{KEY}: {pixelpact.api_key}\r\n\r\n".encode()
        )
        seen = b""
        with suppress(ConnectionResetError):
            while piece := reader.recv(1 << 16):
                seen += piece
            pytest.fail("The connection was closed, not reset")

    assert len(seen.partition(b"\r\n\r\n")[2]) == after_bytes


@pytest.mark.parametrize(
    "rule",
    [
        {"scenario": "slow", "at_least_s": 3600, "at_most_s": 3600},
        {"scenario": "dribble", "bytes": 1, "pause_s": 60},
    ],
    ids=lambda rule: rule["scenario"],
)
@pytest.mark.undocumented
def test_who_has_gone_does_not_hold_back_the_end(rule: dict[str, Any]) -> None:
    server = Server(Settings(scenarios=(rule,))).__enter__()
    with connected(server) as leaver:
        leaver.sendall(b"GET /v2/statuses HTTP/1.1\r\nHost: x\r\n\r\n")
        arrival(server)

    stop(server)
