"""The files of a run are those of a dead one only when no process of the run lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.runs.state import RunFiles, dead_runs, files_of
from pixelpact.contract_tests.suite.made import Made

_URL = "http://127.0.0.1:8010/v2"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFiles:
    """The files of a run, in a folder of its own."""
    monkeypatch.setenv("PIXELPACT_STATE_DIR", str(tmp_path / "state"))
    return files_of(_URL, "run")


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_run_that_lives_is_not_taken_for_a_dead_one(files: RunFiles, is_shared: bool) -> None:
    with files.held(is_shared=is_shared):
        Made(files.made).add_job("7", account="first", kept_back=1)
        files.budget.write_text("{}")
        alive = list(dead_runs(_URL))
    dead = [(found.run_id, list(made.jobs)) for found, made in dead_runs(_URL)]

    assert alive == []
    assert dead == [("run", ["7"])]
    assert files.budget.exists()


def test_a_run_that_another_process_tidies_is_left_to_it(files: RunFiles) -> None:
    with files.held():
        Made(files.made).add_job("7", account="first", kept_back=1)

    for _ in dead_runs(_URL):
        assert list(dead_runs(_URL)) == []


def test_a_dead_run_that_left_nothing_leaves_no_files(files: RunFiles) -> None:
    with files.held():
        made = Made(files.made)
        made.add_job("7", account="first", kept_back=1)
        made.job_is_over("7")
        files.budget.write_text("{}")

    assert list(dead_runs(_URL)) == []
    assert not files.folder.exists()
