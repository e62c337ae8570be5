"""The mutation tester's pytest plugin: labels lines with the test that runs them, or runs selected tests.

`MUTATE_DURATIONS` names the file to write the durations of tests to. `MUTATE_TESTS` names a file with the
tests to run, in order, and the seconds each may take; `MUTATE_TIMEOUT` the file where a slower one says so.
"""

from __future__ import annotations

import faulthandler
import json
import os
from collections import defaultdict
from pathlib import Path

import coverage
import pytest

#: Seconds until the first test starts: imports and collection.
COLLECTION_S = 120


class Mapping:
    """Labels what coverage measures with the running test, and keeps how long each takes."""

    def __init__(self, durations: Path) -> None:
        self._file = durations
        self._durations: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Count the lines that run from now on to this test."""
        if measuring := coverage.Coverage.current():
            measuring.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up set-up, call and teardown."""
        self._durations[report.nodeid] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the durations, in the process that knows all of them."""
        if not hasattr(session.config, "workerinput"):
            self._file.write_text(json.dumps(self._durations), encoding="utf-8")


class Selection:
    """Runs some tests, in a given order, each within its time limit."""

    def __init__(self, limits: dict[str, float], timeouts: Path) -> None:
        self._limits = limits
        self._order = {test: number for number, test in enumerate(limits)}
        self._timeouts = timeouts.open("w", encoding="utf-8")
        self._limit(COLLECTION_S)

    def _limit(self, seconds: float) -> None:
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._timeouts)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what was selected."""
        kept = [item for item in items if item.nodeid in self._order]
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in self._order])
        items[:] = sorted(kept, key=lambda item: self._order[item.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start the clock of this test."""
        self._limit(self._limits[item.nodeid])

    def pytest_unconfigure(self) -> None:
        """Stop the clock."""
        faulthandler.cancel_dump_traceback_later()
        self._timeouts.close()


def pytest_configure(config: pytest.Config) -> None:
    """Register what the environment asks for."""
    if durations := os.environ.get("MUTATE_DURATIONS"):
        config.pluginmanager.register(Mapping(Path(durations)))
    if tests := os.environ.get("MUTATE_TESTS"):
        limits = json.loads(Path(tests).read_text(encoding="utf-8"))
        config.pluginmanager.register(Selection(limits, Path(os.environ["MUTATE_TIMEOUT"])))
