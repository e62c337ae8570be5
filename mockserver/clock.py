"""Clocks: what time it is for the server. Times are seconds since 1970, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


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


def timestamp(moment: float) -> str:
    """A moment as the API writes it: UTC, to the second, without a zone.

    >>> timestamp(0)
    '1970-01-01T00:00:00'
    """
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%S")
