"""The checks that are asked first notice the plainest mistakes of a server, with few requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.runs.plan import make_plan
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.mockserver.mutants.base import MUTANTS, Change, mutant
from pixelpact.mockserver.mutants.option_faults import change_options
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers, options_schema
from tests.contract_tests.suite import results_of

AREAS = ("ledger", "options", "jobs", "access", "errors")
FIRST = [item for item in all_items() if item.rank < 10 and item.area in AREAS and not item.cost.paid_jobs]
SPARE = 40


def reading(option: str, is_misread: Callable[[Any], bool], value: object) -> Change:
    def misread(options: dict[str, Any]) -> None:
        if option in options and is_misread(options[option]):
            options[option] = value

    return lambda request: change_options(request, misread)


def dropping_unknown(request: Traffic) -> None:
    def drop(options: dict[str, Any]) -> None:
        for name in options.keys() - options_schema()["properties"].keys():
            del options[name]

    change_options(request, drop)


def status(before: int, after: int) -> Change:
    def change(response: Traffic) -> None:
        response.status = after if response.status == before else response.status

    return change


def plain_text(response: Traffic) -> None:
    if response.status == 400:
        response.json = "invalid"


def without_token(response: Traffic) -> None:
    if response.status == 201:
        response.json = {name: value for name, value in response.json.items() if name != "token"}


def without_key(request: Traffic) -> bool:
    return not any(request.header(name) for name in headers().api_key)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


#: The name of a mistake, the word that the finding has, the operations, and the change of requests or responses.
MISTAKES: dict[str, tuple[str, tuple[str, ...], dict[str, Change]]] = {
    "scale-31": ("cfg_scale", ("createJob",), {"request": reading("cfg_scale", lambda value: is_number(value) and 30 < value <= 31, 30)}),
    "steps-60-refused": ("num_inference_steps", ("createJob",), {"request": reading("num_inference_steps", lambda value: value == 60, 61)}),
    "width-63": ("width", ("createJob",), {"request": reading("width", lambda value: is_number(value) and 0 < value < 64, 64)}),
    "seed-true": ("seed", ("createJob",), {"request": reading("seed", lambda value: value is True, 1)}),
    "height-as-text": ("height", ("createJob",), {"request": reading("height", lambda value: isinstance(value, str) and value.isdigit(), 512)}),
    "seed-whole-float": ("seed", ("createJob",), {"request": reading("seed", lambda value: isinstance(value, float), "text")}),
    "style-case": ("style", ("createJob",), {"request": reading("style", lambda value: str(value).lower() == "anime", "anime")}),
    "trailing-newline": ("download_password", ("createJob",), {"request": reading("download_password", lambda value: str(value).endswith("\n"), "sesame")}),
    "unknown-dropped": ("additional", ("createJob",), {"request": dropping_unknown}),
    "created-200": ("201", ("createJob",), {"response": status(201, 200)}),
    "invalid-500": ("500", ("createJob",), {"response": status(400, 500)}),
    "no-key-400": ("401", ("createJob", "listJobs", "getJob"), {"response": status(401, 400)}),
    "plain-text": ("message", ("createJob",), {"response": plain_text}),
    "no-token": ("token", ("createJob",), {"response": without_token}),
}  # fmt: skip


def test_they_cost_little() -> None:
    assert make_plan(FIRST, available=()).cost.requests <= 120


@pytest.mark.undocumented
@pytest.mark.parametrize("name", MISTAKES)
def test_a_plain_mistake_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    word, operations, changes = MISTAKES[name]
    made = mutant(f"public/{name}", name, operations=operations, word=word, **changes)
    monkeypatch.delitem(MUTANTS, made.id)
    monkeypatch.setattr("pixelpact.mockserver.mutants.all_mutants", lambda: {made.id: made})

    results = results_of(tmp_path, FIRST, settings={"mutants": (made.id,)}, spare=SPARE)

    assert any(word in result.what for result in results if result.verdict.is_red)
