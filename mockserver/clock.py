"""Clocks: what time it is for the server. Times are seconds since 1970, UTC."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from pixelpact.mockserver.errors import ClockError

#: No clock reaches this moment: the last day with a year of four digits begins.
END = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        ...


class SystemClock:
    """Tells the time of the machine."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is advanced.

    >>> clock = ManualClock(1000.0)
    >>> clock.advance(2.5)
    1002.5
    """

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now

    def advance(self, seconds: float) -> float:
        """The time after moving on by `seconds`, which can't be negative.

        Raises:
            ClockError: `seconds` is negative; a job's past does not change.
        """
        self._now += _forward(seconds)
        return self._now


@dataclass(frozen=True, slots=True)
class Shift:
    """How one clock differs from another, its base: `offset_s` ahead of it or, frozen, at one moment.

    >>> shift = Shift().advance(2.5, base=1000.0)
    >>> shift.at(1000.0), shift.freeze(base=1010.0).at(1020.0)
    (1002.5, 1012.5)
    """

    offset_s: float = 0.0
    frozen_at: float | None = None

    def at(self, base: float) -> float:
        """The time when the base says `base`."""
        return base + self.offset_s if self.frozen_at is None else self.frozen_at

    def freeze(self, at: float | None = None, *, base: float) -> Shift:
        """The shift of a clock that stands still at the moment `at`, by default now.

        Raises:
            ClockError: `at` is in the past of this clock (a job's past does not change), or after its end.
        """
        now = self.at(base)
        if at is not None and at < now:
            raise ClockError(
                f"A clock can't go back; it is {timestamp(now)} already. Freeze it then or later."
            )
        return Shift(frozen_at=now if at is None else _dated(at))

    def advance(self, seconds: float, *, base: float) -> Shift:
        """The shift of a clock that is `seconds` further, frozen or not.

        Raises:
            ClockError: `seconds` is negative, or leads past the last date.
        """
        _dated(self.at(base) + _forward(seconds))
        if self.frozen_at is None:
            return Shift(offset_s=self.offset_s + seconds)
        return Shift(frozen_at=self.frozen_at + seconds)

    def resume(self, *, base: float) -> Shift:
        """The shift of a clock that runs on from where it is."""
        return Shift(offset_s=self.at(base) - base)


#: The shift of a clock that shows the time of its base.
NO_SHIFT = Shift()


def _forward(seconds: float) -> float:
    if seconds < 0:
        raise ClockError(f"A clock can't go back; got {seconds} seconds. Use 0 or more.")
    return seconds


def _dated(moment: float) -> float:
    """The moment, if it has a date."""
    if not moment < END:
        raise ClockError("A clock ends with the year 9999; move it by less, or reset it.")
    return moment


def timestamp(moment: float, *, zone: str = "") -> str:
    """A moment as the API writes it: UTC, to the second, followed by `zone` (empty by default).

    >>> timestamp(0)
    '1970-01-01T00:00:00'
    """
    return _written(int(min(moment, END))) + zone


@lru_cache(maxsize=1024)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
