"""The control API: clock, journal, scenarios, profile, state; and that pages from elsewhere have no say."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from pixelpact.mockserver import ControlError, Controller, ManualClock, Server, Settings
from pixelpact.mockserver.clock import END
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import find_violations, headers, load_document, operations, validator
from tests.bodies import json_text, runnable
from tests.receivers import Receiver
from tests.servers import connected, stop, waiting

KEY = headers().api_key[0]


def call(http: httpx.Client, operation_id: str, **sent: Any) -> httpx.Response:
    operation = operations("control")[operation_id]
    return http.request(operation.method, http.base_url.copy_with(path=operation.template), **sent)


def judge(operation_id: str, answer: httpx.Response) -> None:
    """Assert that the document allows an answer."""
    documented = operations("control")[operation_id].spec["responses"]
    assert str(answer.status_code) in documented
    described = documented[str(answer.status_code)]
    if "$ref" in described:
        described = load_document("control")["components"]["responses"]["Refused"]
    if "content" in described:
        schema = described["content"]["application/json"]["schema"]
        schema = {**schema, "components": load_document("control")["components"]}
        assert find_violations(validator(schema), answer.json()) == []


# Its document


def test_it_has_a_valid_document(web: httpx.Client, pixelpact: MockApi) -> None:
    document = web.get(f"{pixelpact.server.url}/_pixelpact/openapi.json").json()

    OpenAPIV31SpecValidator(document).validate()
    assert document == dict(load_document("control"))


BODIES = {
    "advanceClock": {"seconds": 1},
    "chooseScenarios": ["slow", {"scenario": "rate-limited", "times": 1}],
    "setProfile": {"spent": "nothing"},
}


@pytest.mark.parametrize(
    "operation_id", sorted(set(operations("control")) - {"restoreState", "waitForEntry"})
)
def test_answers_are_as_documented(http: httpx.Client, operation_id: str) -> None:
    http.post("/jobs", json=runnable())

    judge(operation_id, call(http, operation_id, json=BODIES.get(operation_id)))


@pytest.mark.parametrize(
    ("operation_id", "sent"),
    [
        ("advanceClock", {"json": {"seconds": -1}}),
        ("advanceClock", {"json": {"seconds": "1"}}),
        ("advanceClock", {"json": {"seconds": 3153600001}}),
        ("advanceClock", {"json": {}}),
        ("advanceClock", {"content": b"{"}),
        ("advanceClock", {"content": b""}),
        ("freezeClock", {"json": {"at": 1}}),
        ("freezeClock", {"json": {"at": 1e18}}),
        ("freezeClock", {"content": b'{"at": 1e400}'}),
        ("chooseScenarios", {"json": [None]}),
        ("getJournal", {"params": {"limit": "many"}}),
        ("chooseScenarios", {"json": ["slo"]}),
        ("chooseScenarios", {"json": {"scenario": "slow"}}),
        ("setProfile", {"json": {"spend": "nothing"}}),
        ("setProfile", {"json": {"spent": "all"}}),
        ("reset", {"json": {"what": ["everything"]}}),
        ("restoreState", {"json": {"version": 1, "seed": 0}}),
        ("restoreState", {"json": {"version": 2, "seed": 0}}),
        ("getJournal", {"params": {"statuses": 1}}),
        ("getJournal", {"params": {"status": "ok"}}),
        ("getJournal", {"params": {"account": "me"}}),
        ("getJournal", {"params": {"limit": 0}}),
        ("waitForEntry", {"params": {"timeout": 301}}),
        ("waitForEntry", {"params": {"timeout": 0}}),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(http: httpx.Client, operation_id: str, sent: dict[str, Any]) -> None:
    answer = call(http, operation_id, **sent)

    judge(operation_id, answer)
    assert answer.status_code == (
        404 if operation_id == "waitForEntry" and sent["params"]["timeout"] == 0 else 400
    )
    assert answer.json()["message"]


def test_numbers_in_a_query_may_be_at_their_borders(http: httpx.Client) -> None:
    http.get("/statuses")

    longest = call(http, "waitForEntry", params={"timeout": 300, "operation": "listStatuses"})
    fewest = call(http, "getJournal", params={"limit": 1})

    assert (longest.status_code, longest.json()["operation"]) == (200, "listStatuses")
    assert [entry["operation"] for entry in fewest.json()] == ["listStatuses"]


@pytest.mark.parametrize(
    ("operation_id", "known"),
    [("getClock", "account"), ("getState", "none"), ("getScenarios", "account")],
)
def test_a_parameter_that_is_not_known_is_told_what_is(
    http: httpx.Client, operation_id: str, known: str
) -> None:
    answer = call(http, operation_id, params={"acount": "me"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"acount": [f"is not a parameter here; known: {known}"]}


def test_its_answers_follow_its_document_whatever_the_profile_says(
    serve: Callable[..., httpx.Client],
) -> None:
    http = serve(answers={"invalid-request": "422"})

    for operation_id, sent in [
        ("advanceClock", {"json": {}}),
        ("advanceClock", {"content": b"{"}),
        ("chooseScenarios", {"json": ["slo"]}),
        ("getJournal", {"params": {"limit": 0}}),
    ]:
        answer = call(http, operation_id, **sent)
        judge(operation_id, answer)
        assert answer.status_code == 400


def test_a_clock_ends_with_the_last_date(serve: Callable[..., httpx.Client]) -> None:
    http = serve(clock=ManualClock(END - 100))

    assert call(http, "advanceClock", json={"seconds": 99}).status_code == 200
    refused = call(http, "advanceClock", json={"seconds": 1})
    assert refused.status_code == 400
    assert "ends with the year 9999" in refused.json()["message"]
    assert call(http, "getClock").json()["now"] == "9999-12-30T23:59:59"
    assert http.post("/jobs", json={}).status_code == 201


def test_unknown_paths_and_methods(web: httpx.Client, pixelpact: MockApi) -> None:
    url = f"{pixelpact.server.url}/_pixelpact"

    assert web.get(f"{url}/").status_code == 404
    assert web.get(f"{url}/clocks").status_code == 404
    assert web.delete(f"{url}/clock").status_code == 405


# Who may


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:1"}, 200),
        ({"Host": "app.localhost"}, 200),
        ({"Host": "192.0.2.1"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost.evil.example"}, 403),
        ({"Host": "[half"}, 403),
        ({"Host": "x", "Origin": "http://x"}, 403),
        ({"Host": "localhost", "Origin": "http://localhost"}, 200),
        ({"Host": "localhost", "Origin": "http://localhost:3000"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
    ids=str,
)
def test_pages_from_elsewhere_are_refused(
    web: httpx.Client, pixelpact: MockApi, sent: dict[str, str], status: int
) -> None:
    answer = web.get(f"{pixelpact.server.url}/_pixelpact/clock", headers=sent)

    assert answer.status_code == status
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_preflight_from_elsewhere_is_refused(web: httpx.Client, pixelpact: MockApi) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = web.options(f"{pixelpact.server.url}/_pixelpact/reset", headers=asked)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_name_can_be_opened(serve: Callable[..., httpx.Client]) -> None:
    http = serve(control_hosts=("pixelpact",))

    assert call(http, "getClock", headers={"Host": "pixelpact:8010"}).status_code == 200


def test_it_can_be_switched_off(serve: Callable[..., httpx.Client]) -> None:
    http = serve(control=False)

    assert call(http, "getClock").status_code == 404
    assert call(http, "reset").status_code == 404


def test_a_client_that_leaves_is_no_defect(pixelpact: MockApi, caplog: pytest.LogCaptureFixture) -> None:
    with connected(pixelpact.server) as leaver:
        leaver.sendall(b"POST /_pixelpact/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")

    assert pixelpact.control.now()
    assert [record.getMessage() for record in caplog.records] == []


def test_what_is_no_mock_server_is_told_so() -> None:
    with (
        Receiver() as receiver,
        Controller(receiver.url.removesuffix("/hook")) as control,
        pytest.raises(ControlError, match="GET /_pixelpact/clock was answered with 501"),
    ):
        control.now()


# Clock


def test_a_job_runs_expires_and_a_key_lapses_by_the_clock(serve: Callable[..., httpx.Client]) -> None:
    http = serve(pace="realistic")
    began = time.monotonic()
    sent = {"Idempotency-Key": "k"}
    job = http.post("/jobs", json=runnable(), headers=sent).json()
    url = f"/jobs/{job['id']}"

    assert http.get(url).json()["status"]["code"] == "processing"
    call(http, "freezeClock")
    call(http, "advanceClock", json={"seconds": 60})
    output = http.get(url).json()["output"][0]
    assert output["status"] == "enabled"
    call(http, "advanceClock", json={"seconds": 24 * 3600 - 61})
    assert http.post("/jobs", json=runnable(), headers=sent).json()["id"] == job["id"]
    call(http, "advanceClock", json={"seconds": 61})
    assert http.get(url).json()["output"][0]["status"] == "expired"
    assert http.get(output["uri"]).status_code == 404
    assert http.post("/jobs", json=runnable(), headers=sent).json()["id"] != job["id"]
    assert time.monotonic() - began < 10  # a day would be longer


def test_clocks_of_accounts_are_their_own(
    http: httpx.Client, control: Controller, pixelpact: MockApi
) -> None:
    with Controller(pixelpact.server.url, api_key="somebody-else") as other:
        before = other.now()
        frozen = control.freeze()
        mine = control.advance(1000)

        assert control.now() == mine == frozen + 1000
        assert control.resume() == pytest.approx(mine, abs=1)
        assert control.freeze(mine + 100) == mine + 100
        assert other.now() - before < 900
    assert http.post("/jobs", json={}).json()["created_at"] == call(http, "getClock").json()["now"]


def test_a_clock_can_be_frozen_at_a_moment_and_resumed(serve: Callable[..., httpx.Client]) -> None:
    base = ManualClock(1000.0)
    http = serve(clock=base)

    frozen = {"now": "1970-01-01T01:23:20", "seconds": 5000.0, "frozen": True}
    assert json_text(call(http, "freezeClock", json={"at": 5000}).json()) == json_text(frozen)
    base.advance(7)
    assert call(http, "getClock").json()["seconds"] == 5000
    resumed = {**frozen, "frozen": False}
    assert json_text(call(http, "resumeClock").json()) == json_text(resumed)
    base.advance(7)
    assert call(http, "getClock").json()["seconds"] == 5007
    refused = call(http, "freezeClock", json={"at": 5006})
    assert "can't go back" in refused.json()["message"]


def test_the_pace_manual_waits_for_the_clock(serve: Callable[..., httpx.Client]) -> None:
    http = serve(pace="manual")
    job = http.post("/jobs", json=runnable()).json()

    assert call(http, "getClock").json()["frozen"] is True
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "processing"
    call(http, "advanceClock", json={"seconds": 30})
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "completed"


# Profile


def test_a_profile_of_an_account_is_its_own(
    http: httpx.Client, control: Controller, web: httpx.Client
) -> None:
    control.set_profile({"empty-listing": "empty-list"})

    assert http.get("/jobs").status_code == 200
    assert web.get(f"{http.base_url}jobs", headers={KEY: "nobody"}).status_code == 204
    assert control.profile()["empty-listing"] == "empty-list"
    control.reset("profile")
    assert http.get("/jobs").status_code == 204


def test_a_profile_for_all_leaves_those_of_accounts(serve: Callable[..., httpx.Client]) -> None:
    http = serve()
    url = str(http.base_url.copy_with(path="/"))
    with Controller(url) as everybody, Controller(url, api_key="a-key") as mine:
        mine.set_profile({"empty-listing": "no-content"})
        everybody.set_profile({"empty-listing": "empty-list"})

        assert http.get("/jobs").status_code == 204
        assert http.get("/jobs", headers={KEY: "b"}).status_code == 200
        everybody.reset()
        assert http.get("/jobs", headers={KEY: "b"}).status_code == 204


def test_a_reset_of_one_account_changes_nothing_for_others(pixelpact: MockApi) -> None:
    with (
        Controller(pixelpact.server.url) as everybody,
        Controller(pixelpact.server.url, api_key="one") as one,
    ):
        began = everybody.freeze()
        everybody.advance(1000)
        everybody.set_profile({"empty-listing": "empty-list"})
        one.reset()

        assert everybody.freeze() - began == 1000
        assert everybody.profile()["empty-listing"] == one.profile()["empty-listing"] == "empty-list"
        one.advance(50)
        one.set_profile({"empty-listing": "no-content"})
        one.reset()
        assert one.freeze() == everybody.freeze()
        assert one.profile()["empty-listing"] == "empty-list"
        everybody.reset()
        assert everybody.profile()["empty-listing"] == "no-content"


def test_a_control_host_may_be_written_in_any_case() -> None:
    with Server(Settings(control_hosts=("Mock.Local.",))) as server:
        answer = httpx.get(f"{server.url}/_pixelpact/clock", headers={"Host": "mock.LOCAL"}, verify=False)

    assert answer.status_code == 200


def test_a_server_that_stops_tells_those_who_wait_for_a_request() -> None:
    server = Server(Settings()).__enter__()
    with waiting(server, "timeout=300&operation=getJob") as waiter:
        stop(server)

        assert waiter.recv(100).startswith(b"HTTP/1.1 404 Not Found")


def test_chunks_of_another_history_are_forgotten(http: httpx.Client, pixelpact: MockApi) -> None:
    def sends(first: int, last: int) -> bool:
        """Whether a chunk completes the file of a new job."""
        job = http.post("/jobs", json={"process": False}).json()
        sent = http.post(
            f"{job['server']}/upload-file/{job['id']}",
            files={"file": ("a.txt", b"x" * (last - first + 1))},
            headers={headers().upload_uuid[0]: "u", headers().content_range: f"bytes {first}-{last}/8"},
        )
        ids.append(job["id"])
        completed: bool = sent.json()["completed"]
        return completed

    ids: list[str] = []
    with Controller(pixelpact.server.url) as everybody:
        state = everybody.state()
        before = sends(0, 3)
        everybody.restore(state)

        assert [before, sends(4, 7)] == [False, False]
        assert ids[0] == ids[1]


def test_a_clock_at_its_end_does_not_hide_the_journal(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.freeze(END - 24 * 3600)
    pixelpact.control.resume()
    with Controller(pixelpact.server.url) as everybody:
        everybody.advance(5 * 24 * 3600)
        http.get("/statuses")

        assert everybody.journal()[-1].operation == "listStatuses"
