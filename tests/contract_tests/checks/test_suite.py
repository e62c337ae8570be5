"""The contract tests pass on the mock server, and fail on one that is wrong in one thing, naming it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pixelpact.mockserver import Server, Settings
from tests.changes import with_status, without
from tests.wrong_servers import Patch, Traffic, rewriting

#: A plugin that orders tests as pytest-randomly may, which users have.
SHUFFLED = """
import os, random

def pytest_collection_modifyitems(items):
    random.Random(int(os.environ["ORDER"])).shuffle(items)
"""


def run_suite(
    server: Server, folder: Path, *arguments: str, order: int | None = None
) -> subprocess.CompletedProcess[str]:
    """The suite in its own order, or in a random one."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--pyargs",
        "pixelpact.contract_tests",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    command += [
        "-p",
        "no:xdist",
        "-p",
        "no:randomly",
        "--pixelpact-base-url",
        server.base_url,
        "--rootdir",
        str(folder),
        *arguments,
    ]
    env = {**os.environ, "COLUMNS": "200"}
    if order is not None:
        folder.joinpath("shuffled.py").write_text(SHUFFLED, encoding="utf-8")
        command += ["-p", "shuffled"]
        env |= {"ORDER": str(order), "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def created_with_200(answer: Traffic) -> None:
    if answer.status == 201:
        answer.status = 200


#: Wrong servers, and a word of what the suite then says.
WRONG = {
    "created-200": (rewriting("createJob", answer=created_with_200), "201"),
    "no-token": (rewriting("createJob", answer=without("token")), "token"),
    "download-without-password": (rewriting("downloadOutput", answer=with_status(200)), "download-password"),
}


def test_the_suite_passes_on_the_mock_server(tmp_path: Path) -> None:
    with Server(Settings(pace="instant")) as server:
        result = run_suite(server, tmp_path)

    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout
    assert "skipped" not in result.stdout


@pytest.mark.undocumented
@pytest.mark.parametrize(("break_it", "word"), WRONG.values(), ids=WRONG)
def test_the_suite_fails_on_a_wrong_server(
    tmp_path: Path, monkeypatch: Patch, break_it: Callable[[Patch], None], word: str
) -> None:
    break_it(monkeypatch)
    with Server(Settings(pace="instant")) as server:
        result = run_suite(server, tmp_path, "-x")

    assert result.returncode == 1, result.stdout
    assert "ContractBroken" in result.stdout
    assert word in result.stdout.partition("ContractBroken")[2]
    assert "error" not in result.stdout.splitlines()[-1]


def failures(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The tests that did not pass, each with the word that pytest has for it and the first line of the failure."""
    rows = re.findall(r"^(FAILED|ERROR) (\S+?::.*?) - (.*)", result.stdout, re.MULTILINE)
    return {test: f"{word} {text.split(':')[0]}" for word, test, text in rows}


@pytest.mark.undocumented
@pytest.mark.parametrize("break_it", [wrong for wrong, _ in WRONG.values()], ids=WRONG)
def test_the_same_tests_fail_in_any_order(
    tmp_path: Path, monkeypatch: Patch, break_it: Callable[[Patch], None]
) -> None:
    break_it(monkeypatch)

    with Server(Settings(pace="instant")) as server:
        in_order, shuffled = (
            run_suite(server, tmp_path, "-rfE", "--tb=no", order=order) for order in (None, 7)
        )

    assert failures(in_order) != {}
    assert failures(shuffled) == failures(in_order)
    assert {text for text in failures(in_order).values() if text.startswith("ERROR")} == set()


def test_the_suite_passes_in_any_order(tmp_path: Path) -> None:
    with Server(Settings(pace="instant")) as server:
        result = run_suite(server, tmp_path, order=7)

    assert result.returncode == 0, result.stdout
