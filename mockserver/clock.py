"""Clocks: what time it is for the server. Times are seconds since 1970, UTC."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

#: The last moment that has a date of four digits; no clock goes on from there.
END = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        ...


class SystemClock:
    """The time of the machine."""

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
            ValueError: `seconds` is negative; a job's past does not change.
        """
        if seconds < 0:
            raise ValueError(f"A clock can't go back; got {seconds} seconds. Use 0 or more.")
        self._now += seconds
        return self._now


@dataclass(frozen=True, slots=True)
class Shift:
    """How a clock differs from the one it follows: `offset_s` ahead of it or, frozen, at one moment."""

    offset_s: float = 0.0
    frozen_at: float | None = None


class ShiftedClock:
    """A clock that follows another one until it is frozen, advanced or resumed.

    >>> clock = ShiftedClock(ManualClock(1000.0))
    >>> clock.advance(2.5), clock.freeze(), clock.advance(1)
    (1002.5, 1002.5, 1003.5)
    """

    def __init__(self, follows: Clock, shift: Shift | None = None) -> None:
        self._follows = follows
        self.shift = shift or Shift()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        if self.shift.frozen_at is not None:
            return self.shift.frozen_at
        return self._follows.now() + self.shift.offset_s

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still, itself or because the clock that it follows does."""
        follows = self._follows
        return self.shift.frozen_at is not None or (isinstance(follows, ShiftedClock) and follows.is_frozen)

    def freeze(self, at: float | None = None) -> float:
        """The moment at which it now stands still: `at`, by default this one.

        Raises:
            ValueError: `at` is in the past of this clock, for a job's past does not change, or after its end.
        """
        now = self.now()
        if at is not None and at < now:
            raise ValueError(
                f"A clock can't go back; it is {timestamp(now)} already. Freeze it then or later."
            )
        self.shift = Shift(frozen_at=now if at is None else _dated(at))
        return self.now()

    def advance(self, seconds: float) -> float:
        """The time after moving on by `seconds`, frozen or not.

        Raises:
            ValueError: `seconds` is negative, or leads past the last date.
        """
        if seconds < 0:
            raise ValueError(f"A clock can't go back; got {seconds} seconds. Use 0 or more.")
        _dated(self.now() + seconds)
        shift = self.shift
        if shift.frozen_at is None:
            self.shift = Shift(offset_s=shift.offset_s + seconds)
        else:
            self.shift = Shift(frozen_at=shift.frozen_at + seconds)
        return self.now()

    def resume(self) -> float:
        """The time; the clock goes on from there."""
        now = self.now()
        self.shift = Shift(offset_s=now - self._follows.now())
        return now


def _dated(moment: float) -> float:
    """The moment, which must have a date."""
    if not moment < END:
        raise ValueError("A clock ends with the year 9999; move it by less, or reset it.")
    return moment


def timestamp(moment: float, *, zone: str = "") -> str:
    """A moment as the API writes it: UTC, to the second, followed by `zone` (by default none).

    >>> timestamp(0)
    '1970-01-01T00:00:00'
    """
    return _written(int(min(moment, END))) + zone


@lru_cache(maxsize=1024)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
