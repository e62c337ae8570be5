"""Each scenario, seen by plain HTTP over a socket: what it names, then recovery."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver import (
    Controller,
    Mock,
    ScenarioError,
    Server,
    Settings,
    create_app,
    read_image,
    scenarios,
)
from pixelpact.mockserver.clock import ManualClock
from pixelpact.mockserver.journal import Wanted
from pixelpact.mockserver.scenarios import Scenarios, read_choices
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import PROMPT, SMALL, finished, runnable

KEY = headers().api_key[0]


def answers(http: httpx.Client, times: int) -> list[int]:
    return [http.post("/jobs", json=runnable()).status_code for _ in range(times)]


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

    with pytest.raises(ConnectionResetError, match="as a scenario demands"):
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
    with socket.create_connection(("127.0.0.1", pixelpact.server.port)) as leaver:
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
    assert corrupted != whole
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


# Parameters


@pytest.mark.undocumented
def test_a_scenario_can_be_narrowed(play: Callable[..., httpx.Client], pixelpact: MockApi) -> None:
    http = play(
        {"scenario": "rate-limited", "times": None, "method": "POST", "path": "/v2/jobs/*", "duration_s": 60}
    )
    job = http.post("/jobs", json={"process": False}).json()

    assert http.get(f"/jobs/{job['id']}").status_code == 200
    assert http.post(f"/jobs/{job['id']}/input", json=PROMPT).status_code == 429
    pixelpact.control.advance(60)
    assert http.post(f"/jobs/{job['id']}/input", json=PROMPT).status_code == 201


def test_chance_is_drawn_from_the_seed() -> None:
    def drawn(seed: int, account: str = "a") -> list[bool]:
        chosen = Scenarios([{"scenario": "server-error", "times": None, "probability": 0.5, "seed": seed}])
        rows = [
            chosen.due(account, "getJob", method="GET", path="/", now=0, clock=ManualClock(0))
            for _ in range(200)
        ]
        return [bool(row) for row in rows]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1) != drawn(1, "b")
    assert 70 < sum(drawn(1)) < 130


@given(st.lists(st.sampled_from(["slow", "jitter", "stuck", "server-error", "connection-reset"]), max_size=5))
def test_after_a_refusal_nothing_else_is_counted(names: list[str]) -> None:
    due = Scenarios(names).due("a", "createJob", method="POST", path="/v2/jobs", now=0, clock=ManualClock(0))
    final = [each.rule.scenario.effect in ("refuse", "reset") for each in due]

    assert True not in final[:-1]
    assert [each.rule.scenario.name for each in due] == names[: len(due)]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("slo", "There is no scenario 'slo'. Known: invalid-key"),
        (7, "A choice is the name of a scenario"),
        ({"times": 1}, "A choice is the name of a scenario"),
        ({"scenario": "slow", "at_most": 1}, "did you mean 'at_most_s'?"),
        ({"scenario": "slow", "times": 0}, "times must be at least 1, got 0"),
        ({"scenario": "slow", "times": True}, "times must be"),
        ({"scenario": "slow", "at_least_s": 9}, "at_least_s to be at most at_most_s"),
        ({"scenario": "rate-limited", "probability": 2}, "probability must be at most 1"),
    ],
    ids=str,
)
def test_a_choice_that_makes_no_sense_is_refused(choice: Any, message: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        Scenarios([choice])

    assert message in str(refused.value)


def test_every_scenario_can_be_chosen_again_from_what_it_says_of_itself() -> None:
    chosen = Scenarios()
    rules = chosen.choose(scenarios(), account=None, now=0)

    assert [rule.document() for rule in rules] == [{"scenario": name} for name in scenarios()]
    assert Scenarios([{"scenario": "slow", "times": 3}]).chosen(None, now=0)[0].document() == {
        "scenario": "slow",
        "times": 3,
    }


# Ways to choose


def test_a_key_chooses_for_its_own_account(web: httpx.Client, pixelpact: MockApi) -> None:
    url = f"{pixelpact.base_url}/jobs"
    first, second = ({KEY: f"scenario-rate-limited--{name}"} for name in ("one", "two"))

    assert [web.post(url, json={}, headers=first).status_code for _ in range(3)] == [429, 429, 201]
    assert web.post(url, json={}, headers=second).status_code == 429
    assert web.post(url, json={}, headers={KEY: "a-key-of-its-own"}).status_code == 201


def test_a_key_with_an_unknown_scenario_is_refused(web: httpx.Client, pixelpact: MockApi) -> None:
    refused = web.post(f"{pixelpact.base_url}/jobs", json={}, headers={KEY: "scenario-rate-limit"})

    assert refused.status_code == 401
    assert "pixelpact scenarios" in refused.json()["message"]
    assert "rate-limit" not in refused.json()["message"]


def test_until_when_counts_from_the_start_of_the_server(tmp_path: Path) -> None:
    rule = {"scenario": "out-of-credits", "duration_s": 60}
    file = tmp_path / "scenarios"
    file.write_text(json.dumps(rule))
    for settings in (Settings(scenarios=(rule,)), Settings(scenario_file=file)):
        with (
            Server(settings) as server,
            Controller(server.url) as control,
            httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
        ):
            seen = answers(http, 1)
            control.advance(60)
            seen += answers(http, 1)

            assert seen == [402, 201]


def test_a_file_chooses_for_all_and_is_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text('[{"scenario": "out-of-credits"}]')
    with Server(Settings(scenario_file=file)) as server:
        http = httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False)
        seen = answers(http, 1)
        file.write_bytes(b"\xff no json")
        seen += answers(http, 2)
        file.write_text('["concurrent-limit"]  ')
        seen += answers(http, 2)
        file.unlink()
        seen += answers(http, 1)
        http.close()

    assert seen == [402, 402, 402, 201, 429, 429]
    complaints = [record.getMessage() for record in caplog.records]
    assert ["not valid JSON" in complaints[0], "No such file" in complaints[1], len(complaints)] == [
        True,
        True,
        2,
    ]
    assert all(f"The scenarios of {file} stay as they were" in complaint for complaint in complaints)


def test_a_file_that_makes_no_sense_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text("{")

    with pytest.raises(ScenarioError, match="not valid JSON"):
        Server(Settings(scenario_file=file))
    assert read_choices('"slow"') == ["slow"]


def test_every_scenario_is_tested_here() -> None:
    tests = Path(__file__).read_text() + Path(__file__).with_name("test_callbacks.py").read_text()

    assert [name for name in scenarios() if f'"{name}"' not in tests] == []


def test_controls_of_two_accounts_do_not_meet(pixelpact: MockApi) -> None:
    with Controller(pixelpact.server.url, api_key="another-account") as other:
        pixelpact.control.choose("stuck")

        assert pixelpact.control.chosen() == [{"scenario": "stuck"}]
        assert other.chosen() == []


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

    with socket.create_connection(("127.0.0.1", pixelpact.server.port)) as reader:
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
    with socket.create_connection(("127.0.0.1", server.port)) as leaver:
        leaver.sendall(b"GET /v2/statuses HTTP/1.1\r\nHost: x\r\n\r\n")
        while not server.mock.journal.found(Wanted()):
            threading.Event().wait(0.01)
    server._uvicorn.should_exit = True
    assert server._thread is not None
    server._thread.join(timeout=20)

    assert not server._thread.is_alive()
    server.close()


@pytest.mark.undocumented
def test_what_is_chosen_for_all_lasts_by_the_clock_of_the_server(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text("[]")
    with (
        Server(Settings(scenario_file=file), clock=ManualClock()) as server,
        Controller(server.url, api_key="ahead") as ahead,
        Controller(server.url) as control,
        httpx.Client(base_url=server.base_url, verify=False) as http,
    ):

        def statuses() -> list[int]:
            return [http.get("/statuses", headers={KEY: name}).status_code for name in ("ahead", "other")]

        ahead.advance(24 * 3600)
        file.write_text('[{"scenario": "server-error", "times": null, "duration_s": 60}]')
        seen = statuses()
        control.advance(61)

        assert [seen, statuses()] == [[500, 500], [200, 200]]


@pytest.mark.undocumented
@pytest.mark.parametrize(
    "rule",
    [
        {"scenario": "dribble", "bytes": 64.0, "pause_s": 0},
        {"scenario": "rate-limited", "retry_after": 1.0, "times": 1.0},
    ],
    ids=str,
)
def test_whole_numbers_may_be_written_as_fractions(
    play: Callable[..., httpx.Client], rule: dict[str, Any]
) -> None:
    answer = play(rule).get("/statuses")

    assert answer.json()
    assert answer.headers.get("Retry-After", "1") == "1"


@pytest.mark.parametrize(
    "rule",
    [
        {"scenario": "rate-limited", "retry_after": "€"},
        {"scenario": "rate-limited", "retry_after": "1\r\nX: 1"},
        {"scenario": "rate-limited", "seed": 10**24},
        {"scenario": "rate-limited", "times": 10**24},
        {"scenario": "connection-reset", "after_bytes": 10**24},
        {"scenario": "callback-late", "late_s": 1e300},
    ],
    ids=str,
)
def test_what_could_not_be_played_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match="can't be played so"):
        Scenarios([rule])


@pytest.mark.undocumented
def test_a_file_is_read_again_whatever_its_time_says(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text('["server-error"]')
    before = file.stat()
    with Server(Settings(scenario_file=file)) as server, Controller(server.url) as control:
        file.write_text('["bad-gateway" ]')
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

        assert control.chosen() == [{"scenario": "bad-gateway"}]


@pytest.mark.undocumented
def test_a_reset_leads_back_to_what_the_server_began_with(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text('["unavailable"]')
    for settings in (Settings(scenarios=("unavailable",)), Settings(scenario_file=file)):
        with (
            Server(settings) as server,
            Controller(server.url) as control,
            httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
        ):
            seen = [http.get("/statuses").status_code for _ in range(3)]
            control.choose("bad-gateway")
            seen.append(http.get("/statuses").status_code)
            control.reset("scenarios")

            assert seen == [503, 503, 200, 502]
            assert [http.get("/statuses").status_code for _ in range(3)] == [503, 503, 200]
