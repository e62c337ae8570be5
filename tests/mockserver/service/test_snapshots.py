"""Snapshots, resets, and the file of a state."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ControlError, Controller, ManualClock, Server, Settings
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import Profile, headers
from tests.bodies import runnable

KEY = headers().api_key[0]


def server_record(state: dict[str, Any]) -> dict[str, Any]:
    """What the server overrides, in a state."""
    (record,) = [row[3] for row in state["contents"]["records"] if row[:3] == ["*", "overrides", "*"]]
    found: dict[str, Any] = record
    return found


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


def test_a_state_holds_what_requests_may_hold(http: httpx.Client, control: Controller) -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    sent = {"process": False, "conversion": [{"target": "png", "metadata": deep}]}
    job = http.post("/jobs", json=sent).json()

    control.restore(control.state())

    assert http.get(f"/jobs/{job['id']}").json()["conversion"][0]["metadata"] == deep


def test_a_job_in_a_state_names_only_the_answers_that_were_chosen(serve: Callable[..., httpx.Client]) -> None:
    http = serve(answers={"checksum": "sha1"})
    job = http.post("/jobs", json=runnable()).json()
    with Controller(str(http.base_url.copy_with(path="/"))) as control:
        state = control.state()
        (kept,) = state["contents"]["jobs"]
        control.set_profile({})
        control.restore(state)

        assert kept["profile"] == server_record(state)["profile"] == {"checksum": "sha1"}
        assert len(http.get(f"/jobs/{job['id']}").json()["output"][0]["checksum"]) == 40
        assert control.profile()["checksum"] == "sha1"


def test_a_profile_of_an_account_is_in_the_state(http: httpx.Client, control: Controller) -> None:
    control.set_profile({"empty-listing": "empty-list"})
    state = control.state()
    control.reset()
    assert http.get("/jobs").status_code == 204

    control.restore(state)

    assert http.get("/jobs").json() == []


def test_what_was_chosen_for_all_is_in_the_state(serve: Callable[..., httpx.Client]) -> None:
    http = serve()
    with Controller(str(http.base_url.copy_with(path="/"))) as everybody:
        everybody.choose("out-of-credits")
        state = everybody.state()
        everybody.choose()
        before = http.post("/jobs", json={}).status_code
        everybody.restore(state)

        assert everybody.chosen() == [{"scenario": "out-of-credits"}]
    assert (before, http.post("/jobs", json={}).status_code) == (201, 402)


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

    file.write_text(file.read_text().replace('"version":2', '"version":9'))
    with pytest.raises(ValueError, match="version 9; this pixelpact reads version 2"):
        Server(settings)
    file.write_text("{}")
    with pytest.raises(ValueError, match="not a state of pixelpact"):
        Server(settings)
    file.unlink()
    file.mkdir()
    with pytest.raises(ValueError, match="Can't read the state"):
        Server(settings)


def test_a_state_without_a_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"needs the folder .*none, which does not exist"):
        Server(Settings(state_file=tmp_path / "none" / "state.json"))


def test_a_state_that_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "folder" / "state.json"
    file.parent.mkdir()
    with Server(Settings(state_file=file)):
        file.parent.rmdir()

    (record,) = caplog.records
    assert record.getMessage() == f"Could not save the state to {file}: No such file or directory"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"clock": {"offset_s": "late"}}, "not a state of pixelpact"),
        ({"profile": {"spent": "all"}}, "The ledger has no answer 'all' to 'spent'"),
        ({"profile": {"spent": [1]}}, "not a state of pixelpact"),
        ({"profile": ["spent"]}, "not a state of pixelpact"),
        ({"scenarios": {}}, "not a state of pixelpact"),
        ({"scenarios": [{"id": "1.0", "choice": "slow", "chosen_at": 0}]}, "not a state of pixelpact"),
        (
            {"scenarios": [{"id": "1.0", "choice": {"scenario": "slow"}, "chosen_at": "x"}]},
            "not a state of pixelpact",
        ),
        (
            {"scenarios": [{"id": "1.0", "choice": {"scenario": "slo"}, "chosen_at": 0}]},
            "There is no scenario 'slo'",
        ),
        ({"settings": []}, "not a state of pixelpact"),
    ],
    ids=str,
)
def test_overrides_that_make_no_sense_change_nothing(
    http: httpx.Client, control: Controller, change: dict[str, Any], complaint: str
) -> None:
    state = control.state()
    server_record(state).update(change)
    job = http.post("/jobs", json={}).json()

    with pytest.raises(ControlError, match=complaint):
        control.restore(state)

    assert http.get(f"/jobs/{job['id']}").status_code == 200


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 9}, "version must be 2"),
        ({"requests": "many"}, "not a state of pixelpact"),
        (
            {"contents": {"records": [["*", "rule-counts", "a", {"1.0": ["x", 0]}]]}},
            "not a state of pixelpact",
        ),
        ({"contents": {"records": [["*", "rule-counts", "a", {"1.0": 1}]]}}, "not a state of pixelpact"),
        ({"contents": {"jobs": {}}}, "not a state of pixelpact"),
    ],
    ids=str,
)
def test_a_state_that_makes_no_sense_changes_nothing(
    http: httpx.Client, control: Controller, change: dict[str, Any], complaint: str
) -> None:
    job = http.post("/jobs", json={}).json()

    with pytest.raises(ControlError, match=complaint):
        control.restore({**control.state(), **change})

    assert http.get(f"/jobs/{job['id']}").status_code == 200


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
    assert control.now() < control.now()  # it runs
    assert [entry.operation for entry in control.journal()] == ["listJobs", "listPresets"]
    again = http.post("/jobs", json=runnable({"width": 80})).json()
    assert again["id"] == first["id"]
    assert http.get(http.get(f"/jobs/{again['id']}").json()["output"][0]["uri"]).content != before
    assert web.get(f"{http.base_url}jobs/{stays}", headers=other).status_code == 200


def test_a_reset_of_one_account_leaves_all_that_others_have(control: Controller, pixelpact: MockApi) -> None:
    key = f"{pixelpact.api_key}-stays"
    with (
        Controller(pixelpact.server.url, api_key=key) as other,
        httpx.Client(base_url=pixelpact.base_url, headers={KEY: key}, verify=False) as http,
    ):
        job = http.post("/jobs", json={}, headers={"Idempotency-Key": "i"}).json()
        http.post("/presets", json={"name": "mine", "target": "png", "options": {}})
        other.choose("stuck")
        other.set_profile({"empty-listing": "empty-list"})
        other.freeze(other.now() + 1000)

        def seen() -> list[Any]:
            kept = [http.get(path).json() for path in ("/jobs", "/presets")]
            created = [entry.number for entry in other.journal(operation="createJob")]
            return [*kept, other.chosen(), other.profile(), other.now(), created]

        def sends(first: int, last: int) -> bool:
            sent = http.post(
                f"{job['server']}/upload-file/{job['id']}",
                files={"file": ("a.txt", b"x" * (last - first + 1))},
                headers={headers().upload_uuid[0]: "u", headers().content_range: f"bytes {first}-{last}/8"},
            )
            completed: bool = sent.json()["completed"]
            return completed

        before, first = seen(), sends(0, 3)
        control.reset()

        assert seen() == before
        assert [first, sends(4, 7)] == [False, True]
        assert http.post("/jobs", json={}, headers={"Idempotency-Key": "i"}).json()["id"] == job["id"]
        assert http.post("/jobs", json={}).json()["id"] != job["id"]


@pytest.mark.undocumented
@pytest.mark.parametrize("rule", ["server-error", {"scenario": "bad-gateway", "times": 2}], ids=str)
def test_a_file_of_scenarios_begins_anew_unless_it_says_what_the_state_says(
    tmp_path: Path, rule: Any
) -> None:
    state, rules = tmp_path / "state.json", tmp_path / "rules.json"
    rules.write_text('["unavailable"]')
    settings = Settings(state_file=state, scenario_file=rules)

    def statuses() -> list[int]:
        with (
            Server(settings) as server,
            httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
        ):
            return [http.get("/statuses").status_code for _ in range(2)]

    assert [statuses(), statuses()] == [[503, 503], [200, 200]]
    rules.write_text(json.dumps([rule]))
    assert statuses() == [500 if rule == "server-error" else 502] * 2


@pytest.mark.undocumented
def test_an_account_that_has_suffered_enough_is_not_taken_for_another_rule(tmp_path: Path) -> None:
    state, rules = tmp_path / "state.json", tmp_path / "rules.json"
    rules.write_text('["server-error"]')
    key = {KEY: "scenario-rate-limited"}
    with Server(Settings(state_file=state)) as server:
        seen = [
            httpx.get(f"{server.base_url}/statuses", headers=key, verify=False).status_code for _ in range(3)
        ]
    with Server(Settings(state_file=state, scenario_file=rules)) as server:
        seen += [
            httpx.get(f"{server.base_url}/statuses", headers=key, verify=False).status_code for _ in range(3)
        ]

    assert seen == [429, 429, 200, 500, 500, 200]


@pytest.mark.undocumented
def test_what_a_server_is_started_with_goes_before_what_its_state_says(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with Server(Settings(state_file=file)):
        pass
    profile = Profile({"empty-listing": "empty-list"})
    with Server(Settings(state_file=file, scenarios=("server-error",), profile=profile)) as server:
        url = f"{server.base_url}/jobs"
        seen = [httpx.get(url, headers={KEY: "k"}, verify=False).status_code for _ in range(3)]
    with Server(Settings(state_file=file, scenarios=("server-error",))) as server:
        url = f"{server.base_url}/jobs"
        seen += [httpx.get(url, headers={KEY: "k"}, verify=False).status_code]

    assert seen == [500, 500, 200, 200]


def test_a_server_that_stops_at_once_writes_its_state(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    for _ in range(3):
        with Server(Settings(state_file=file)):
            pass

        assert file.exists()
        file.unlink()
