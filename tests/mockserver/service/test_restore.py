"""What a restored state replaces, and which states are refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ControlError, Controller, ManualClock, Mock, Server, Settings
from pixelpact.mockserver.errors import SnapshotError
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.service.snapshots import (
    State,
    from_json,
    read_state,
    restore,
    snapshot,
    to_json,
    write_state,
)
from pixelpact.schema import Profile, headers
from tests.bodies import finished, runnable


async def state_of(settings: Settings, *, level: str = SERVER, clock_s: float = 5.0) -> State:
    """The state of a server whose clock, profile, scenarios and settings were set for a level."""
    mock = Mock(settings, ManualClock(1000.0))
    await mock.accounts.set_clock(level, lambda shift, base: shift.advance(clock_s, base=base))
    await mock.accounts.set_profile(level, Profile({"spent": "nothing"}))
    await mock.accounts.set_settings(level, credits=3)
    await mock.scenarios.choose(level, ["slow"])
    return await snapshot(mock)


@pytest.mark.parametrize("level", [SERVER, "tests/*", "a"])
def test_what_a_level_overrides_is_in_the_state(level: str) -> None:
    async def run() -> tuple[Any, ...]:
        state = from_json(to_json(await state_of(Settings(), level=level)))
        mock = Mock(Settings(), ManualClock(2000.0))
        await mock.accounts.set_settings("b", credits=1)
        await restore(mock, state)
        account, other = await mock.accounts.load(level), await mock.accounts.load("b")
        names = [rule.scenario.name for rule, _ in account.rules]
        return (
            account.now(),
            account.profile["spent"],
            account.settings.credits,
            names,
            other.settings.credits,
        )

    *found, others = asyncio.run(run())
    assert found == [2005.0, "nothing", 3, ["slow"]]
    assert others == (3 if level == SERVER else None)


def test_a_state_is_the_same_after_a_restore() -> None:
    async def run() -> tuple[bytes, bytes]:
        state = await state_of(Settings(), level="a")
        mock = Mock(Settings(), ManualClock(1000.0))
        await restore(mock, state)
        return to_json(await snapshot(mock)), to_json(state)

    after, before = asyncio.run(run())
    assert json.loads(after) == json.loads(before)


def test_a_state_says_what_was_in_force_where_another_server_has_other_options() -> None:
    async def run() -> tuple[str, str]:
        mock = Mock(Settings(profile=Profile({"spent": "nothing"})))
        state = from_json(to_json(await snapshot(mock)))
        other = Mock(Settings(profile=Profile({"empty-listing": "empty-list"})))
        await restore(other, state)
        profile = (await other.accounts.load("a")).profile
        return profile["spent"], profile["empty-listing"]

    assert asyncio.run(run()) == ("nothing", Profile()["empty-listing"])


@pytest.mark.parametrize(("at_startup", "spent"), [(True, "other"), (False, "nothing")])
def test_only_at_startup_options_of_the_server_win(at_startup: bool, spent: str) -> None:
    async def run() -> str:
        state = await state_of(Settings())
        mock = Mock(Settings(profile=Profile({"empty-listing": "empty-list"})))
        await restore(mock, state, at_startup=at_startup)
        return (await mock.accounts.load("a")).profile["spent"]

    assert asyncio.run(run()) == (Profile()["spent"] if spent == "other" else spent)


def test_at_startup_a_server_without_a_profile_has_that_of_its_state() -> None:
    async def run() -> str:
        mock = Mock(Settings())
        await restore(mock, await state_of(Settings()), at_startup=True)
        return (await mock.accounts.load("a")).profile["spent"]

    assert asyncio.run(run()) == "nothing"


def test_a_state_of_another_seed_changes_nothing() -> None:
    async def run() -> State:
        mock = Mock(Settings(seed=1), ManualClock(1000.0))
        await mock.scenarios.choose("a", ["jitter"])
        mock.request_ids.count = 7
        before = await snapshot(mock)
        with pytest.raises(
            SnapshotError, match="made with the seed 0, this server has 1: start it with --seed 0"
        ):
            await restore(mock, await state_of(Settings()))
        assert await snapshot(mock) == before
        return before

    assert asyncio.run(run()).requests == 7


def test_pictures_of_another_history_are_forgotten(serve: Callable[..., httpx.Client]) -> None:
    http = serve()
    with Controller(str(http.base_url.copy_with(path="/"))) as control:
        empty = control.state()
        first = finished(http, runnable({"seed": 1}))["output"][0]
        before = http.get(first["uri"]).content
        control.restore(empty)
        second = finished(http, runnable({"width": 80}))["output"][0]

        assert second["id"] == first["id"]
        assert http.get(second["uri"]).content != before
        assert len(http.get(second["uri"]).content) == second["size"]


def test_a_state_is_read_from_where_it_was_written(tmp_path: Path) -> None:
    state = asyncio.run(state_of(Settings(), level="a"))
    file = tmp_path / "state.json"
    file.write_text("old")
    write_state(state, file)

    found = read_state(file)
    assert found is not None
    assert json.loads(to_json(found)) == json.loads(to_json(state))
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]
    assert read_state(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    "settings",
    [
        {"max_jobs": 1},
        {"seed": -1},
        {"seed": "x"},
        {"credits": "x"},
        {"pace": "fast"},
        {"picture_format": "bmp"},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused_with_their_state(
    http: httpx.Client, control: Controller, settings: dict[str, Any]
) -> None:
    http.get("/statuses")
    account = control.journal()[-1].account
    state = control.state()
    overrides = {"clock": {"offset_s": 0, "frozen_at": None}, "profile": None, "scenarios": None}
    state["contents"]["records"].append(["*", "overrides", account, {**overrides, "settings": settings}])

    try:
        with pytest.raises(ControlError):
            control.restore(state)
        assert http.get("/statuses").status_code == 200
    finally:
        state["contents"]["records"].pop()
        control.restore(state)


@pytest.mark.undocumented
def test_a_restore_keeps_to_a_file_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('["unavailable"]')
    with (
        Server(Settings(scenario_file=file)) as server,
        Controller(server.url) as control,
        httpx.Client(base_url=server.base_url, headers={headers().api_key[0]: "k"}, verify=False) as http,
    ):
        state = control.state()
        file.write_text('[{"scenario": "bad-gateway", "times": 1}]')
        seen = [http.get("/statuses").status_code]
        control.restore(state)

        assert control.chosen() == [{"scenario": "bad-gateway", "times": 1}]
        assert [*seen, *(http.get("/statuses").status_code for _ in range(2))] == [502, 502, 200]
