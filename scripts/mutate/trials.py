"""A trial: one mutation, put into a copy of the tree, and the tests that should notice it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.mutate.coverage_map import CoverageMap
from scripts.mutate.mutations import Mutation
from scripts.mutate.plugin import COLLECTION_S
from scripts.mutate.trees import copy_tree, environment

#: Exit codes of pytest: all tests passed; none was selected.
_PASSED, _NONE = 0, 5
#: A test may take this many seconds, and this many times as long as it did when it was measured.
_GRACE_S, _FACTOR = 15.0, 5.0


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of a mutation: `killed`, `timeout` or `survived`, and the tests it was tried with."""

    mutation: Mutation
    outcome: str
    tests: list[str]
    reaching: int
    output: str = ""


def select_tests(known: CoverageMap, mutation: Mutation, budget_s: float) -> tuple[list[str], int]:
    """The tests for a mutation as far as the budget goes, and how many reach it.

    Those that run its line come first, then those that run its module: code that runs at import, or whose
    result is cached, was measured in one test but matters to others.
    """
    near = known.tests_of(mutation.path, mutation.statement)
    far = known.tests_of_module(mutation.path) - near
    ordered = known.in_order(mutation.path, near) + known.in_order(mutation.path, far)
    chosen: list[str] = []
    spent_s = 0.0
    for test in ordered:
        spent_s += known.durations[test]
        if chosen and spent_s > budget_s:
            break
        chosen.append(test)
    return chosen, len(ordered)


def run_trials(
    root: Path,
    sample: list[Mutation],
    known: CoverageMap,
    *,
    workers: int,
    budget_s: float,
    done: Callable[[Trial], None],
) -> list[Trial]:
    """Try each mutation, `workers` at a time, each in a tree of its own; `done` is called with each."""
    stopping = threading.Event()
    with ExitStack() as stack:
        trees: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for _ in range(min(workers, len(sample))):
            made = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="mutate-tree-", ignore_cleanup_errors=True)
            )
            trees.put(copy_tree(root, Path(made)))

        def attempt(mutation: Mutation) -> Trial:
            tests, reaching = select_tests(known, mutation, budget_s)
            tree = trees.get()
            try:
                limits = {test: _GRACE_S + _FACTOR * known.durations[test] for test in tests}
                outcome, output = _run(tree, mutation, limits, stopping) if tests else ("survived", "")
            finally:
                trees.put(tree)
            trial = Trial(mutation, outcome, tests, reaching, output)
            if not stopping.is_set():
                done(trial)
            return trial

        with ThreadPoolExecutor(workers) as executor:
            futures = [executor.submit(attempt, mutation) for mutation in sample]
            try:
                return [future.result() for future in futures]
            except BaseException:
                stopping.set()
                executor.shutdown(wait=True, cancel_futures=True)
                raise


def _run(
    tree: Path, mutation: Mutation, limits: dict[str, float], stopping: threading.Event
) -> tuple[str, str]:
    """The outcome of the tests on the mutated tree, and what pytest printed."""
    with tempfile.TemporaryDirectory(prefix="mutate-run-") as made, _mutated(tree, mutation):
        tests, timeouts, printed = (Path(made, name) for name in ("tests.json", "timeouts", "output"))
        tests.write_text(json.dumps(limits), encoding="utf-8")
        files = sorted({test.partition("::")[0] for test in limits})
        options = [
            "-q",
            "-x",
            "--no-header",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "-p",
            "scripts.mutate.plugin",
        ]
        env = environment(tree, MUTATE_TESTS=str(tests), MUTATE_TIMEOUT=str(timeouts), TMPDIR=made)
        code = _wait(
            [sys.executable, "-m", "pytest", *options, *files],
            tree,
            env,
            printed,
            COLLECTION_S + sum(limits.values()),
            stopping,
        )
        output = printed.read_text(encoding="utf-8", errors="replace")
        if code is None or (timeouts.exists() and timeouts.stat().st_size):
            return "timeout", output
        return ("survived" if code in {_PASSED, _NONE} else "killed"), output


def _wait(
    command: list[str],
    tree: Path,
    env: dict[str, str],
    printed: Path,
    limit_s: float,
    stopping: threading.Event,
) -> int | None:
    """The exit code of a command; `None` where it had to be ended. Its children end with it."""
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        waited_s = 0.0
        try:
            while waited_s < limit_s and not stopping.is_set():
                with suppress(subprocess.TimeoutExpired):
                    return process.wait(0.5)
                waited_s += 0.5
            return None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _mutated(tree: Path, mutation: Mutation) -> Iterator[None]:
    """Puts a mutation into a file, and back; its bytecode, which only knows time and size, goes."""
    file = tree / mutation.path
    source = file.read_bytes()

    def write(content: bytes) -> None:
        file.write_bytes(content)
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()

    write(mutation.applied(source))
    try:
        yield
    finally:
        write(source)
