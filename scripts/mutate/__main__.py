"""The command: draws a sample of mutations, tries each, and prints the share that dies and the survivors."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scripts.mutate.coverage_map import TestsFail, load_map
from scripts.mutate.mutations import Mutation, draw_sample, find_mutations
from scripts.mutate.trees import commit
from scripts.mutate.trials import Trial, run_trials

_PATHS = ["schema", "strategies", "mockserver", "contract_tests", "src/pixelpact"]
_WIDTH = 80


def main(arguments: list[str], root: Path) -> int:
    """Mutate the project in `root`: 0 where enough mutations died, 1 where too few did, 2 for an error."""
    options = _parser().parse_args(arguments)
    try:
        sample = _sample(root, options)
        if not sample:
            return _refuse("there is nothing to mutate")
        known = load_map(root, options.tests.split(), workers=options.workers)
    except TestsFail as error:
        print(*error.output.splitlines()[-30:], sep="\n")
        return _refuse(str(error))
    except FileNotFoundError as error:
        return _refuse(f"there is no {error}")
    trials: list[Trial] = []

    def show(trial: Trial) -> None:
        trials.append(trial)
        killed = sum(each.outcome != "survived" for each in trials)
        line = f"{len(trials)} of {len(sample)} tried, {killed} killed"
        print(f"\r{line}", end="", flush=True) if sys.stdout.isatty() else None

    run_trials(root, sample, known, workers=options.workers, budget_s=options.budget, done=show)
    if sys.stdout.isatty():
        print()
    if options.only:
        print(trials[0].output)
    return _report(root, sorted(trials, key=lambda each: (each.mutation.path, each.mutation.start)), options)


def _sample(root: Path, options: argparse.Namespace) -> list[Mutation]:
    if options.only:
        found = find_mutations(root, [options.only.partition(":")[0]])
        return [each for each in found if each.id == options.only][:1]
    seed = options.seed or commit(root)
    found = find_mutations(root, options.paths.split() or _existing(root))
    sample = draw_sample(found, root, number=options.sample, seed=seed)
    print(f"{len(sample)} of {len(found)} mutations, drawn by {seed[:12]}", flush=True)
    return sample


def _existing(root: Path) -> list[str]:
    return [path for path in _PATHS if (root / path).exists()]


def _report(root: Path, trials: list[Trial], options: argparse.Namespace) -> int:
    survivors = [trial for trial in trials if trial.outcome == "survived"]
    timeouts = sum(trial.outcome == "timeout" for trial in trials)
    for trial in survivors:
        before, after = trial.mutation.lines((root / trial.mutation.path).read_bytes())
        tests = f"{len(trial.tests)} of {trial.reaching} tests" if trial.reaching else "no test reaches it"
        print(f"\n{trial.mutation.id}  ({tests})\n  - {_cut(before)}\n  + {_cut(after)}")
    if survivors and not options.only:
        tests = f" --tests '{options.tests}'" if options.tests else ""
        print(f'\nSee one again: make mutate ARGS="--only {survivors[0].mutation.id}{tests}"')
    killed = len(trials) - len(survivors)
    percent = 100 * killed / len(trials)
    share = f"killed {killed} of {len(trials)} ({percent:.0f} %)"
    print(f"\n{share}, {timeouts} timeouts, {len(survivors)} survivors")
    return int(percent < options.at_least)


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH - 4 else line[: _WIDTH - 7] + "..."


def _refuse(reason: str) -> int:
    print(f"mutate: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutate", description=__doc__)
    add = parser.add_argument
    add(
        "--paths",
        default="",
        metavar="PATHS",
        help="files and folders to mutate (default: the whole package)",
    )
    add("--sample", type=int, default=20, metavar="N", help="mutations to try (default: 20)")
    add("--seed", default="", help="text that draws the sample (default: the id of the commit)")
    add("--tests", default="", metavar="PATHS", help="tests to measure and to run (default: all)")
    add("--only", metavar="ID", help="try this mutation alone and print what pytest says")
    add("--workers", type=int, default=os.cpu_count() or 1, help="mutations at a time (default: one a core)")
    add("--budget", type=float, default=60.0, help="seconds of tests for each mutation (default: 60)")
    add("--at-least", type=float, default=85.0, help="percent that must die for exit code 0 (default: 85)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
