"""Which tests run which lines, and how long each takes: measured once for a tree, and kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coverage import CoverageData

from scripts.mutate.trees import copy_tree, digest, environment

#: Processes of a test are labelled by the variable that pytest sets, the test's own process by the plugin.
_SETTINGS = """\
[run]
parallel = true
sigterm = true
data_file = {data}
source = {tree}
omit = {tree}/tests/*
context = ${{PYTEST_CURRENT_TEST}}
[paths]
package =
    {tree}/src/pixelpact
    */site/pixelpact
"""
#: Maps that are kept; the oldest go.
_KEPT = 3


class TestsFail(Exception):
    """The tests fail without any mutation; `output` is what pytest printed."""

    def __init__(self, output: str) -> None:
        super().__init__("the tests fail before anything is mutated")
        self.output = output


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """The tests of a tree, by the lines that they run."""

    data: CoverageData
    durations: dict[str, float]
    #: Where the tree stood when it was measured.
    tree: str

    def tests_of(self, path: str, lines: Iterable[int]) -> set[str]:
        """The tests that run one of these lines."""
        contexts = self._contexts(path)
        return {test for line in lines for test in contexts.get(line, ()) if test in self.durations}

    def tests_of_module(self, path: str) -> set[str]:
        """The tests that run any line of a module."""
        return self.tests_of(path, self._contexts(path))

    def _contexts(self, path: str) -> dict[int, list[str]]:
        found = self.data.contexts_by_lineno(f"{self.tree}/{path}")
        return {line: [_test(context) for context in contexts] for line, contexts in found.items()}

    def in_order(self, path: str, tests: set[str]) -> list[str]:
        """Tests of the folder that mirrors the module's first, and the fastest first."""
        folder = "tests/" + PurePosixPath(path.removeprefix("src/pixelpact/")).parent.as_posix() + "/"
        return sorted(tests, key=lambda test: (not test.startswith(folder), self.durations[test], test))


def _test(context: str) -> str:
    """The test of a context; in a process of its own, `PYTEST_CURRENT_TEST` adds its phase."""
    test = context.partition("|")[0]
    return test.rpartition(" (")[0] if test.endswith((" (setup)", " (call)", " (teardown)")) else test


def load_map(root: Path, tests: list[str], *, workers: int) -> CoverageMap:
    """The map of the tree as it is now; measured where there is none yet.

    Raises:
        TestsFail: a test fails without any mutation.
    """
    maps = root / ".mutate"
    folder = maps / digest(root, *tests)
    if not (folder / "tree").exists():
        print("Measuring which tests run which lines: a run of all tests, once for a tree ...", flush=True)
        maps.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="mutate-", dir=maps) as made:
            _measure(root, Path(made), tests, workers)
            shutil.rmtree(folder, ignore_errors=True)
            Path(made).rename(folder)
            Path(made).mkdir()
        for old in sorted(maps.iterdir(), key=lambda each: each.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(old)
    durations = json.loads((folder / "durations.json").read_text(encoding="utf-8"))
    data = CoverageData(str(folder / "data"))
    data.read()
    return CoverageMap(data, durations, (folder / "tree").read_text(encoding="utf-8"))


def _measure(root: Path, folder: Path, tests: list[str], workers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="mutate-tree-") as made:
        tree = copy_tree(root, Path(made))
        settings = folder / "coverage.ini"
        data = folder.resolve() / "data"
        settings.write_text(_SETTINGS.format(data=data, tree=tree), encoding="utf-8")
        env = environment(
            tree,
            COVERAGE_PROCESS_START=str(settings.resolve()),
            COVERAGE_CORE="ctrace",
            MUTATE_DURATIONS=str(folder.resolve() / "durations.json"),
        )
        env.pop("PYTEST_CURRENT_TEST", None)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.mutate.plugin", *tests]
        command += ["-n", str(workers)] if workers > 1 else []
        result = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
        if result.returncode:
            raise TestsFail(result.stdout + result.stderr)
        combine = [sys.executable, "-m", "coverage", "combine", "--quiet", "--rcfile", str(settings)]
        subprocess.run(combine, cwd=tree, check=True, capture_output=True)
        (folder / "tree").write_text(str(tree), encoding="utf-8")
