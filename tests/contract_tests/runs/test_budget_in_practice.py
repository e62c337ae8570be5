"""A counted server sees at most what the plan said, and nothing stays there, whatever interrupts a run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from pixelpact.mockserver import Server, Settings
from tests.counting import Counted, counting
from tests.samples import sampled

#: Longer than any of these runs takes on a busy machine.
_PATIENCE_S = 300
#: Enough for a free and a paid phase; the whole is for `make contract`.
ONLY = ("--only", "jobs", "--only", "outputs")


def environment(folder: Path) -> dict[str, str]:
    """The environment of a run with a state folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "PIXELPACT_STATE_DIR": str(folder), "COLUMNS": "80"}


def start(counted: Counted, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A run of `pixelpact check`."""
    command = [sys.executable, "-m", "pixelpact", "check", "--base-url", counted.base_url, *arguments]
    return subprocess.Popen(
        command, env=environment(folder), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def run(counted: Counted, folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of a run of `pixelpact check`."""
    process = start(counted, folder, *arguments)
    output, _ = process.communicate(timeout=_PATIENCE_S)
    return process.returncode, output


def planned(counted: Counted, folder: Path, *arguments: str) -> tuple[int, int]:
    """The requests and paid jobs that a plan names, which sends no request."""
    before = counted.requests
    code, output = run(counted, folder, "--plan", *arguments)
    found = re.search(r"at most (\d+) requests?, (\d+) paid jobs?", output)
    assert code == 0, output
    assert found, output
    assert counted.requests == before
    return int(found[1]), int(found[2])


def test_a_run_needs_what_its_plan_says(tmp_path: Path) -> None:
    with counting() as counted:
        requests, paid_jobs = planned(counted, tmp_path, *ONLY)
        code, output = run(counted, tmp_path, *ONLY)

        assert code == 0, output
        assert counted.requests <= requests
        assert f"; {counted.requests} requests, {paid_jobs} paid job" in output
        assert counted.left() == []
        assert list(tmp_path.rglob("*.made.jsonl")) == []


@pytest.mark.parametrize(
    ("stop", "share"),
    sampled(product([signal.SIGINT, signal.SIGKILL], [0.2, 0.5, 0.7]), 2),
    ids=str,
)
def test_what_an_interrupted_run_leaves_is_tidied(tmp_path: Path, stop: int, share: float) -> None:
    with counting() as counted:
        first, _ = planned(counted, tmp_path, *ONLY)
        process = start(counted, tmp_path, *ONLY)
        counted.at[int(first * share)] = lambda: process.send_signal(stop)
        process.communicate(timeout=_PATIENCE_S)
        if stop == signal.SIGINT:
            assert process.returncode == 130
            assert counted.left() == []
        assert counted.requests <= first

        seen = counted.requests
        second, _ = planned(counted, tmp_path, *ONLY)
        code, output = run(counted, tmp_path, *ONLY)

        assert code == 0, output
        assert counted.requests - seen <= second
        assert counted.left() == []


def test_what_a_killed_run_left_can_be_tidied_alone(tmp_path: Path) -> None:
    with counting() as counted:
        process = start(counted, tmp_path, *ONLY)
        counted.at[30] = process.kill
        process.communicate(timeout=_PATIENCE_S)

        code, output = run(counted, tmp_path, "--clean")

        assert code == 0, output
        assert counted.left() == []


def test_another_key_leaves_what_a_killed_run_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting() as counted:
        monkeypatch.setenv("API2CONVERT_API_KEY", "alice")
        process = start(counted, tmp_path, *ONLY)
        counted.at[30] = process.kill
        process.communicate(timeout=_PATIENCE_S)
        left = counted.left()

        monkeypatch.setenv("API2CONVERT_API_KEY", "bob")
        by_bob, output = run(counted, tmp_path, "--clean")
        assert (by_bob, counted.left()) == (1, left), output
        assert left

        monkeypatch.setenv("API2CONVERT_API_KEY", "alice")
        by_alice, output = run(counted, tmp_path, "--clean")
        assert (by_alice, counted.left()) == (0, []), output


@pytest.mark.undocumented
def test_too_many_requests_are_answered_with_patience_within_the_budget(tmp_path: Path) -> None:
    with counting(scenarios=({"scenario": "rate-limited", "times": 2},)) as counted:
        requests, _ = planned(counted, tmp_path, *ONLY)

        code, output = run(counted, tmp_path, *ONLY)

        assert code in (0, 4), output
        assert counted.requests <= requests
        assert counted.left() == []


def test_a_budget_that_ends_early_is_exit_code_4(tmp_path: Path) -> None:
    with counting() as counted:
        code, output = run(counted, tmp_path, "--max-requests", "2")

        assert code == 4, output
        assert counted.requests <= 2


def test_nothing_asked_is_exit_code_5(tmp_path: Path) -> None:
    with counting() as counted:
        code, output = run(counted, tmp_path, "--only", "ledger/retry-after")

        assert code == 5, output


def test_a_server_that_is_away_is_exit_code_3(tmp_path: Path) -> None:
    with Server(Settings()) as server:
        base_url = server.base_url
    counted = Counted()
    counted.server = type("Away", (), {"base_url": base_url})()  # type: ignore[assignment]

    code, output = run(counted, tmp_path)

    assert code == 3, output
    assert "Traceback" not in output
