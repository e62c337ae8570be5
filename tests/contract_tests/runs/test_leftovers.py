"""What a killed run leaves is tidied by a later one that has its keys, and reported by any other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from pixelpact.cli import main
from pixelpact.contract_tests.runs.keys import fingerprint, own_keys
from pixelpact.contract_tests.runs.request import Asked
from pixelpact.contract_tests.runs.state import files_of
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import headers
from tests.counting import Counted, counting
from tests.wrong_servers import rewriting

_RUN = "0123456789ab"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counted() -> Iterator[Counted]:
    with counting() as server:
        yield server


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], counted: Counted
) -> Command:
    """Runs `pixelpact check` in this process, with a key or without; its exit code, output and errors."""
    monkeypatch.setenv("PIXELPACT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("API2CONVERT_SECOND_API_KEY", raising=False)

    def command(*arguments: str, key: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("API2CONVERT_API_KEY", key)
        monkeypatch.setattr(sys, "argv", ["pixelpact", "check", "--base-url", counted.base_url, *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        output, errors = capsys.readouterr()
        return int(ended.value.code or 0), output, errors

    return command


def killed_run(server: Counted | Server, key: str, *, jobs: int = 3, more: str = "") -> Path:
    """The file of a run that was killed after it had made jobs, with more lines between them."""
    file = files_of(server.base_url, _RUN).made
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"event": "account", "name": "first", "key": fingerprint(server.base_url, key)})]
    for _ in range(jobs):
        made = httpx.post(
            f"{server.base_url}/jobs", json={"process": False}, headers={headers().api_key[0]: key}
        ).json()
        lines.append(json.dumps({"event": "job", "id": made["id"], "account": "first", "kept_back": 1}))
        lines += [more] if more else []
    file.write_text("\n".join(lines) + "\n")
    return file


def test_another_key_leaves_what_it_can_not_tidy_and_says_so(counted: Counted, check: Command) -> None:
    file = killed_run(counted, "alice")

    clean = check("--clean", key="bob")
    run = check("--only", "jobs/created-status", key="bob")
    plan = check("--plan", "--only", "jobs/created-status", key="bob")

    assert clean[0] == 1
    assert run[0] == plan[0] == 0
    for _, output, _ in (clean, run, plan):
        assert "Left at the API by runs with another API key: 3 jobs." in output
        assert f"pixelpact check --clean --base-url {counted.base_url}" in output
        assert str(file) in output.replace("\n", "")
    assert len(counted.left()) == 3
    assert file.exists()
    assert "alice" not in file.read_text()

    code, output, _ = check("--clean", key="alice")

    assert (code, counted.left(), file.exists()) == (0, [], False)
    assert "Tidied 3 jobs, with 6 requests." in output


def test_a_run_without_a_key_is_tidied_by_the_next(counted: Counted, check: Command) -> None:
    killed_run(counted, own_keys(_RUN)[0])

    code, output, _ = check("--clean")

    assert (code, counted.left()) == (0, [])
    assert "Tidied 3 jobs" in output


def test_what_a_budget_leaves_is_reported_by_clean(counted: Counted, check: Command) -> None:
    killed_run(counted, "alice")

    code, output, _ = check("--clean", "--max-requests", "5", key="alice")

    assert code == 1
    assert "Tidied 2 jobs, with 5 requests." in output
    assert "Left at the API: 1 job" in output
    assert len(counted.left()) == 1
    assert check("--clean", key="alice")[0] == 0
    assert counted.left() == []


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "null",
        '"x"',
        "7",
        "not JSON",
        "{}",
        '{"event": "job"}',
        '{"event": "jump", "id": "zz"}',
        '{"event": ["job"]}',
        '{"event": "job", "id": 7, "account": "first", "kept_back": 1}',
        '{"event": "job", "id": "zz", "account": "first", "kept_back": Infinity}',
        '{"event": "over", "id": "zz", "outputs": []}',
        '{"event": "output", "id": "zz", "output": "y"}',
        "\udc80",
        "[" * 10_000,
    ],
)
def test_damaged_lines_are_skipped_with_one_warning(counted: Counted, check: Command, line: str) -> None:
    file = killed_run(counted, "alice", jobs=2)
    with file.open("a", errors="surrogateescape") as damaged:
        damaged.write(f"{line}\n{line}\n")

    plan = check("--clean", "--plan", key="alice")
    clean = check("--clean", key="alice")

    for code, _, errors in (plan, clean):
        assert code == 0
        assert errors.replace("\n", "").count(f"Some of {file} could not be read.") == 1
    assert counted.left() == []
    assert not file.exists()


def test_a_job_on_a_damaged_line_is_found_by_its_mark(counted: Counted, check: Command) -> None:
    file = killed_run(counted, "alice", jobs=1)
    body = {
        "process": False,
        "conversion": [{"target": "text-to-image", "metadata": {"pixelpact_run": _RUN}}],
    }
    httpx.post(
        f"{counted.base_url}/jobs", json=body, headers={headers().api_key[0]: "alice"}
    ).raise_for_status()
    with file.open("a") as damaged:
        damaged.write('{"event": "job", "id": "5\n')

    code, output, _ = check("--clean", key="alice")

    assert (code, counted.left()) == (0, [])
    assert "Tidied 2 jobs" in output


@pytest.mark.undocumented
def test_jobs_are_not_forgotten_where_their_listing_is_refused(
    check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewriting("listJobs", answer=lambda traffic: setattr(traffic, "status", 401))(monkeypatch)
    with Server(Settings(pace="instant")) as server:
        file = killed_run(server, "alice", jobs=0)
        with file.open("a") as begun:
            begun.write('{"event": "begin"}\n')

        code, output, _ = check("--base-url", server.base_url, "--clean", key="alice")

    assert (code, file.exists()) == (1, True)
    assert "Left at the API: 1 job" in output


def test_a_line_that_a_crash_cut_off_is_no_damage(counted: Counted, check: Command) -> None:
    file = killed_run(counted, "alice", jobs=1)
    with file.open("a") as cut:
        cut.write('{"event": "ou')

    assert check("--clean", key="alice")[::2] == (0, "")
    assert counted.left() == []


def test_runs_in_a_row_see_the_same(check: Command) -> None:
    ids = [f"--only={name}" for name in ("ledger/empty-listing", "listings/others-jobs-only")]

    runs = [check("--profile", "default", *ids) for _ in range(2)]

    assert [code for code, _, _ in runs] == [0, 0]
    assert [output for _, output, _ in runs if "NOT CONCLUSIVE" in output] == []


def test_runs_at_once_share_no_account_of_a_local_server() -> None:
    asked = Asked("http://127.0.0.1:8010/v2")
    one, two = (set(asked.target(run_id, {}).keys.values()) for run_id in ("1", "2"))
    given = asked.target("1", {"API2CONVERT_API_KEY": "k", "API2CONVERT_SECOND_API_KEY": "l"})

    assert len(one | two) == 4
    assert set(given.keys.values()) == {"k", "l"}


@pytest.mark.undocumented
def test_a_finding_names_the_key_of_a_run_that_had_none(check: Command) -> None:
    with Server(Settings(pace="instant", mutants=("jobs/created-status",))) as wrong:
        arguments = ("--base-url", wrong.base_url, "--only", "jobs/created-status")
        own, given = check(*arguments)[1], check(*arguments, key="alice")[1]

    assert "export API2CONVERT_API_KEY=pixelpact-" in own
    assert "export" not in given
    assert "alice" not in given


def test_files_of_a_run_that_was_killed_before_its_first_job_are_removed(
    counted: Counted, check: Command, tmp_path: Path
) -> None:
    files = files_of(counted.base_url, _RUN)
    files.budget.parent.mkdir(parents=True, exist_ok=True)
    for name in ("budget.json", "budget.json.lock", "budget.new", "lock"):
        (files.budget.parent / f"{_RUN}.{name}").write_text("{}")

    assert check("--clean")[0] == 0
    assert list((tmp_path / "state").rglob("*")) == []


def test_no_folder_is_left_where_nothing_was_asked(check: Command, tmp_path: Path) -> None:
    assert check("--base-url", "http://127.0.0.1:1/v2")[0] == 3
    assert check("--plan")[0] == 0
    assert list((tmp_path / "state").rglob("*")) == []
