"""What a level overrides, as a value, as a record, and after a reset."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver import ManualClock, Mock, Settings
from pixelpact.mockserver.accounts.overrides import Overrides, overrides_from
from pixelpact.mockserver.clock import Shift
from pixelpact.mockserver.levels import SERVER, is_within
from pixelpact.mockserver.scenarios.rules import make_rules
from pixelpact.schema import Profile
from tests.mockserver.accounts.steps import LEVELS, advance, choose, freeze, on, read_clock, set_profile


def test_a_reset_of_a_namespace_leaves_the_others() -> None:
    mock = Mock(Settings())
    for level in ("tests/*", "tests/a", "others/*", "a"):
        on(mock, partial(choose, level=level, scenario="stuck"), partial(freeze, level=level))

    on(mock, lambda mock: mock.reset(["scenarios", "clock", "jobs", "journal", "profile"], "tests/*"))

    records = on(mock, lambda mock: mock.store.contents())[0].records
    assert sorted(key for _, kind, key, _ in records if kind == "overrides") == ["a", "others/*"]


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ("clock", {"profile", "settings", "scenarios"}),
        ("profile", {"clock", "scenarios"}),
        ("scenarios", {"clock", "profile", "settings"}),
        ("jobs", {"clock", "profile", "settings", "scenarios"}),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_a_reset_takes_back_its_part_of_a_level_and_of_all_below(
    level: str, part: str, left: set[str]
) -> None:
    mock = Mock(Settings())
    for each in (*LEVELS, "b"):
        on(mock, partial(freeze, level=each), partial(choose, level=each, scenario="stuck"))
        on(mock, partial(set_profile, level=each, answers={"spent": "nothing"}))
        on(mock, lambda mock, each=each: mock.accounts.set_settings(each, credits=1))

    on(mock, lambda mock: mock.accounts.reset(level, [part]))

    for each in (*LEVELS, "b"):
        (overrides,) = on(mock, lambda mock, each=each: mock.accounts.overrides(each))
        initial = mock.accounts.startup if each == SERVER else Overrides()
        kept = {
            name
            for name in ("clock", "profile", "settings", "scenarios")
            if getattr(overrides, name) != getattr(initial, name)
        }
        assert kept == (left if is_within(each, level) else {"clock", "profile", "settings", "scenarios"})


def test_what_overrides_nothing_any_more_is_not_kept() -> None:
    mock = Mock(Settings(), ManualClock())
    for level in LEVELS:
        on(
            mock,
            partial(advance, level=level, seconds=1),
            lambda mock: mock.accounts.reset(SERVER, ["clock"]),
        )

    assert on(mock, lambda mock: mock.store.contents())[0].records == ()


def test_to_have_no_scenarios_is_kept_as_a_choice() -> None:
    mock = Mock(Settings())
    on(mock, lambda mock: mock.scenarios.choose("a", []))

    own, other = on(mock, *[lambda mock, name=name: mock.accounts.overrides(name) for name in "ab"])
    assert (own.scenarios, other.scenarios) == ((), None)


def test_a_server_at_the_pace_manual_stands_still_again_after_a_reset() -> None:
    mock = Mock(Settings(pace="manual"), clock := ManualClock(1000.0))
    on(mock, lambda mock: mock.accounts.set_clock(SERVER, lambda s, base: s.resume(base=base)))
    clock.advance(5)
    running, _, reset = on(
        mock,
        partial(read_clock, level="a"),
        lambda mock: mock.accounts.reset(SERVER, ["clock"]),
        partial(read_clock, level="a"),
    )

    assert running == (1005.0, False)
    assert reset == (1000.0, True)


@given(
    st.builds(
        Overrides,
        clock=st.builds(Shift, st.floats(0, 1e9), st.none() | st.floats(0, 1e9)),
        profile=st.none() | st.just(Profile({"spent": "nothing"})),
        scenarios=st.none()
        | st.lists(st.sampled_from(["slow", "stuck"]), max_size=2).map(
            lambda names: make_rules(names, at=7, ids="r")
        ),
        settings=st.dictionaries(st.sampled_from(["credits", "seed"]), st.integers(0, 9), max_size=2),
    )
)
def test_overrides_come_back_from_their_record(overrides: Overrides) -> None:
    assert overrides_from(overrides.record()) == overrides
