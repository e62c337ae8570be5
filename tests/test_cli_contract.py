"""The commands about contract tests: learn, checks, explain, profile diff, mutants."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pixelpact.cli import main
from pixelpact.contract_tests.client.client import certificates
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile, ledger

#: A base URL at which nothing listens.
NOBODY = "http://127.0.0.1:1/v2"


@dataclass
class Ran:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs a command in a folder of its own, within this process: importing all checks takes a second."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIXELPACT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("API2CONVERT_API_KEY", raising=False)

    def command(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["pixelpact", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        output, errors = capsys.readouterr()
        return Ran(int(ended.value.code or 0), output, errors)

    return command


def test_a_profile_is_learned_completed_and_served(tmp_path: Path, run: Callable[..., Ran]) -> None:
    profile = Profile({"error-codes": "zero", "history-order": "newest-first"})
    with Server(Settings(pace="instant", profile=profile)) as server:
        frugal = run(*("learn", "-o", "seen.json", "--base-url", server.base_url, "--max-requests", "40"))
        first = json.loads((tmp_path / "seen.json").read_text())
        whole = run("learn", "-o", "seen.json", "--base-url", server.base_url)
    learned = json.loads((tmp_path / "seen.json").read_text())
    diff = run("profile", "diff", "default", "seen.json")

    assert frugal.returncode == 4, frugal.stdout
    assert f"pixelpact learn {server.base_url}: " in frugal.stdout
    assert "not reached: the same command asks these next" in frugal.stdout
    assert whole.returncode == 0, whole.stdout
    assert 0 < len(first["answers"]) < len(learned["answers"])
    assert len(learned["answers"]) + len(learned["not_asked"]) == len(ledger())
    assert learned["base_url"] == server.base_url
    assert diff.returncode == 1
    assert {line.partition(":")[0] for line in diff.stdout.splitlines()} == {"error-codes", "history-order"}


def test_a_profile_of_another_server_is_not_overwritten(tmp_path: Path, run: Callable[..., Ran]) -> None:
    text = '{"base_url": "http://elsewhere/v2", "learned_at": "x", "answers": {}}'
    (tmp_path / "seen.json").write_text(text)

    result = run("learn", "-o", "seen.json", "--base-url", "http://127.0.0.1:1/v2")

    assert result.returncode == 2
    assert "was learned from http://elsewhere/v2" in result.stderr
    assert (tmp_path / "seen.json").read_text() == text


def test_checks_are_listed_and_explained(run: Callable[..., Ran]) -> None:
    listed = run("checks", "jobs")
    check = run("explain", "jobs/created-status")
    question = run("explain", "single-side")
    unknown = run("explain", "no-such-thing")

    assert "jobs/created-status" in listed.stdout
    assert "options/" not in listed.stdout
    assert "a created job is answered with 201" in check.stdout
    assert "vendor OpenAPI 2.0.1 (documented)" in check.stdout
    assert "same (default)" in question.stdout
    assert unknown.returncode == 2
    assert max(len(line) for line in check.stdout.splitlines() if "curl" not in line) <= 80


def test_an_explanation_ends_with_an_example_from_a_mock_server(
    run: Callable[..., Ran],
) -> None:
    refusal = run("explain", "options/cfg-scale-maximum-just-above").stdout
    in_need = run("explain", "retry-after").stdout

    assert "asks     POST /v2/jobs: create a job" in refusal
    assert "On a mock server it holds." in refusal
    assert (
        'curl -i -X POST $API2CONVERT_BASE_URL/jobs -H "x-api2convert-api-key: $API2CONVERT_API_KEY"'
        in refusal
    )
    assert '"options": {"cfg_scale": 30.000000000000004}' in refusal
    assert "answer   400" in refusal
    assert "answer   429" in in_need  # the mock server has the limit that the question needs


def test_mutants_are_listed_and_started_by_name(run: Callable[..., Ran]) -> None:
    listed = run("mutants")
    wrong = run("serve", "--mutant", "no-such-mutant")

    assert "jobs/created-status  answers a created job with 200 instead of 201" in listed.stdout
    assert wrong.returncode == 2
    assert "no mutant 'no-such-mutant'" in wrong.stderr


def test_a_missing_key_is_one_message(run: Callable[..., Ran]) -> None:
    result = run("check", "--base-url", "https://api.example.com/v2")

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "API2CONVERT_API_KEY" in result.stderr


@pytest.mark.undocumented
def test_findings_are_told_in_80_columns_with_all_that_is_needed(run: Callable[..., Ran]) -> None:
    mutants = ("jobs/created-status", "options/cfg-scale-maximum-just-above")
    with Server(Settings(pace="instant", mutants=mutants)) as server:
        ran = run("check", "--base-url", server.base_url, "--only", "jobs", "--only", mutants[1])

    assert ran.returncode == 1
    for told in (
        "BREAKS  jobs/created-status",
        "  createJob must answer 201, got 200",
        "  rule     a created job is answered with 201",
        "  source   vendor OpenAPI 2.0.1 (documented)",
        "  answer   200 {",
        "  curl     curl -i -X POST",
        f"  again    pixelpact check --base-url {server.base_url} --only jobs/created-status",
        "BREAKS  options/cfg-scale-maximum-just-above",
    ):
        assert told in ran.stdout
    last = ran.stdout.splitlines()[-1]
    assert last.startswith(f"pixelpact check {server.base_url}: ")
    assert ", 2 broken" in last
    wide = [line for line in ran.stdout.splitlines()[:-1] if len(line) > 80]
    assert [line for line in wide if not line.startswith(("  curl ", "  again "))] == []


def test_a_plan_tells_its_cost_and_what_it_leaves_out(run: Callable[..., Ran]) -> None:
    arguments = ("--base-url", "https://api.example.com/v2", "--api-key-env", "HOME")
    whole = run("check", "--plan", *arguments)
    small = run("check", "--plan", *arguments, "--max-requests", "200", "--max-paid-jobs", "5")

    assert whole.returncode == small.returncode == 0
    assert "Not asked, for lack of the key of a second account" in whole.stdout
    assert "Beyond the budget (" in small.stdout
    assert "with at most 200 requests" in small.stdout or "with at most 19" in small.stdout


@pytest.mark.undocumented
@pytest.mark.parametrize("limit", [16, 18, 20, 30])
def test_a_check_is_not_asked_without_the_questions_that_it_builds_on(
    run: Callable[..., Ran], limit: int
) -> None:
    one = "options/seed-type-is-boolean"
    with Server(Settings(pace="instant", profile=Profile({"error-fields": "message"}))) as server:
        ran = run("check", "--base-url", server.base_url, "--only", one, "--max-requests", str(limit))

    assert ran.returncode == (0 if limit == 30 else 4), ran.stdout
    assert "BREAKS" not in ran.stdout
    assert ("its questions don't fit into the budget" in ran.stdout) is (limit < 20)


@pytest.mark.undocumented
def test_a_given_profile_takes_the_place_of_questions_beyond_the_budget(
    tmp_path: Path, run: Callable[..., Ran]
) -> None:
    (tmp_path / "given.json").write_text('{"error-fields": "message"}')
    one = ("--only", "options/seed-type-is-boolean", "--max-requests", "18", "--profile", "given.json")
    with Server(Settings(pace="instant", profile=Profile({"error-fields": "message"}))) as server:
        ran = run("check", "--base-url", server.base_url, *one)

    assert ran.returncode == 4, ran.stdout
    assert ": 1 hold, 2 not reached" in ran.stdout.splitlines()[-1]
    assert "NOT REACHED  beyond the budget (2)\n  ledger/invalid-request, ledger/error-fields" in ran.stdout


@pytest.mark.parametrize(
    ("limits", "code"),
    [(("--max-requests", "30"), 4), (("--max-requests", "200", "--max-paid-jobs", "5"), 0)],
)
def test_a_budget_must_reach_the_free_questions_and_the_most_telling_checks(
    run: Callable[..., Ran], limits: tuple[str, ...], code: int
) -> None:
    with Server(Settings(pace="instant")) as server:
        ran = run("check", "--base-url", server.base_url, *limits)

    assert ran.returncode == code, ran.stdout


@pytest.mark.undocumented
def test_a_finding_says_how_to_see_it_again_with_the_same_options(run: Callable[..., Ran]) -> None:
    options = ("--profile", "default", "--api-key-env", "HOME", "--has", "few-credits")
    listener = ("--listener-url", "http://127.0.0.1:9/x&y", "--listener-port", "0")
    with Server(Settings(pace="instant", profile=Profile({"error-fields": "message"}))) as server:
        ran = run(
            "check", "--base-url", server.base_url, "--only", "ledger/error-fields", *options, *listener
        )

    assert ran.returncode == 1
    (again,) = [line for line in ran.stdout.splitlines() if line.startswith("  again")]
    assert again == (
        f"  again    pixelpact check --base-url {server.base_url} --api-key-env HOME --profile default "
        "--listener-url 'http://127.0.0.1:9/x&y' --has few-credits --only ledger/error-fields"
    )


@pytest.mark.undocumented
def test_a_changed_answer_comes_with_its_evidence(run: Callable[..., Ran]) -> None:
    with Server(Settings(pace="instant", profile=Profile({"error-fields": "message"}))) as server:
        one = ("--only", "ledger/error-fields", "--profile", "default")
        ran = run("check", "--base-url", server.base_url, *one)

    told = " ".join(ran.stdout.split())
    assert (
        "error-fields: this server answers message (message alone), the profile says all (code, message and "
        "errors) rule" in told
    )
    assert re.search(r'answer 4\d\d {"message": ', told), told
    assert "curl curl -i " in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--base-url", "http://[::1/v2"), "its host or port is not valid"),
        (("--base-url", f"{NOBODY}?x=1"), "must not have a ? or #"),
        (("--listener-url", "nonsense"), "--listener-url must be one such as https://hooks.example.com"),
        (("--listener-port", "PORT"), "can't listen for callbacks on port PORT: Address already in use"),
        (("--max-requests", "0"), "--max-requests must be at least 1, got 0"),
        (("--max-time", "nan"), "--max-time must be at least 1, got nan"),
        (("--api-key-env", "NOT_SET"), "the environment variable that --api-key-env names is not set"),
        (("--machine", "10001"), "less than or equal to 10000"),
    ],
    ids=lambda value: "-".join(value)[2:] if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_line(run: Callable[..., Ran], arguments: tuple[str, ...], told: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = run("check", "--base-url", NOBODY, *(word.replace("PORT", port) for word in arguments))

    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert told.replace("PORT", port) in ran.stderr


@pytest.mark.parametrize("name", ["API2CONVERT_API_KEY", "API2CONVERT_SECOND_API_KEY"])
def test_a_key_that_can_not_be_sent_is_not_shown(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "sup3rsecret\rA")
    ran = run("check", "--base-url", NOBODY)

    assert ran.returncode == 2
    assert name in ran.stderr
    assert "sup3rsecret" not in ran.stderr + ran.stdout


def test_a_key_from_a_file_with_other_line_ends_is_of_use(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API2CONVERT_API_KEY", "some-key\r")
    with Server(Settings(pace="instant", api_keys=frozenset({"some-key"}))) as server:
        ran = run("check", "--base-url", server.base_url, "--only", "jobs/created-status")

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.undocumented
def test_the_password_of_a_url_is_neither_shown_nor_stored(tmp_path: Path, run: Callable[..., Ran]) -> None:
    mutants = ("jobs/created-status",)
    with Server(Settings(pace="instant", mutants=mutants)) as server:
        secret = server.base_url.replace("//", "//user:pa55@")
        checked = run("check", "--base-url", secret, "--only", *mutants)
        learned = run("learn", "-o", "seen.json", "--base-url", secret, "--max-requests", "30")
        again = run("learn", "-o", "seen.json", "--base-url", secret, "--max-requests", "30", "--plan")
        other = run("learn", "-o", "seen.json", "--base-url", secret.replace("/v2", "/x/v2"))

    shown = "".join(ran.stdout + ran.stderr for ran in (checked, learned, again, other))
    assert f"  again    pixelpact check --base-url {server.base_url} " in checked.stdout
    assert json.loads((tmp_path / "seen.json").read_text())["base_url"] == server.base_url
    assert again.returncode == 0
    assert other.returncode == 2
    assert "pa55" not in shown + (tmp_path / "seen.json").read_text()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("nodir/x.json", "can't write the profile nodir/x.json: there is no folder nodir"),
        ("/proc/x.json", "can't write the profile /proc/x.json: "),
        ("x" * 260, "File name too long"),
        ("default", "default is the name of the built-in answers; choose another, such as default.json"),
    ],
    ids=["no-folder", "not-writable", "too-long", "default"],
)
def test_a_profile_that_can_not_be_written_is_told_before_the_first_request(
    run: Callable[..., Ran], file: str, told: str
) -> None:
    ran = run("learn", "-o", file, "--base-url", NOBODY)  # where a request would end with 3

    assert ran.returncode == 2
    assert told in " ".join(ran.stderr.split())


def test_a_state_folder_that_can_not_be_written_is_told(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIXELPACT_STATE_DIR", "/dev/null")
    ran = run("check", "--base-url", NOBODY)

    assert ran.returncode == 2
    assert "can't write to the folder /dev/null/" in ran.stderr
    assert "(PIXELPACT_STATE_DIR names another one)" in ran.stderr


def test_certificates_that_can_not_be_read_are_told(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
    ran = run("check", "--base-url", NOBODY)

    assert ran.returncode == 2
    assert "SSL_CERT_FILE or SSL_CERT_DIR names certificates that can't be read" in ran.stderr


def test_one_of_a_kind_is_told_in_the_singular(run: Callable[..., Ran]) -> None:
    ran = run("check", "--plan", "--base-url", NOBODY, "--only", "ledger/history-order")

    assert "Would ask 0 checks and 1 question of the ledger" in ran.stdout


def test_all_exit_codes_are_explained(run: Callable[..., Ran]) -> None:
    assert "130 interrupted with Ctrl-C" in " ".join(run("check", "--help").stdout.replace("│", "").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "single-sid"), "did you mean 'single-side'?"),
        (("explain", "jobs"), "`pixelpact checks jobs` lists them"),
        (("check", "--only", "option"), "did you mean 'options'?"),
        (("check", "--only", "jobs/create-status"), "did you mean 'jobs/created-status'?"),
        (
            ("checks", "no-such-word"),
            "there is no check, question or area 'no-such-word'; `pixelpact checks`",
        ),
        (("serve", "--mutant", "jobs/create-status"), "did you mean 'jobs/created-status'?"),
        (("ledger", "default-sizes"), "did you mean 'default-size'?"),
    ],
)
def test_a_misspelt_name_is_refused_with_a_hint(
    run: Callable[..., Ran], arguments: tuple[str, ...], words: str
) -> None:
    result = run(*arguments)

    assert result.returncode == 2
    assert words in result.stderr


def test_checks_are_found_by_a_part_of_their_id(run: Callable[..., Ran]) -> None:
    part = run("checks", "created-stat").stdout.splitlines()
    planned = run("check", "--plan", "--only", "single-side").stdout

    assert [line for line in part if "jobs/created-status" in line]
    assert all("created-stat" in line for line in part[:-2])
    assert "Would ask 0 checks and " in planned


def test_a_diff_says_what_a_profile_leaves_open(tmp_path: Path, run: Callable[..., Ran]) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps(
            {
                "base_url": "http://x/v2",
                "learned_at": "x",
                "answers": {"spent": {"answer": ledger()["spent"].default, "at": "x", "evidence": "x"}},
                "not_asked": {"checksum": "not reached"},
            }
        )
    )

    alike = run("profile", "diff", "default", "x.json")

    assert alike.returncode == 0
    assert alike.stdout == "The profiles answer alike.\n"
    number = f"{len(ledger()) - 1} of {len(ledger())}"
    assert f"x.json has no answer to {number} questions: these count as the built-in ones." in alike.stderr
