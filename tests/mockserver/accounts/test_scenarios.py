"""Scenarios that are chosen for a level: how long they last, who they are counted for, what follows a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Mock, Server, Settings
from pixelpact.mockserver.errors import ScenarioError
from pixelpact.mockserver.levels import SERVER
from pixelpact.schema import headers
from tests.mockserver.accounts.steps import advance

KEY = headers().api_key[0]
ALWAYS = {"scenario": "slow", "duration_s": 60}


async def names(mock: Mock, account: str) -> list[str]:
    """The scenarios that apply to a request of an account; counts them."""
    applied = await mock.scenarios.match(
        await mock.accounts.load(account), "listJobs", method="GET", path="/v2/jobs"
    )
    return [rule.name for rule in applied]


async def chosen(mock: Mock, level: str) -> list[dict[str, Any]]:
    return [rule.document() for rule in await mock.scenarios.chosen(level)]


@pytest.mark.parametrize(
    ("chosen_for", "advanced", "left"),
    [
        ("t/*", "t/a", ["slow"]),
        ("t/*", "t/*", []),
        ("t/*", SERVER, []),
        (SERVER, "t/*", ["slow"]),
        (SERVER, SERVER, []),
        ("t/a", "t/a", []),
    ],
)
def test_a_duration_counts_by_the_clock_of_the_level_that_was_chosen_for(
    chosen_for: str, advanced: str, left: list[str]
) -> None:
    async def run() -> tuple[list[str], list[str]]:
        mock = Mock(Settings(), ManualClock())
        await advance(mock, level="t/a", seconds=24 * 3600)
        await mock.scenarios.choose(chosen_for, [ALWAYS])
        before = await names(mock, "t/a")
        await advance(mock, level=advanced, seconds=60)
        return before, await names(mock, "t/a")

    assert asyncio.run(run()) == (["slow"], left)


def test_each_account_is_counted_for_itself_and_anew_after_a_reset() -> None:
    async def run() -> list[list[str]]:
        mock = Mock(Settings(scenarios=({"scenario": "server-error", "times": 1},)), ManualClock())
        seen = [await names(mock, account) for account in ("a", "a", "b", "b")]
        await mock.scenarios.reset("a")
        return seen + [await names(mock, account) for account in ("a", "a", "b")]

    error: list[str] = ["server-error"]
    assert asyncio.run(run()) == [error, [], error, [], error, [], []]


def test_the_same_choice_made_again_is_counted_anew() -> None:
    async def run() -> list[list[str]]:
        mock = Mock(Settings(), ManualClock())
        seen = []
        for _ in range(2):
            await mock.scenarios.choose("a", [{"scenario": "server-error", "times": 1}])
            seen += [await names(mock, "a"), await names(mock, "a")]
        return seen

    assert asyncio.run(run()) == [["server-error"], [], ["server-error"], []]


def test_what_is_no_longer_in_force_leaves_no_counts() -> None:
    async def run() -> list[Sequence[str]]:
        mock = Mock(Settings(), ManualClock())
        kept = []
        for _ in range(2):
            await mock.scenarios.choose("a", ["slow", "jitter"])
            await names(mock, "a")
            kept.append(list((await mock.store.records(SERVER, "rule-counts"))["a"]))
        return kept

    first, second = asyncio.run(run())
    assert (len(first), len(second)) == (2, 2)
    assert not set(first) & set(second)


def test_what_is_released_can_apply_again() -> None:
    async def run() -> list[list[str]]:
        mock = Mock(Settings(), ManualClock())
        await mock.scenarios.choose(
            "a", [{"scenario": "slow", "times": 1}, {"scenario": "jitter", "times": 1}]
        )
        account = await mock.accounts.load("a")
        slow, jitter = await mock.scenarios.match(account, "listJobs", method="GET", path="/v2/jobs")
        await mock.scenarios.release([jitter])
        seen = [await names(mock, "a"), await names(mock, "a")]
        await mock.scenarios.release([])
        return [[slow.name, jitter.name], *seen, await names(mock, "a")]

    assert asyncio.run(run()) == [["slow", "jitter"], ["jitter"], [], []]


@pytest.mark.undocumented
@pytest.mark.parametrize("choices", [[], ["bad-gateway"]], ids=str)
def test_a_key_chooses_nothing_once_a_choice_was_made_for_its_account(choices: list[str]) -> None:
    key = "scenario-rate-limited"
    with (
        Server(Settings(scenarios=("unavailable",))) as server,
        Controller(server.url, api_key=key) as control,
        httpx.Client(base_url=server.base_url, headers={KEY: key}, verify=False) as http,
    ):
        control.choose(*choices)

        seen = [http.get("/statuses").status_code for _ in range(len(choices) * 2 + 1)]
        assert seen == [*[502] * len(choices) * 2, 503]
        assert control.chosen() == [{"scenario": name} for name in choices]


@pytest.mark.undocumented
def test_a_key_chooses_before_what_is_in_force_for_all() -> None:
    with (
        Server(Settings(scenarios=({"scenario": "unavailable", "times": 1},))) as server,
        httpx.Client(base_url=server.base_url, headers={KEY: "scenario-rate-limited"}, verify=False) as http,
    ):
        assert [http.get("/statuses").status_code for _ in range(4)] == [429, 429, 503, 200]


def test_a_choice_that_cannot_be_followed_changes_nothing() -> None:
    async def run() -> list[dict[str, Any]]:
        mock = Mock(Settings(), ManualClock())
        await mock.scenarios.choose("a", ["slow"])
        with pytest.raises(ScenarioError, match="no scenario 'slo'"):
            await mock.scenarios.choose("a", ["jitter", "slo"])
        return await chosen(mock, "a")

    assert asyncio.run(run()) == [{"scenario": "slow"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios.json"
    path.write_text('["slow"]')
    return path


Step = Callable[[Mock], Any]


@pytest.mark.parametrize(
    ("step", "follows"),
    [
        (lambda mock: mock.scenarios.choose("a", ["stuck"]), True),
        (lambda mock: mock.scenarios.choose("t/*", ["stuck"]), True),
        (lambda mock: mock.scenarios.choose(SERVER, ["stuck"]), False),
        (lambda mock: mock.scenarios.reset("a"), True),
    ],
    ids=["account", "namespace", "server", "reset of an account"],
)
def test_a_file_is_followed_until_others_are_chosen_for_the_server(
    file: Path, step: Step, follows: bool
) -> None:
    async def run() -> list[dict[str, Any]]:
        mock = Mock(Settings(scenario_file=file), ManualClock())
        await step(mock)
        file.write_text('["jitter", "slow"]')
        await mock.scenarios.follow_file()
        return await chosen(mock, SERVER)

    expected = ["jitter", "slow"] if follows else ["stuck"]
    assert asyncio.run(run()) == [{"scenario": name} for name in expected]


@pytest.mark.parametrize("level", [SERVER, "a"])
def test_only_a_reset_of_the_server_leads_back_to_the_file(file: Path, level: str) -> None:
    async def run() -> list[list[dict[str, Any]]]:
        mock = Mock(Settings(scenario_file=file), ManualClock())
        await mock.scenarios.choose(SERVER, ["stuck"])
        file.write_text('["jitter"]')
        await mock.scenarios.reset(level)
        seen = [await chosen(mock, SERVER)]
        file.write_text('["jitter", "slow"]')
        return [*seen, await chosen(mock, SERVER)]

    back = [[{"scenario": "jitter"}], [{"scenario": "jitter"}, {"scenario": "slow"}]]
    assert asyncio.run(run()) == (back if level == SERVER else [[{"scenario": "stuck"}]] * 2)


def test_a_reset_leads_back_to_the_file_as_it_was_read_last(file: Path) -> None:
    async def run() -> list[dict[str, Any]]:
        mock = Mock(Settings(scenario_file=file), ManualClock())
        file.write_text('["jitter"]')
        await mock.scenarios.follow_file()
        await mock.scenarios.choose(SERVER, ["stuck"])
        file.unlink()
        await mock.scenarios.reset(SERVER)
        return await chosen(mock, SERVER)

    assert asyncio.run(run()) == [{"scenario": "jitter"}]


def test_after_a_reset_durations_begin_at_the_time_of_the_server() -> None:
    async def run() -> list[list[str]]:
        mock = Mock(Settings(scenarios=(ALWAYS,)), ManualClock())
        await advance(mock, level=SERVER, seconds=1000)
        seen = [await names(mock, "a")]
        await mock.scenarios.reset(SERVER)
        seen.append(await names(mock, "a"))
        await advance(mock, level=SERVER, seconds=59)
        seen.append(await names(mock, "a"))
        await advance(mock, level=SERVER, seconds=1)
        return [*seen, await names(mock, "a")]

    assert asyncio.run(run()) == [[], ["slow"], ["slow"], []]
