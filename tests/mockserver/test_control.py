"""The control API: clock, journal, scenarios, profile, state; and that pages from elsewhere have no say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from pixelpact.mockserver import ControlError, Controller, ManualClock, Server, Settings
from pixelpact.mockserver.journal import Wanted
from pixelpact.mockserver.redaction import MASK
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import find_violations, headers, load_document, operations, validator
from tests.bodies import runnable

KEY, TOKEN, PASSWORD = headers().api_key[0], headers().job_token[0], headers().download_password[0]


@pytest.fixture
def control(pixelpact: MockApi) -> Controller:
    return pixelpact.control


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
        ("advanceClock", {"json": {}}),
        ("advanceClock", {"content": b"{"}),
        ("advanceClock", {"content": b""}),
        ("freezeClock", {"json": {"at": 1}}),
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
        control.freeze()
        mine = control.advance(1000)

        assert control.now() == mine
        assert other.now() - before < 900
    assert http.post("/jobs", json={}).json()["created_at"] == call(http, "getClock").json()["now"]


def test_a_clock_can_be_frozen_at_a_moment_and_resumed(serve: Callable[..., httpx.Client]) -> None:
    base = ManualClock(1000.0)
    http = serve(clock=base)

    assert call(http, "freezeClock", json={"at": 5000}).json() == {
        "now": "1970-01-01T01:23:20",
        "seconds": 5000,
        "frozen": True,
    }
    base.advance(7)
    assert call(http, "getClock").json()["seconds"] == 5000
    assert call(http, "resumeClock").json() == {
        "now": "1970-01-01T01:23:20",
        "seconds": 5000,
        "frozen": False,
    }
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


# Journal


def test_the_journal_tells_what_an_app_did(http: httpx.Client, control: Controller) -> None:
    job = http.post("/jobs", json={"process": False}).json()
    http.get(f"/jobs/{job['id']}", params={"x": "1"})
    http.get("/nowhere")
    first, second, third = control.journal()

    assert (first.method, first.path, first.operation, first.status) == ("POST", "/v2/jobs", "createJob", 201)
    assert first.body == '{"process":false}'
    assert first.headers["content-type"] == "application/json"
    assert (second.operation, second.query, second.status) == ("getJob", "x=1", 200)
    assert (third.path, third.operation, third.status) == ("/v2/nowhere", None, 404)
    assert first.number < second.number < third.number


def test_the_journal_can_be_asked(http: httpx.Client, control: Controller) -> None:
    for path in ("/jobs", "/statuses", "/presets", "/nowhere"):
        http.get(path)
    http.post("/jobs", json={})
    everything = control.journal()

    assert [each.path for each in control.journal(status=404)] == ["/v2/nowhere"]
    assert [each.method for each in control.journal(method="POST")] == ["POST"]
    assert len(control.journal(path="/v2/*s")) == 4
    assert control.journal(operation="listPresets") == [everything[2]]
    assert control.journal(after=everything[3].number) == everything[4:]
    assert control.journal(limit=2) == everything[3:]
    assert control.journal(kind="callback") == []
    control.reset("journal")
    assert control.journal() == []


def test_an_account_sees_its_own_entries_only(
    http: httpx.Client, control: Controller, web: httpx.Client, pixelpact: MockApi
) -> None:
    job = http.post("/jobs", json=runnable()).json()
    web.get(f"{http.base_url}jobs", headers={KEY: "somebody-else"})
    web.get(f"{http.base_url}jobs/{job['id']}", headers={TOKEN: job["token"]})
    uri = http.get(f"/jobs/{job['id']}").json()["output"][0]["uri"]
    web.get(uri)

    assert [each.operation for each in control.journal()] == [
        "createJob",
        "getJob",
        "getJob",
        "downloadOutput",
    ]
    accounts = {each.account for each in control.journal()}
    with Controller(pixelpact.server.url) as everybody:
        assert len(everybody.journal(account=accounts.pop())) == 4
        assert len(everybody.journal()) >= 5


SECRETS = {
    "the key": {"headers": {"X-Oc-Api-Key": "s3cret"}},
    "a token": {"headers": {TOKEN: "s3cret"}},
    "a password": {"headers": {PASSWORD: "s3cret"}},
    "a cookie": {"headers": {"Cookie": "x-oc-download-password=s3cret"}},
    "another scheme": {"headers": {"Authorization": "Bearer s3cret"}},
    "job passwords": {"json": {"download_passwords": ["s3cret"]}},
    "an option": {"json": runnable({"download_password": "s3cret"})},
    "credentials": {
        "json": {"input": [{"type": "cloud", "source": "ftp", "credentials": {"user": "s3cret"}}]}
    },
    "a query": {"params": {"api_key": "s3cret"}},
    "a callback": {"json": {"callback": "https://u:s3cret@app.example/?t=s3cret"}},
    "an escape": {"content": b'{"download\\u005fpasswords": ["s3cret"]}'},
    "broken JSON": {"content": b'{"download_passwords": ["s3cret"'},
    "a form": {"data": {"decrypt_password": "s3cret"}},
    "a file's form": {"files": {"file": b"x"}, "data": {"decrypt_password": "s3cret"}},
    "a long body": {"content": b'{"download_passwords": ["s3cret"], "x": "' + b"x" * 100_000 + b'"}'},
}


@pytest.mark.parametrize("sent", SECRETS.values(), ids=SECRETS)
def test_no_secret_enters_the_journal(pixelpact: MockApi, web: httpx.Client, sent: dict[str, Any]) -> None:
    url = f"{pixelpact.base_url}/jobs"
    web.post(url, **{**sent, "headers": {KEY: pixelpact.api_key, **sent.get("headers", {})}})
    entries = repr([entry.document() for entry in pixelpact.server.mock.journal.found(Wanted())])

    assert "s3cret" not in entries
    assert pixelpact.api_key not in entries
    assert MASK in entries


def test_waiting_ends_as_soon_as_it_has_come(http: httpx.Client, control: Controller) -> None:
    http.get("/statuses")
    assert control.wait(operation="listStatuses").status == 200

    seen: list[Any] = []
    waiter = threading.Thread(target=lambda: seen.append(control.wait(operation="createJob", status=201)))
    waiter.start()
    http.post("/jobs", content=b"{")
    http.post("/jobs", json={})
    waiter.join(timeout=10)
    assert [(entry.operation, entry.status) for entry in seen] == [("createJob", 201)]

    with pytest.raises(ControlError, match=r"Nothing that matches came within 0\.01 seconds"):
        control.wait(operation="cancelJob", timeout=0.01)


# State and reset


def walk(http: httpx.Client) -> list[Any]:
    """Answers that show everything that an account has."""
    jobs = http.get("/jobs", params={"page": 1}).json()
    uris = [output["uri"] for job in jobs for output in job["output"]]
    # A request later than the restart has another port and another id.
    shown = [
        str(jobs),
        http.get("/presets").text,
        http.get("/contracts").text,
        http.get("/stats/year/2023/all").text,
    ]
    return [text.replace(str(http.base_url.port), "PORT") for text in shown] + [
        http.get(uri).content for uri in uris
    ]


@pytest.mark.undocumented
def test_a_restored_server_answers_the_same() -> None:
    key = {KEY: "k"}
    with Server(Settings(seed=5), clock=ManualClock()) as server:
        http = httpx.Client(base_url=server.base_url, headers=key, verify=False)
        control = Controller(server.url, api_key="k")
        for number in range(3):
            http.post("/jobs", json=runnable({"seed": number + 1, "download_password": ""}))
        http.post(
            "/jobs",
            json={"process": False, "conversion": [{"target": "png"}]},
            headers={"Idempotency-Key": "i"},
        )
        http.post("/presets", json={"name": "mine", "target": "png", "options": {}})
        control.advance(50)
        control.choose({"scenario": "rate-limited", "method": "DELETE", "times": 2})
        assert http.delete("/jobs/none").status_code == 429
        state, before = control.state(), walk(http)
        following = http.post("/jobs", json=runnable()).json()["id"]
        http.close()
        control.close()

    with Server(Settings(seed=5), clock=ManualClock()) as server:
        http = httpx.Client(base_url=server.base_url, headers=key, verify=False)
        control = Controller(server.url, api_key="k")
        http.post("/jobs", json=runnable({"width": 99}))
        control.restore(state)
        restored = control.state()

        assert [str(each) for each in restored["contents"]["jobs"]] == [
            str(each) for each in state["contents"]["jobs"]
        ]
        assert walk(http) == before
        assert http.post("/jobs", json=runnable()).json()["id"] == following
        assert [http.delete("/jobs/none").status_code for _ in range(2)] == [429, 404]
        http.close()
        control.close()


def test_a_state_of_another_seed_is_refused(control: Controller) -> None:
    with pytest.raises(ControlError, match="start it with --seed 77"):
        control.restore({**control.state(), "seed": 77})


def test_a_state_file_is_written_at_the_end_and_read_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    settings = Settings(state_file=file, pace="instant")
    with Server(settings) as server:
        job = httpx.post(f"{server.base_url}/jobs", json=runnable(), headers={KEY: "k"}, verify=False).json()
    with Server(settings) as server:
        url = f"{server.base_url}/jobs/{job['id']}"
        assert httpx.get(url, headers={KEY: "k"}, verify=False).json()["status"]["code"] == "completed"

    file.write_text("{}")
    with pytest.raises(ValueError, match="no state of pixelpact"):
        Server(settings)
    file.unlink()
    file.mkdir()
    with pytest.raises(ValueError, match="Can't read the state"):
        Server(settings)


def test_a_reset_begins_anew_for_one_account(
    http: httpx.Client, control: Controller, web: httpx.Client
) -> None:
    other = {KEY: "an-account-that-stays"}
    stays = web.post(f"{http.base_url}jobs", json={}, headers=other).json()["id"]
    first = http.post("/jobs", json=runnable({"width": 64})).json()
    before = http.get(http.get(f"/jobs/{first['id']}").json()["output"][0]["uri"]).content
    http.post("/presets", json={"name": "mine", "target": "png", "options": {}})
    control.choose("stuck")
    control.freeze()
    control.reset()

    assert http.get("/jobs").status_code == 204
    assert http.get("/presets", params={"filter": "mine"}).json() == []
    assert control.chosen() == []
    assert call(http, "getClock").json()["frozen"] is False
    assert [entry.operation for entry in control.journal()] == ["listJobs", "listPresets"]
    again = http.post("/jobs", json=runnable({"width": 80})).json()
    assert again["id"] == first["id"]
    assert http.get(http.get(f"/jobs/{again['id']}").json()["output"][0]["uri"]).content != before
    assert web.get(f"{http.base_url}jobs/{stays}", headers=other).status_code == 200
