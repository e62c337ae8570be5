"""The mutation tester, on a tiny project: what dies, what survives, and what it leaves alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts.mutate.__main__ import main
from scripts.mutate.coverage_map import CoverageMap, load_map
from scripts.mutate.mutations import Mutation, changes, draw_sample, find_mutations, mutations

CODE = '''\
"""Counting."""

from __future__ import annotations

import sys

LIMIT = 3


def clipped(number: int) -> int:
    """The number, but at most the limit."""
    return min(number, LIMIT)


def count(number: int) -> int:
    """Counts down."""
    steps = 0
    while number > 0:
        number = number - 1
        steps += 1
    return steps


def untested(number: int) -> bool:
    return number == 7


def main() -> None:
    print(clipped(int(sys.argv[1])))


if __name__ == "__main__":
    main()
'''
TESTS = """\
import os, subprocess, sys

from tiny import clipped, count


def test_clipped():
    assert clipped(2) == 2


def test_count():
    assert count(2) == 2


def test_program():
    printed = subprocess.run([sys.executable, "-m", "tiny", "9"], capture_output=True, text=True, check=True)
    assert printed.stdout == "3\\n"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one module and its tests, known to git."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # some plugins take seconds to import
    for name, content in {
        "src/tiny.py": CODE,
        "tests/test_tiny.py": TESTS,
        "pyproject.toml": "[tool.pytest.ini_options]\n",
        ".gitignore": ".mutate/\n__pycache__/\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "A tiny project"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    return tmp_path


def status(project: Path) -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout


def mutation(code: str, kind: str) -> Mutation:
    """The one mutation of its kind in the line of `CODE` that holds `code`."""
    number = next(number for number, line in enumerate(CODE.splitlines(), 1) if code in line)
    found = mutations("src/tiny.py", CODE.encode())
    (one,) = (each for each in found if (each.line, each.kind) == (number, kind))
    return one


@pytest.fixture
def known(project: Path) -> CoverageMap:
    """Which tests of the project run which lines."""
    return load_map(project, [], workers=1)


def test_a_test_is_known_by_the_lines_it_runs_also_in_a_process_of_its_own(known: CoverageMap) -> None:
    number = CODE.splitlines().index("    return min(number, LIMIT)") + 1

    assert known.tests_of("src/tiny.py", {number}) == {
        "tests/test_tiny.py::test_clipped",
        "tests/test_tiny.py::test_program",
    }
    assert len(known.tests_of_module("src/tiny.py")) == 3


def test_a_run_prints_the_share_and_the_survivors_and_leaves_the_tree_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scripts.mutate.trials._GRACE_S", 2.0)
    chosen = [
        mutation("LIMIT = 3", "constant"),
        mutation("min(number", "name"),
        mutation("number = number - 1", "operator"),
        mutation("number == 7", "operator"),
    ]
    monkeypatch.setattr("scripts.mutate.__main__.draw_sample", lambda *_, **__: chosen)

    code = main(["--paths", "src", "--workers", "1"], project)

    printed = capsys.readouterr().out
    assert code == 1
    assert printed.splitlines()[-1] == "killed 3 of 4 (75 %), 1 timeouts, 1 survivors"
    assert "(3 of 3 tests)\n  - return number == 7\n  + return number != 7\n" in printed
    assert f'See one again: make mutate ARGS="--only {chosen[-1].id}"' in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert status(project) == ""
    assert main(["--only", chosen[0].id, "--workers", "1"], project) == 0
    assert "test_program" in capsys.readouterr().out


def test_tests_that_fail_by_themselves_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "tests/test_tiny.py").write_text("def test_no():\n    assert 0\n", encoding="utf-8")

    assert main(["--workers", "1", "--paths", "src"], project) == 2
    assert "the tests fail before anything is mutated" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--paths", "nowhere"], ["--only", "src/tiny.py:1:1:name"]])
def test_a_path_or_mutation_that_does_not_exist_is_refused(project: Path, arguments: list[str]) -> None:
    assert main(arguments, project) == 2


def test_a_sample_is_a_function_of_its_seed(project: Path) -> None:
    found = find_mutations(project, ["src"])

    drawn = [draw_sample(found, project, number=6, seed=seed) for seed in ("a", "a", "b")]

    assert drawn[0] == drawn[1] != drawn[2]
    assert len({(each.path, each.line) for each in drawn[0]}) == 6


@pytest.mark.parametrize(
    ("source", "mutated"),
    [
        ("a < b", "a <= b"),
        ("a not in b", "a in b"),
        ("a == b < c", "a != b < c"),
        ("a and b", "a or b"),
        ("if not a: f()", "if  a: f()"),
        ("if a: f()", "if (not (a)): f()"),
        ("[a for a in b if a]", "[a for a in b if (not (a))]"),
        ("a + b", "a - b"),
        ("a += b", "a -= b"),
        ("a = 1", "a = 2"),
        ("a = True", "a = False"),
        ("a['key']", "a['keyx']"),
        ("a[b:]", "a[(b) + 1:]"),
        ("a(b, c)", "a(c, b)"),
        ("a(b=b, c=c)", "a(b=c, c=b)"),
        ("max(a)", "min(a)"),
        ("a.startswith(b)", "a.endswith(b)"),
        ("a.f()", "pass"),
        ("raise Wrong('a')", "pass"),
        ("def f(a=1): pass", "def f(a=2): pass"),
        ("def f(): return a", "def f(): return None"),
        ("while a: break", "while a: continue"),
        ("'\u00e9', a < b", "'\u00e9', a <= b"),
    ],
)
def test_a_mutation_is_made(source: str, mutated: str) -> None:
    encoded = source.encode()

    made = [each.applied(encoded).decode() for each in mutations("a.py", encoded) if changes(each, encoded)]

    assert mutated in made


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "a: Literal['b']",
        "def f(a: Literal['b']) -> Literal['c']: pass",
        "__all__ = ['a']",
        "if TYPE_CHECKING:\n    a = 1",
        "if __name__ == '__main__':\n    a = 1",
        "from a import b",
        "@d(1)\ndef f(): pass",
        "log.debug('a', 1)",
        "a = f'{1}'",
        "a = 'a text for people'",
        "if a < b:  # pragma: no cover\n    c = 1",
    ],
)
def test_what_no_test_should_notice_is_left_alone(source: str) -> None:
    assert mutations("a.py", source.encode()) == []
