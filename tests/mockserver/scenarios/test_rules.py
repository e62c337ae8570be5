"""How scenarios are chosen, for whom they are in force, and how often."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver import (
    Controller,
    ScenarioError,
    Server,
    Settings,
    scenarios,
)
from pixelpact.mockserver.clock import ManualClock
from pixelpact.mockserver.scenarios.catalogue import read_choices
from pixelpact.mockserver.scenarios.rules import claim, make_rules, released
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import error_answers, headers
from tests.bodies import PROMPT, answers

KEY = headers().api_key[0]


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


@pytest.mark.undocumented
@pytest.mark.parametrize(("passed_s", "status"), [(59, 500), (60, 200)])
def test_a_duration_ends_to_the_second(
    play: Callable[..., httpx.Client], pixelpact: MockApi, passed_s: int, status: int
) -> None:
    pixelpact.control.freeze()
    http = play({"scenario": "server-error", "times": None, "duration_s": 60})

    pixelpact.control.advance(passed_s)

    assert http.get("/statuses").status_code == status


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ({"times": None, "probability": 0}, 0),
        ({"times": None, "probability": 1}, 12),
        ({"times": 1}, 1),
        ({"times": 5}, 5),
        ({"times": 3, "probability": 0.7}, 3),
    ],
    ids=str,
)
def test_a_rule_is_followed_so_often(
    play: Callable[..., httpx.Client], rule: dict[str, Any], refused: int
) -> None:
    http = play({"scenario": "server-error", **rule})

    seen = [http.get("/statuses").status_code for _ in range(12)]

    assert sorted(seen) == [200] * (12 - refused) + [500] * refused
    if "probability" not in rule:
        assert seen[:refused] == [500] * refused


@pytest.mark.undocumented
def test_a_refusal_by_another_status_says_why(play: Callable[..., httpx.Client]) -> None:
    messages = {}
    for name in ("server-error", "bad-gateway", "unavailable", "rate-limited", "invalid-key"):
        messages[name] = play(name).get("/statuses").json()["message"]

    usual = error_answers()
    assert messages == {
        "server-error": usual["ServerError"].message,
        "bad-gateway": "The scenario bad-gateway is in force",
        "unavailable": "The scenario unavailable is in force",
        "rate-limited": usual["TooManyRequests"].message,
        "invalid-key": usual["Unauthorized"].message,
    }


def test_chance_is_drawn_from_the_seed() -> None:
    def drawn(seed: int, account: str = "a") -> list[bool]:
        choice = {"scenario": "server-error", "times": None, "probability": 0.5, "seed": seed}
        rules, counts, found = make_rules([choice], at=0, ids="r"), {}, []
        for _ in range(200):
            claimed = claim(rules, counts, account=account)
            counts = dict(claimed.counts)
            found.append(bool(claimed.applied))
        return found

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1) != drawn(1, "b")
    assert 70 < sum(drawn(1)) < 130


@given(st.lists(st.sampled_from(["slow", "jitter", "stuck", "server-error", "connection-reset"]), max_size=5))
def test_after_a_refusal_nothing_else_is_counted(names: list[str]) -> None:
    claimed = claim(make_rules(names, at=0, ids="r"), {}, account="a")
    finals = [number for number, name in enumerate(names) if name in ("server-error", "connection-reset")]
    expected = names[: finals[0] + 1] if finals else names

    assert [rule.name for rule in claimed.applied] == expected
    assert list(claimed.counts) == [rule.rule.id for rule in claimed.applied]


@given(st.lists(st.sampled_from(["slow", "jitter", "stuck"]), min_size=1, max_size=5))
def test_what_is_released_was_never_counted(names: list[str]) -> None:
    rules = make_rules(names, at=0, ids="r")
    once = claim(rules, {}, account="a")
    twice = claim(rules, once.counts, account="a")

    assert released(twice.counts, twice.applied) == once.counts


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
        make_rules([choice], at=0, ids="r")

    assert message in str(refused.value)


def test_every_scenario_can_be_chosen_again_from_what_it_says_of_itself() -> None:
    rules = make_rules([*scenarios(), {"scenario": "slow", "times": 3}], at=0, ids="r")

    assert [rule.document() for rule in rules] == [
        *({"scenario": name} for name in scenarios()),
        {"scenario": "slow", "times": 3},
    ]


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
    broken, missing = complaints
    assert broken.startswith(f"The scenarios of {file} stay as they were")
    assert "not valid JSON" in broken
    assert missing.startswith(f"The scenarios of {file} stay as they were")
    assert "No such file" in missing


def test_a_file_that_makes_no_sense_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    file.write_text("{")

    with pytest.raises(ScenarioError, match="not valid JSON"):
        Server(Settings(scenario_file=file))
    assert read_choices('"slow"') == ["slow"]


def test_controls_of_two_accounts_do_not_meet(pixelpact: MockApi) -> None:
    with Controller(pixelpact.server.url, api_key="another-account") as other:
        pixelpact.control.choose("stuck")

        assert pixelpact.control.chosen() == [{"scenario": "stuck"}]
        assert other.chosen() == []


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
        make_rules([rule], at=0, ids="r")


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
