"""The command line, as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import typer

import pixelpact
from pixelpact.cli import app
from pixelpact.mockserver import Settings, read_image, scenarios
from pixelpact.schema import Profile, ledger, options_schema, violations
from tests.bodies import runnable

PIXELPACT = [sys.executable, "-m", "pixelpact"]
PLAIN = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb"}


def run(*arguments: str, cwd: Path | None = None, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PIXELPACT, *arguments], input=stdin, cwd=cwd, env=PLAIN, capture_output=True, check=False
    )


def test_render_and_inspect_are_each_others_inverse(tmp_path: Path) -> None:
    options = [
        "--option",
        "seed=7",
        "--option",
        "style=anime",
        "--option",
        "width=96.0",
        "--option",
        "preset=12",
    ]
    rendered = run("render", "A fox", *options, "--out", "fox.png", cwd=tmp_path)
    shown = run("inspect", "fox.png", "--json", cwd=tmp_path)

    assert rendered.returncode == 0
    assert b"96 x 96" in rendered.stderr
    document = json.loads(shown.stdout)
    assert document["prompt"] == "A fox"
    assert document["options"] == {"seed": 7, "style": "anime", "width": 96, "preset": "12"}
    assert document["options"] == read_image((tmp_path / "fox.png").read_bytes()).options
    assert b"A fox" in run("inspect", "fox.png", cwd=tmp_path).stdout


def test_render_to_a_pipe_and_inspect_from_one() -> None:
    content = run("render", "A fox", "--option", "width=64", "--out", "-").stdout

    assert json.loads(run("inspect", "-", "--json", stdin=content).stdout)["width"] == 64


def test_schema_as_a_table_and_as_json() -> None:
    table = run("schema").stdout.decode()
    document = json.loads(run("schema", "--json").stdout)

    assert all(name in table for name in options_schema()["properties"])
    assert document == dict(options_schema())


def test_ledger_as_a_table_one_entry_and_json() -> None:
    narrow = {**PLAIN, "COLUMNS": "80"}
    table = subprocess.run(
        [*PIXELPACT, "ledger"], env=narrow, capture_output=True, check=True
    ).stdout.decode()
    one = run("ledger", "gone-output").stdout.decode()
    rows = json.loads(run("ledger", "--json").stdout)

    assert all(f" {entry} " in table for entry in ledger())
    assert max(map(len, table.splitlines())) <= 80
    assert "* 404" in one
    assert "410" in one
    assert "needs" not in one
    assert "asking needs: second-key;" in run("ledger", "foreign-job").stdout.decode()
    assert [row["id"] for row in rows] == list(ledger())
    assert [row["id"] for row in json.loads(run("ledger", "spent", "--json").stdout)] == ["spent"]


def test_examples_are_what_they_say() -> None:
    printed = run("examples", "--valid", "7", "--invalid", "9").stdout
    rows = [json.loads(line) for line in printed.splitlines()]

    assert [row["valid"] for row in rows] == [True] * 7 + [False] * 9
    assert all((violations(row["payload"]) == []) is row["valid"] for row in rows)
    assert run("examples", "--valid", "7", "--invalid", "9").stdout == printed


def test_examples_say_when_there_are_no_more() -> None:
    result = run("examples", "--valid", "0", "--invalid", "9999")

    assert result.returncode == 0
    assert b"printing all of them" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "A fox", "--option", "seed=0"], "seed must be at least 1, got 0"),
        (["render", "A fox", "--option", "seed"], "--option takes NAME=VALUE, got 'seed'"),
        (["render", "A fox", "--option", "styl=anime"], "did you mean 'style'?"),
        (["render", "A fox", "--out", "no/such/folder/a.png"], "can't write no/such/folder/a.png"),
        (["render"], "prompt"),
        (["inspect", "no-such-file.png"], "can't read no-such-file.png: No such file"),
        (["inspect", "pyproject.toml"], "pyproject.toml: "),
        (["serve", "--pace", "fast"], "'fast' is not a pace. Use instant, realistic or polls=N"),
        (["serve", "--port", "70000"], "65535"),
        (["serve", "--seed", str(2**64)], "The seed must be from 0 to 2**63 - 1, got 18446744073709551616"),
        (["serve", "--host", "192.0.2.1"], "Can't listen on 192.0.2.1"),
        (["serve", "--profile", "no-such-file.json"], "can't read the profile no-such-file.json"),
        (["serve", "--profile", "pyproject.toml"], "the profile pyproject.toml is not JSON"),
        (["serve", "--picture-format", "gif"], "no answer 'gif' to 'picture-format'. Known: png,"),
        (["serve", "--public-url", "mock.example"], "must start with http:// or https://"),
        (["examples", "--valid", "many"], "valid int"),
        (["ledger", "no-such-entry"], "the ledger has no entry 'no-such-entry'"),
        (["no-such-command"], "No such command"),
        (["--no-such-option"], "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: list[str], words: str) -> None:
    result = run(*arguments, cwd=Path(__file__).parents[1])

    assert result.returncode == 2
    assert result.stdout == b""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("pixelpact: ")
    assert words in lines[0]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("[]", "must be an object of strings"),
        ('{"spent": "x"}', "has no answer 'x' to 'spent'"),
        ('{"x": "y"}', "the profile profile.json can't be used: The ledger has no entry 'x'"),
        ('{"default-sizes": "y"}', "did you mean 'default-size'?"),
        (
            '{"x": "y"}',
            "a file that `pixelpact learn` wrote, or an object of entries with their answers, such as",
        ),
    ],
)
def test_a_wrong_profile_is_explained(tmp_path: Path, profile: str, words: str) -> None:
    (tmp_path / "profile.json").write_text(profile, encoding="utf-8")

    result = run("serve", "--profile", "profile.json", cwd=tmp_path)

    assert result.returncode == 2
    assert words in result.stderr.decode()


def test_the_flag_for_the_format_of_pictures_wins_over_the_profile(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text('{"picture-format": "jpg"}', encoding="utf-8")
    flags = ["--port", "0", "--pace", "instant", "--profile", "profile.json", "--picture-format", "webp"]
    with subprocess.Popen(
        [*PIXELPACT, "serve", "--quiet", *flags],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        with httpx.Client(base_url=base_url, headers={"X-Oc-Api-Key": "k"}, verify=False) as http:
            job = http.get(f"/jobs/{http.post('/jobs', json=runnable()).json()['id']}").json()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert [output["content_type"] for output in job["output"]] == ["image/webp"]


def test_a_taken_port_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))

    assert result.returncode == 2
    assert b"Address already in use. Choose another one" in result.stderr


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_its_url_serves_and_stops(tmp_path: Path, stop: signal.Signals) -> None:
    (tmp_path / "profile.json").write_text('{"empty-listing": "empty-list"}', encoding="utf-8")
    command = [
        *PIXELPACT,
        "serve",
        "--port",
        "0",
        "--quiet",
        "--pace",
        "instant",
        "--profile",
        "profile.json",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        answer = httpx.get(f"{base_url}/jobs", headers={"X-Oc-Api-Key": "k"}, verify=False)
        process.send_signal(stop)
        _, stderr = process.communicate(timeout=20)

    assert (answer.status_code, answer.json()) == (200, [])
    assert stderr == ""
    assert process.returncode in {0, -stop}


def test_serve_greets_with_what_to_paste_and_never_shows_keys() -> None:
    command = [*PIXELPACT, "serve", "--port", "0", "--api-key", "s3cret-key"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN
    ) as process:
        assert process.stdout is not None
        lines = []
        while not lines or "Remote inputs" not in lines[-1]:
            lines.append(process.stdout.readline())
        base_url = lines[0].split()[-1]
        httpx.get(f"{base_url}/jobs", headers={"X-Oc-Api-Key": "s3cret-key"}, verify=False)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=20)

    greeting = "".join(lines)
    assert f'base_url="{base_url}"' in greeting
    assert "GET /v2/jobs" in stdout + stderr
    assert "s3cret" not in greeting + stdout + stderr


def test_serve_says_what_notices_a_mutant_and_what_that_needs() -> None:
    command = [*PIXELPACT, "serve", "--port", "0", "--mutant", "callbacks/signature"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN
    ) as process:
        assert process.stdout is not None
        lines = []
        while not lines or "API2CONVERT_CALLBACK_SECRET" not in lines[-1]:
            lines.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    greeting = "".join(lines)
    assert "Wrong on purpose: it signs callbacks" in greeting
    assert f"pixelpact check --base-url {lines[0].split()[-1]} --profile default \\\n" in greeting
    assert "--only callbacks/signature" in greeting


def test_help_and_version() -> None:
    assert f"pixelpact {pixelpact.__version__}" in run("--version").stdout.decode()
    for command in ("serve", "render", "inspect", "schema", "ledger", "examples"):
        assert command in run("--help").stdout.decode()
        assert run(command, "--help").returncode == 0


def test_scenarios_have_one_line_each() -> None:
    lines = run("scenarios").stdout.decode().splitlines()

    assert [line.split()[0] for line in lines[: len(scenarios())]] == list(scenarios())
    assert "  429 with Retry-After, then fine  times=2  retry_after=1" in lines[1]
    assert "All take: times, probability, seed, method, path, duration_s." in lines
    assert json.loads(run("scenarios", "--json").stdout)[1]["parameters"]["retry_after"] == 1


def test_the_ledger_as_a_table_as_json_and_one_entry() -> None:
    table, entry = run("ledger").stdout.decode(), run("ledger", "spent").stdout.decode()

    assert all(name[:12] in table for name in ledger())
    assert f"* {ledger()['spent'].default}" in entry
    assert json.loads(run("ledger", "spent", "--json").stdout)[0]["id"] == "spent"
    assert b"has no entry" in run("ledger", "spend").stderr


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("choices.json", b"[", "not valid JSON"),
        ("choices.json", b"\xff", "not valid JSON"),
        ("choices", b'["slo"]', "There is no scenario 'slo'"),
        ("none.json", None, "can't read the scenarios"),
        ("none", None, "There is no scenario"),
    ],
)
def test_scenarios_that_make_no_sense_are_refused(
    tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refused = run("serve", "--port", "0", "--scenario", str(tmp_path / name))

    assert refused.returncode == 2
    assert complaint in refused.stderr.decode()


def test_scenarios_are_names_or_one_file(tmp_path: Path) -> None:
    (tmp_path / "choices.json").write_text("[]")
    refused = run("serve", "--port", "0", "--scenario", "slow", "--scenario", str(tmp_path / "choices.json"))

    assert refused.returncode == 2
    assert b"--scenario takes names, or one file; not both" in refused.stderr


MIB = 1024 * 1024
#: Flag of `serve`, its variable, a value that is not the default, and the argument of `Server` that it sets.
FLAGS = [
    ("--host", "PIXELPACT_HOST", "127.0.0.2", {"host": "127.0.0.2"}),
    ("--port", "PIXELPACT_PORT", "8011", {"port": 8011}),
    ("--pace", "PIXELPACT_PACE", "polls=3", {"pace": "polls=3"}),
    ("--seed", "PIXELPACT_SEED", "7", {"seed": 7}),
    ("--api-key", "PIXELPACT_API_KEYS", "a-key", {"api_keys": ("a-key",)}),
    ("--profile", "PIXELPACT_PROFILE", "profile.json", {"profile": Profile({"gone-output": "410"})}),
    (
        "--picture-format",
        "PIXELPACT_PICTURE_FORMAT",
        "webp",
        {"profile": Profile({"picture-format": "webp"})},
    ),
    ("--public-url", "PIXELPACT_PUBLIC_URL", "https://mock.example", {"public_url": "https://mock.example"}),
    ("--credits", "PIXELPACT_CREDITS", "11", {"credits": 11}),
    ("--max-concurrent", "PIXELPACT_MAX_CONCURRENT", "12", {"max_concurrent": 12}),
    ("--scenario", "PIXELPACT_SCENARIO", "slow", {"scenarios": ("slow",)}),
    ("--callback-secret", "PIXELPACT_CALLBACK_SECRET", "hush", {"callback_secret": "hush"}),
    ("--callback-hosts", "PIXELPACT_CALLBACK_HOSTS", "a.example", {"callback_hosts": ("a.example",)}),
    ("--state", "PIXELPACT_STATE", "state.json", {"state_file": Path("state.json")}),
    ("--no-control", "PIXELPACT_CONTROL", "0", {"control": False}),
    ("--control-hosts", "PIXELPACT_CONTROL_HOSTS", "b.example", {"control_hosts": ("b.example",)}),
    ("--max-body", "PIXELPACT_MAX_BODY", "13", {"max_body_bytes": 13 * MIB}),
    ("--max-upload", "PIXELPACT_MAX_UPLOAD", "14", {"max_upload_bytes": 14 * MIB}),
    ("--max-jobs", "PIXELPACT_MAX_JOBS", "15", {"max_jobs": 15}),
    ("--max-journal", "PIXELPACT_MAX_JOURNAL", "16", {"max_journal": 16}),
    ("--max-cache", "PIXELPACT_MAX_CACHE", "17", {"max_cached_bytes": 17 * MIB}),
    ("--mutant", "PIXELPACT_MUTANTS", "jobs/created-status", {"mutants": ("jobs/created-status",)}),
    ("--quiet", None, None, {"log_requests": False}),
]
SERVE = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]


class Started(Exception):
    """Raised by `serve` instead of starting a server."""


def started_with(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> dict[str, object]:
    """What `serve` starts its server with."""
    started: dict[str, object] = {}

    def start(settings: Settings, **others: object) -> None:
        started.update(settings=settings, **others)
        raise Started

    monkeypatch.setattr("pixelpact.mockserver.Server", start)
    with pytest.raises(Started):
        SERVE.main(arguments, standalone_mode=False)
    return started


def expected_start(changed: dict[str, object]) -> dict[str, object]:
    """What a server is started with where one thing differs from the defaults."""
    own = {name: value for name, value in changed.items() if name not in {"host", "port", "log_requests"}}
    others = {"host": "127.0.0.1", "port": 8010, "log_requests": True, **changed}
    return {
        "settings": Settings(**own),
        **{name: value for name, value in others.items() if name not in own},
    }


@pytest.mark.parametrize("by_variable", [False, True], ids=["flag", "variable"])
@pytest.mark.parametrize(("flag", "variable", "value", "changed"), FLAGS, ids=[row[0] for row in FLAGS])
def test_each_flag_and_variable_of_serve_sets_its_own_setting_and_no_other(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flag: str,
    variable: str | None,
    value: str | None,
    changed: dict[str, object],
    by_variable: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profile.json").write_text('{"gone-output": "410"}', encoding="utf-8")
    if by_variable and variable is None:
        assert all(not parameter.envvar for parameter in SERVE.params if flag in parameter.opts)
        return
    arguments = [] if by_variable else [flag] if flag in {"--no-control", "--quiet"} else [flag, str(value)]
    if by_variable:
        monkeypatch.setenv(str(variable), str(value))

    assert started_with(monkeypatch, arguments) == expected_start(changed)


def test_the_table_of_flags_is_complete() -> None:
    known = {flag: variable for flag, variable, _, _ in FLAGS}

    for parameter in SERVE.params:
        names = [*parameter.opts, *parameter.secondary_opts]
        assert [known.pop(name) for name in names if name in known] == [parameter.envvar], names
    assert known == {}
