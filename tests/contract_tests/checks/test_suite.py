"""The contract tests pass on the mock server, and fail on one that is wrong in one thing, naming it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers import downloads
from pixelpact.mockserver.jobs import documents, outputs
from pixelpact.mockserver.web import authentication, bodies, leniency
from pixelpact.schema import Violation
from tests.wrong_servers import Patch, answering, setting, with_status

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


def lenient(forgives: Callable[[Violation, Any], bool]) -> Callable[[Patch], None]:
    """A server that takes what `forgives` says of a violation and the options' value."""

    def apply(patch: Patch) -> None:
        find = bodies.find_violations

        def found(validator: Any, value: Any) -> list[Violation]:
            return [violation for violation in find(validator, value) if not forgives(violation, value)]

        patch.setattr(bodies, "find_violations", found)

    return apply


def option(name: str, keyword: str, holds: Callable[[Any], bool]) -> Callable[[Patch], None]:
    """A server that forgives one option the breach of one keyword for some values."""

    def forgives(violation: Violation, value: Any) -> bool:
        path = violation.path
        return path[-1:] == (name,) and violation.keyword == keyword and holds(leniency._at(value, path))

    return lenient(forgives)


def strict(name: str, refuses: Callable[[Any], bool]) -> Callable[[Patch], None]:
    """A server that refuses some valid values of an option."""

    def apply(patch: Patch) -> None:
        find = bodies.find_violations

        def found(validator: Any, value: Any) -> list[Violation]:
            extra = []
            for number, row in enumerate(value.get("conversion", []) if isinstance(value, dict) else []):
                options = row.get("options") if isinstance(row, dict) else None
                if isinstance(options, dict) and name in options and refuses(options[name]):
                    extra.append(Violation(("conversion", number, "options", name), "type", "is refused"))
            return [*find(validator, value), *extra]

        patch.setattr(bodies, "find_violations", found)
        patch.setattr(bodies, "follows_component", lambda *_: False)

    return apply


def refusal(**changed: Any) -> Callable[[type[ApiError]], Any]:
    """A server whose refusals have other attributes where the status is 400."""

    def change(document: Any) -> Any:
        def new(error: ApiError) -> dict[str, object]:
            return changed.get("document", document(error)) if error.status == 400 else document(error)

        return new

    return change


def without(name: str) -> Callable[[Any], Any]:
    def change(document: Callable[..., dict[str, Any]]) -> Any:
        return lambda *args, **kwargs: {
            key: value for key, value in document(*args, **kwargs).items() if key != name
        }

    return change


def one_lower(resolve: Callable[..., Any]) -> Any:
    def resolved(**asked: Any) -> Any:
        picture = resolve(**asked)
        return replace(picture, height_px=max(64, picture.height_px - 1))

    return resolved


WRONG = {
    "cfg-scale-31": (option("cfg_scale", "maximum", lambda value: value <= 31), "cfg_scale"),
    "steps-60-refused": (strict("num_inference_steps", lambda value: value == 60), "num_inference_steps"),
    "width-63": (option("width", "minimum", lambda value: value > 0), "width"),
    "seed-true": (option("seed", "type", lambda value: value is True), "seed"),
    "numeric-strings": (option("height", "type", lambda value: isinstance(value, str)), "height"),
    "seed-whole-float": (strict("seed", lambda value: isinstance(value, float)), "seed"),
    "style-case": (option("style", "enum", lambda value: value.lower() == "anime"), "style"),
    "trailing-newline": (option("download_password", "pattern", lambda value: value.endswith("\n")), "download_password"),
    "unknown-dropped": (lenient(lambda violation, _: violation.keyword == "additionalProperties"), "additional"),
    "created-200": (answering("createJob", with_status(200)), "201"),
    "no-key-400": (setting(authentication, "ApiError", lambda kind: lambda _, **kw: kind("Invalid", **kw)), "401"),
    "no-message": (setting(ApiError, "document", refusal(document="wrong")), "message"),
    "no-token": (setting(documents, "job_document", without("token")), "token"),
    "passwords-shown": (setting(documents, "_shown_options", lambda _: lambda conversion, **_: dict(conversion.options)), "download_password"),
    "one-pixel-lower": (setting(outputs, "resolve_picture", one_lower), "height"),
    "download-without-password": (setting(downloads, "_matches", lambda _: lambda *_: True), "download-password"),
    "never-refused": (setting(downloads, "_given", lambda _: lambda *_: iter(["sesame 41"])), "download-password"),
}  # fmt: skip


def test_the_suite_passes_on_the_mock_server(tmp_path: Path) -> None:
    with Server(Settings(pace="instant")) as server:
        result = run_suite(server, tmp_path)

    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout
    assert "skipped" not in result.stdout


@pytest.mark.undocumented
@pytest.mark.parametrize(("break_it", "word"), WRONG.values(), ids=WRONG.keys())
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
@pytest.mark.parametrize("name", ["created-200", "no-token", "download-without-password"])
def test_the_same_tests_fail_in_any_order(tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    break_it, _ = WRONG[name]
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
