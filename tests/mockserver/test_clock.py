"""How a clock that is shifted differs from its base."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver.clock import END, NO_SHIFT, Shift, timestamp
from pixelpact.mockserver.errors import ClockError

# Whole numbers are exact as floats, so that sums can be compared; fractions add nothing but rounding.
MOMENTS = st.integers(0, 4 * 10**9).map(float)
SECONDS = st.integers(0, 10**9).map(float)
RUNNING = st.builds(Shift, offset_s=SECONDS)
FROZEN = st.builds(Shift, frozen_at=MOMENTS)
SHIFTS = RUNNING | FROZEN


@given(MOMENTS)
def test_no_shift_shows_the_time_of_its_base(base: float) -> None:
    assert NO_SHIFT.at(base) == Shift().at(base) == base


@given(RUNNING, MOMENTS, SECONDS)
def test_a_running_clock_goes_as_fast_as_its_base(shift: Shift, base: float, seconds: float) -> None:
    assert shift.at(base + seconds) == shift.at(base) + seconds


@given(SHIFTS, MOMENTS, MOMENTS)
def test_a_frozen_clock_shows_one_moment(shift: Shift, base: float, other: float) -> None:
    frozen = shift.freeze(base=base)

    assert frozen.at(base) == frozen.at(other) == frozen.frozen_at == shift.at(base)


@given(SHIFTS, MOMENTS, MOMENTS, SECONDS)
def test_a_clock_can_be_frozen_now_or_later(shift: Shift, base: float, other: float, seconds: float) -> None:
    moment = shift.at(base) + seconds

    assert shift.freeze(moment, base=base).at(other) == moment


@given(SHIFTS, MOMENTS, st.integers(1, 1000))
def test_a_clock_cannot_be_frozen_in_its_past(shift: Shift, base: float, seconds: int) -> None:
    with pytest.raises(ClockError, match="can't go back"):
        shift.freeze(shift.at(base) - seconds, base=base)


@given(SHIFTS, MOMENTS, SECONDS)
def test_an_advance_adds_its_seconds_and_changes_nothing_else(
    shift: Shift, base: float, seconds: float
) -> None:
    advanced = shift.advance(seconds, base=base)

    assert advanced.at(base) == shift.at(base) + seconds
    assert (advanced.frozen_at is None) is (shift.frozen_at is None)


@given(SHIFTS, MOMENTS, SECONDS, SECONDS)
def test_two_advances_are_one(shift: Shift, base: float, first: float, second: float) -> None:
    twice = shift.advance(first, base=base).advance(second, base=base)

    assert twice == shift.advance(first + second, base=base)


@given(SHIFTS, MOMENTS, st.floats(max_value=-1e-9, allow_nan=False))
def test_no_advance_goes_back(shift: Shift, base: float, seconds: float) -> None:
    with pytest.raises(ClockError, match="can't go back"):
        shift.advance(seconds, base=base)


@given(SHIFTS, MOMENTS, SECONDS)
def test_a_resumed_clock_runs_on_from_where_it_was(shift: Shift, base: float, seconds: float) -> None:
    resumed = shift.resume(base=base)

    assert resumed.frozen_at is None
    assert resumed.at(base + seconds) == shift.at(base) + seconds


@given(RUNNING, MOMENTS)
def test_a_running_clock_has_nothing_to_resume(shift: Shift, base: float) -> None:
    assert shift.resume(base=base) == shift


@given(MOMENTS)
def test_frozen_and_resumed_at_once_a_clock_is_as_before(base: float) -> None:
    assert NO_SHIFT.freeze(base=base).resume(base=base) == NO_SHIFT


@pytest.mark.parametrize("shift", [NO_SHIFT, Shift(frozen_at=END - 10)], ids=["running", "frozen"])
def test_no_clock_reaches_the_end(shift: Shift) -> None:
    base = END - 10

    assert shift.advance(9, base=base).at(base) == END - 1
    assert shift.freeze(END - 1, base=base).at(base) == END - 1
    for moment in (END, math.inf):
        with pytest.raises(ClockError, match="ends with the year 9999"):
            shift.advance(moment - base, base=base)
        with pytest.raises(ClockError, match="ends with the year 9999"):
            shift.freeze(moment, base=base)


def test_a_clock_that_is_past_the_end_can_still_be_frozen() -> None:
    assert NO_SHIFT.freeze(base=END + 5).at(0) == END + 5


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0, "1970-01-01T00:00:00"),
        (59.999, "1970-01-01T00:00:59"),
        (END - 1, "9999-12-30T23:59:59"),
        (END + 10**9, "9999-12-31T00:00:00"),
    ],
)
def test_a_moment_is_written_to_the_second_and_never_past_the_end(moment: float, text: str) -> None:
    assert timestamp(moment) == text
    assert timestamp(moment, zone="Z") == f"{text}Z"
