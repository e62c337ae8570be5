"""The file of scenarios: what it is read for, and what is said of one that can't be followed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pixelpact.mockserver import ScenarioError
from pixelpact.mockserver.scenarios.file import WatchedFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "scenarios.json"
    file.write_text('["slow"]')
    return file


def test_a_file_that_stays_as_it_is_has_not_changed(path: Path) -> None:
    file = WatchedFile(path)

    assert file.choices == ["slow"]
    assert [file.changed(), file.changed()] == [None, None]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ('["jitter"]', ["jitter"]),
        ('"stuck"', ["stuck"]),
        ('{"scenario": "slow", "times": 3}', [{"scenario": "slow", "times": 3}]),
        ("[]", []),
    ],
)
def test_a_change_is_told_once(path: Path, text: str, choices: list[Any]) -> None:
    file = WatchedFile(path)
    path.write_text(text)

    assert [file.changed(), file.changed()] == [choices, None]
    assert file.choices == choices


def test_a_file_that_takes_the_place_of_another_is_read(path: Path) -> None:
    """As editors save: with the size and the time of the old one."""
    file = WatchedFile(path)
    before = path.stat()
    draft = path.with_suffix(".new")
    draft.write_text('["slow"]')
    os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
    draft.replace(path)

    assert file.changed() == ["slow"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "not valid JSON"),
        ('["slow", "slo"]', "There is no scenario 'slo'"),
        ('{"scenario": "slow", "times": 0}', "times must be at least 1"),
        ("7", "A choice is the name of a scenario"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused_at_first_and_ignored_later(
    path: Path, caplog: pytest.LogCaptureFixture, text: str, complaint: str
) -> None:
    file = WatchedFile(path)
    path.write_text(text)

    with pytest.raises(ScenarioError, match=complaint):
        WatchedFile(path)
    assert [file.changed(), file.changed()] == [None, None]
    assert file.choices == ["slow"]
    (record,) = caplog.records
    assert record.getMessage().startswith(
        f"The scenarios of {path} stay as they were until the file is fixed: "
    )
    assert complaint in record.getMessage()


def test_a_file_that_is_missing_at_first_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        WatchedFile(tmp_path / "none.json")


def test_each_reason_is_told_once_until_the_file_is_fixed(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = WatchedFile(path)
    fixed = ['["slow"]', '["jitter"]']
    for text in ["[", '["slo"]', '["slo"]', fixed[0], '["slo"]', fixed[1], '["slo"]']:
        path.write_text(text)
        changed = file.changed(), file.changed()
        assert changed == ((["slow"] if text == fixed[0] else ["jitter"]) if text in fixed else None, None)

    reasons = ["slo" if "'slo'" in record.getMessage() else "JSON" for record in caplog.records]
    assert reasons == ["JSON", "slo", "slo", "slo"]


def test_a_file_that_is_back_unchanged_may_be_missed_again(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = WatchedFile(path)
    there = Path.stat

    def away(*_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied")

    for stat in (away, away, there, away):
        monkeypatch.setattr(Path, "stat", stat)
        assert file.changed() is None
    monkeypatch.setattr(Path, "stat", there)

    assert len(caplog.records) == 2
