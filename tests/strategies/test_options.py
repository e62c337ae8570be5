"""What the strategies draw and enumerate is what they say: valid, or wrong in exactly one way."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bench import cells
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st

import pixelpact.strategies
from pixelpact.schema import options_schema, violations
from pixelpact.strategies import (
    Invalid,
    Valid,
    boundaries,
    invalid_options,
    single_faults,
    valid_options,
)

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("enumerations.txt")
PROPERTIES = options_schema()["properties"]


def one_fault(invalid: Invalid) -> bool:
    found = [(each.option, each.keyword) for each in violations(invalid.payload)]
    return found == [(invalid.option, invalid.keyword)]


@given(payload=valid_options())
def test_valid_options_are_valid(payload: dict[str, object]) -> None:
    assert violations(payload) == []
    assert json.loads(json.dumps(payload)) == payload


@given(invalid=invalid_options())
def test_invalid_options_have_exactly_their_fault(invalid: Invalid) -> None:
    assert one_fault(invalid)
    assert json.loads(json.dumps(invalid.payload)) == invalid.payload


@pytest.mark.parametrize("valid", boundaries(), ids=lambda valid: valid.id)
def test_boundaries_are_valid(valid: Valid) -> None:
    assert violations(valid.payload) == []
    assert cells.faults(valid.payload) == []


@pytest.mark.parametrize("invalid", single_faults(), ids=lambda invalid: invalid.id)
def test_single_faults_are_single(invalid: Invalid) -> None:
    assert one_fault(invalid)
    assert cells.faults(invalid.payload) == [invalid.option or ("payload" if invalid.option is None else "")]


def test_every_rule_of_every_option_is_broken_by_some_fault() -> None:
    rules = {
        (name, keyword)
        for name, spec in PROPERTIES.items()
        for keyword in ("type", "enum", "minimum", "maximum", "pattern")
        if keyword in spec
    }

    assert rules <= {(fault.option, fault.keyword) for fault in single_faults()}
    assert {"additionalProperties"} <= {fault.keyword for fault in single_faults()}


@pytest.mark.parametrize(
    "payload",
    [
        None, True, "text", [7], {"": 7}, {"seed": True}, {"seed": 0}, {"seed": 4294967296}, {"seed": "20"},
        {"seed": 20.5}, {"width": 63.99999999999999}, {"height": 5120.000000000001}, {"cfg_scale": None},
        {"allow_multiple_outputs": "true"}, {"allow_multiple_outputs": 1}, {"style": "Anime"}, {"style": " anime "},
        {"style": ""}, {"preset": ""}, {"preset": "a" * 256}, {"download_password": "aaa\n"},
        {"download_password": "aaa\u00e9"}, {"download_password": "aaa\x07"}, {"download_password": "a" * 1001},
        {"num_inference_steps": 18446744073709551618}, {"num_inference_steps": [7]},
    ],
    ids=lambda payload: ascii(payload)[:40],
)  # fmt: skip
def test_the_traps_are_among_the_faults(payload: object) -> None:
    # As texts, because `True == 1` in Python.
    assert json.dumps(payload) in [json.dumps(fault.payload) for fault in single_faults()]


@pytest.mark.parametrize(
    "payload",
    [
        {}, {"seed": 1}, {"seed": 4294967295}, {"seed": 20.0}, {"seed": 2147483648}, {"width": 83.5},
        {"download_password": ""}, {"download_password": "a" * 1000}, {"download_password": "   "},
        {"preset": "a" * 255}, {"preset": "\naa"}, {"preset": "\U0001f98aaa"}, {"allow_multiple_outputs": False},
        *({"style": style} for style in PROPERTIES["style"]["enum"]),
        *({"aspect_ratio": ratio} for ratio in PROPERTIES["aspect_ratio"]["enum"]),
    ],
    ids=lambda payload: ascii(payload)[:40],
)  # fmt: skip
def test_the_corners_are_among_the_boundaries(payload: object) -> None:
    assert json.dumps(payload) in [json.dumps(valid.payload) for valid in boundaries()]


def test_enumerations_reach_every_cell() -> None:
    reached = {cell for valid in boundaries() for cell in cells.valid_cells(valid.payload)}
    faults = {cell for invalid in single_faults() for cell in cells.fault_cells(invalid.payload)}

    assert reached == cells.all_valid_cells()
    assert len(reached) == 43
    assert faults == cells.all_fault_cells()
    assert len(faults) == 117
    assert len({cell[:2] for cell in faults}) == 28
    assert len(single_faults()) <= 130


def test_no_payload_is_enumerated_twice() -> None:
    payloads = [repr(fault.payload) for fault in single_faults()]

    assert len(payloads) == len(set(payloads))


@pytest.mark.parametrize("number", range(3))
def test_draws_reach_every_valid_cell_and_every_pair_of_presence(number: int) -> None:
    payloads: list[dict[str, object]] = []

    @seed(number)
    @settings(max_examples=300, database=None, derandomize=False, phases=[Phase.generate])
    @given(payload=valid_options())
    def drawn(payload: dict[str, object]) -> None:
        payloads.append(payload)

    drawn()

    assert {cell for payload in payloads for cell in cells.valid_cells(payload)} == cells.all_valid_cells()
    assert len({pair for payload in payloads for pair in cells.presence_pairs(payload)}) == 180
    seeds = [payload["seed"] for payload in payloads if "seed" in payload]
    at_boundaries = [valid.payload["seed"] for valid in boundaries() if valid.option == "seed"]
    assert 0.1 < sum(value not in at_boundaries for value in seeds) / len(seeds) < 0.6


def smallest(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool]) -> Any:
    return find(strategy, holds, settings=settings(max_examples=2000, database=None))


@pytest.mark.parametrize("fault", single_faults()[::6], ids=lambda fault: fault.id)
def test_what_is_wrong_shrinks_to_itself_alone(fault: Invalid) -> None:
    assert smallest(invalid_options(), lambda invalid: invalid.id == fault.id) == fault


@pytest.mark.parametrize(
    ("holds", "payload"),
    [
        (lambda _: True, {}),
        (lambda payload: "seed" in payload, {"seed": 1}),
        (lambda payload: {"width", "style"} <= payload.keys(), {"style": "anime", "width": 64}),
        (lambda payload: len(payload.get("preset", "")) > 200, {"preset": "a" * 255}),
    ],
    ids=["any", "one", "two", "at-a-boundary"],
)
def test_what_is_valid_shrinks_to_the_smallest(holds: Callable[[Any], bool], payload: object) -> None:
    assert smallest(valid_options(), holds) == payload


def test_no_health_check_fails() -> None:
    @settings(max_examples=50, database=None, suppress_health_check=[])
    @given(payload=valid_options(), invalid=invalid_options())
    def drawn(payload: dict[str, object], invalid: Invalid) -> None:
        assert invalid.payload != payload

    drawn()


def test_enumerations_are_the_same_whatever_the_hash_seed_and_the_python() -> None:
    printed = {
        subprocess.run(
            [sys.executable, ROOT / "scripts" / "enumerations.py"],
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for number in "012345"
    }

    assert printed == {GOLDEN.read_text(encoding="utf-8")}


def test_only_what_hypothesis_makes_public_is_used() -> None:
    for module in Path(pixelpact.strategies.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            )
            parent = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if "hypothesis" in f"{parent} {names}":
                assert (parent, names) == ("hypothesis", ["strategies"]), module
