"""The budget of a run: what it may still spend, in a file that all processes of the run share."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from pixelpact.contract_tests.client.errors import BudgetSpent

#: How long another process may hold the file, in seconds; it does for a fraction of a millisecond.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may spend: requests, paid jobs, requests a second, and seconds; `None` where unlimited."""

    max_requests: int
    max_paid_jobs: int
    rate: float | None = None
    max_time_s: float | None = None


@dataclass(slots=True)
class Spent:
    """What a run has spent: requests, paid jobs, and the requests kept back for its clean-up.

    `started_at` and `next_at` are times in seconds since 1970: of the first request, and of the earliest next
    one.
    """

    requests: int = 0
    paid_jobs: int = 0
    kept_back: int = 0
    started_at: float = 0.0
    next_at: float = 0.0


class Budget:
    """Requests and paid jobs, reserved before they are sent: what a crash interrupts stays spent.

    `keep_back` reserves requests for the clean-up of a job that is about to be created, so that it can't fail
    for lack of budget.
    """

    def __init__(
        self,
        limits: Limits,
        file: Path,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self._file = file
        self._lock = FileLock(f"{file}.lock", timeout=_PATIENCE_S)
        self._now = now
        self._sleep = sleep

    def spent(self) -> Spent:
        """What has been spent until now."""
        try:
            return Spent(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return Spent()

    def reserve(self, *, paid_jobs: int = 0, keep_back: int = 0) -> None:
        """Reserve the next request with its paid jobs and their clean-up, and wait for its turn.

        Raises:
            BudgetSpent: one of the limits is reached; nothing is reserved then.
        """
        with self._change() as spent:
            self._check_time(spent)
            wanted = spent.requests + spent.kept_back + 1 + keep_back
            if wanted > self.limits.max_requests:
                raise BudgetSpent(f"the budget of {self.limits.max_requests} requests is spent")
            if spent.paid_jobs + paid_jobs > self.limits.max_paid_jobs:
                raise BudgetSpent(f"the budget of {self.limits.max_paid_jobs} paid jobs is spent")
            spent.requests += 1
            spent.paid_jobs += paid_jobs
            spent.kept_back += keep_back
            turn = self._turn(spent)
        self._wait_until(turn)

    def keep_back(self, requests: int) -> None:
        """Keep more requests back for the clean-up of a job that grows.

        Raises:
            BudgetSpent: so many are not left; nothing is kept back then.
        """
        with self._change() as spent:
            if spent.requests + spent.kept_back + requests > self.limits.max_requests:
                raise BudgetSpent(f"the budget of {self.limits.max_requests} requests is spent")
            spent.kept_back += requests

    def reserve_kept_back(self) -> None:
        """Reserve the next request from those that are kept back for clean-up, or as any other.

        Raises:
            BudgetSpent: none is left.
        """
        with self._change() as spent:
            if spent.kept_back:
                spent.kept_back -= 1
            elif spent.requests >= self.limits.max_requests:
                raise BudgetSpent(f"the budget of {self.limits.max_requests} requests is spent")
            spent.requests += 1
            turn = self._turn(spent)
        self._wait_until(turn)

    def release(self, requests: int, *, paid_jobs: int = 0) -> None:
        """Give back requests that were kept back and are not needed, and paid jobs that were refused."""
        with self._change() as spent:
            spent.kept_back = max(0, spent.kept_back - requests)
            spent.paid_jobs = max(0, spent.paid_jobs - paid_jobs)

    def pause(self, seconds: float) -> None:
        """Wait, as the server asks.

        Raises:
            BudgetSpent: that would take longer than the run may.
        """
        spent = self.spent()
        limit = self.limits.max_time_s
        if limit is not None and spent.started_at and self._now() + seconds > spent.started_at + limit:
            raise BudgetSpent(f"the time of {limit:g} s is up")
        self._sleep(seconds)

    @contextmanager
    def _change(self) -> Iterator[Spent]:
        """What is spent, to be changed; written unless the block raises."""
        with self._lock:
            spent = self.spent()
            yield spent
            temporary = self._file.with_suffix(".new")
            temporary.write_text(json.dumps(asdict(spent)))
            os.replace(temporary, self._file)

    def _check_time(self, spent: Spent) -> None:
        limit = self.limits.max_time_s
        if limit is not None and spent.started_at and self._now() > spent.started_at + limit:
            raise BudgetSpent(f"the time of {limit:g} s is up")

    def _turn(self, spent: Spent) -> float:
        """The time at which the next request may be sent, by the rate."""
        now = self._now()
        spent.started_at = spent.started_at or now
        turn = max(now, spent.next_at)
        spent.next_at = turn + (1 / self.limits.rate if self.limits.rate else 0.0)
        return turn

    def _wait_until(self, moment: float) -> None:
        wait = moment - self._now()
        if wait > 0:
            self._sleep(wait)
