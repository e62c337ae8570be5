"""A budget is reserved before it is spent, in a file that all processes of a run share."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Budget, Limits
from pixelpact.contract_tests.client.errors import BudgetSpent


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def budget(
    folder: Path, requests: int = 3, paid_jobs: int = 1, time: Time | None = None, **limits: float
) -> Budget:
    time = time or Time()
    return Budget(
        Limits(requests, paid_jobs, **limits), folder / "budget.json", now=lambda: time.now, sleep=time.sleep
    )


def spend_all(file: Path) -> int:
    """How many requests one process gets."""
    own, spent = Budget(Limits(200, 0), file), 0
    while True:
        try:
            own.reserve()
        except BudgetSpent:
            return spent
        spent += 1


def test_no_more_requests_are_reserved_than_the_limit(tmp_path: Path) -> None:
    own = budget(tmp_path)
    for _ in range(3):
        own.reserve()

    with pytest.raises(BudgetSpent, match="3 requests"):
        own.reserve()
    assert own.spent().requests == 3


def test_no_more_paid_jobs_are_reserved_than_the_limit(tmp_path: Path) -> None:
    own = budget(tmp_path)
    own.reserve(paid_jobs=1)

    with pytest.raises(BudgetSpent, match="1 paid jobs"):
        own.reserve(paid_jobs=1)
    assert (own.spent().requests, own.spent().paid_jobs) == (1, 1)


def test_what_is_kept_back_is_there_for_clean_up_only(tmp_path: Path) -> None:
    own = budget(tmp_path)
    own.reserve(keep_back=2)

    with pytest.raises(BudgetSpent):
        own.reserve()
    own.reserve_kept_back()
    own.reserve_kept_back()
    with pytest.raises(BudgetSpent):
        own.reserve_kept_back()
    assert own.spent().requests == 3


def test_what_is_released_can_be_spent(tmp_path: Path) -> None:
    own = budget(tmp_path)
    own.reserve(keep_back=2)
    own.release(1)

    own.reserve()
    with pytest.raises(BudgetSpent):
        own.reserve()


def test_a_second_process_goes_on_where_a_killed_one_stopped(tmp_path: Path) -> None:
    budget(tmp_path).reserve(paid_jobs=1)

    with pytest.raises(BudgetSpent):
        budget(tmp_path).reserve(paid_jobs=1)


def test_processes_together_never_exceed_it(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        spent = pool.map(spend_all, [tmp_path / "budget.json"] * 2)

    assert sum(spent) == 200


def test_the_rate_spaces_requests(tmp_path: Path) -> None:
    time = Time()
    own = budget(tmp_path, time=time, rate=4)
    for _ in range(3):
        own.reserve()

    assert time.slept == [0.25, 0.25]


def test_the_time_ends_a_run(tmp_path: Path) -> None:
    time = Time()
    own = budget(tmp_path, time=time, max_time_s=10)
    own.reserve()
    with pytest.raises(BudgetSpent, match="10 s"):
        own.pause(11)
    time.now += 11

    with pytest.raises(BudgetSpent, match="10 s"):
        own.reserve()
    own.reserve_kept_back()  # clean-up has no end
