"""Ids of enumerated cases: unique, and made of characters that need no quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from pixelpact.schema import JSONObject
from pixelpact.strategies import (
    Invalid,
    RawFault,
    Valid,
    boundaries,
    raw_faults,
    single_faults,
    single_job_faults,
)

PLAIN = re.compile(r"[A-Za-z0-9_.:+-]+")
#: Names and values of options that make ids alike once the characters that ids don't have are gone.
ALIKE: JSONObject = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        name: {"type": "string", "enum": ["a b", "a_b", "a/b", "a_b-2", "\u00e4\u00f6", "\u72d0"]}
        for name in ("", "empty", "the size", "the_size", "the[size]", "\u5927\u5c0f", "$(id)")
    },
}


def test_no_two_cases_have_the_same_id_not_even_of_different_kinds() -> None:
    ids = [case.id for case in (*boundaries(), *single_faults(), *single_job_faults(), *raw_faults())]

    assert len(ids) == 549
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("enumerate_cases", [boundaries, single_faults, raw_faults])
def test_labels_that_look_alike_have_different_ids(
    enumerate_cases: Callable[[JSONObject], tuple[Any, ...]],
) -> None:
    ids = [case.id for case in enumerate_cases(ALIKE)]

    assert len(set(ids)) == len(ids)
    assert all(PLAIN.fullmatch(known_as) for known_as in ids)


def test_ids_need_no_quotes() -> None:
    for case in (*boundaries(), *single_faults(), *single_job_faults(), *raw_faults()):
        assert PLAIN.fullmatch(case.id), case.id


@pytest.mark.parametrize(
    ("case", "known_as"),
    [
        (Valid({}, None, "all-options"), "payload-all-options"),
        (Valid({}, "aspect_ratio", "is-1:1"), "aspect_ratio-is-1:1"),
        (Valid({}, "", "shortest"), "empty-shortest"),
        (Invalid({}, None, "type", "is-null"), "payload-type-is-null"),
        (Invalid({}, "body", "type", "is-null"), "body-type-is-null"),
        (Invalid({}, "", "type", "is-null"), "empty-type-is-null"),
        (Invalid({}, "input[0].source", "required", "missing"), "input.0.source-required-missing"),
        (Invalid({}, "seed ", "additionalProperties", "x"), "seed_-additionalProperties-x"),
        (Invalid({}, "crop.width", "minimum", "zero"), "crop.width-minimum-zero"),
        (Invalid({}, "quality (%)", "type", "is-null"), "quality_-type-is-null"),
        (RawFault(b"", None, "empty"), "body-empty"),
        (RawFault(b"", "", "nan"), "empty-nan"),
        (RawFault(b"", "seed", "nan"), "seed-nan"),
    ],
)
def test_an_id_is_made_of_the_labels(case: Valid | Invalid | RawFault, known_as: str) -> None:
    assert case.id == known_as
