"""The commands about contract tests: learn, checks, explain, profile diff, mutants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile, ledger

_PATIENCE_S = 300


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command, with a state folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pixelpact", *arguments],
        cwd=cwd,
        env={**os.environ, "PIXELPACT_STATE_DIR": str(cwd / "state"), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


def test_a_profile_is_learned_completed_and_served(tmp_path: Path) -> None:
    profile = Profile({"error-codes": "zero", "history-order": "newest-first"})
    with Server(Settings(pace="instant", profile=profile)) as server:
        frugal = run(
            *("learn", "-o", "seen.json", "--base-url", server.base_url, "--max-requests", "40"), cwd=tmp_path
        )
        first = json.loads((tmp_path / "seen.json").read_text())
        whole = run("learn", "-o", "seen.json", "--base-url", server.base_url, cwd=tmp_path)
    learned = json.loads((tmp_path / "seen.json").read_text())
    diff = run("profile", "diff", "default", "seen.json", cwd=tmp_path)

    assert frugal.returncode in (0, 4), frugal.stdout
    assert whole.returncode == 0, whole.stdout
    assert 0 < len(first["answers"]) < len(learned["answers"])
    assert len(learned["answers"]) + len(learned["not_asked"]) == len(ledger())
    assert learned["base_url"] == server.base_url
    assert diff.returncode == 1
    assert {line.partition(":")[0] for line in diff.stdout.splitlines()} == {"error-codes", "history-order"}


def test_a_profile_of_another_server_is_not_overwritten(tmp_path: Path) -> None:
    text = '{"base_url": "http://elsewhere/v2", "learned_at": "x", "answers": {}}'
    (tmp_path / "seen.json").write_text(text)

    result = run("learn", "-o", "seen.json", "--base-url", "http://127.0.0.1:1/v2", cwd=tmp_path)

    assert result.returncode == 2
    assert "was learned from http://elsewhere/v2" in result.stderr
    assert (tmp_path / "seen.json").read_text() == text


def test_checks_are_listed_and_explained(tmp_path: Path) -> None:
    listed = run("checks", "jobs", cwd=tmp_path)
    check = run("explain", "jobs/created-status", cwd=tmp_path)
    question = run("explain", "single-side", cwd=tmp_path)
    unknown = run("explain", "no-such-thing", cwd=tmp_path)

    assert "jobs/created-status" in listed.stdout
    assert "options/" not in listed.stdout
    assert "a created job is answered with 201" in check.stdout
    assert "vendor OpenAPI 2.0.1 (documented)" in check.stdout
    assert "same (default)" in question.stdout
    assert unknown.returncode == 2
    assert max(len(line) for line in check.stdout.splitlines() if "curl" not in line) <= 80


def test_an_explanation_ends_with_an_example_from_a_mock_server(tmp_path: Path) -> None:
    refusal = run("explain", "options/cfg-scale-maximum-just-above", cwd=tmp_path).stdout
    in_need = run("explain", "retry-after", cwd=tmp_path).stdout

    assert "asks     POST /v2/jobs: create a job" in refusal
    assert "On a mock server it holds." in refusal
    assert (
        'curl -i -X POST $API2CONVERT_BASE_URL/jobs -H "x-api2convert-api-key: $API2CONVERT_API_KEY"'
        in refusal
    )
    assert '"options": {"cfg_scale": 30.000000000000004}' in refusal
    assert "answer   400" in refusal
    assert "answer   429" in in_need  # the mock server has the limit that the question needs


def test_mutants_are_listed_and_started_by_name(tmp_path: Path) -> None:
    listed = run("mutants", cwd=tmp_path)
    wrong = run("serve", "--mutant", "no-such-mutant", cwd=tmp_path)

    assert "jobs/created-status  answers a created job with 200 instead of 201" in listed.stdout
    assert wrong.returncode == 2
    assert "no mutant 'no-such-mutant'" in wrong.stderr


def test_a_missing_key_is_one_message(tmp_path: Path) -> None:
    result = run("check", "--base-url", "https://api.example.com/v2", cwd=tmp_path)

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "API2CONVERT_API_KEY" in result.stderr
