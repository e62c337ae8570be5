"""The ledger is complete in itself, and a profile chooses only what it offers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pixelpact.schema import LedgerEntry, Profile, ProfileError, ledger, options_schema


@pytest.mark.parametrize("entry", ledger().values(), ids=lambda entry: entry.id)
def test_entry_says_everything(entry: LedgerEntry) -> None:
    assert entry.question.endswith("?")
    assert len(entry.choices) >= 2
    assert entry.default in entry.choices
    assert entry.confidence in {"documented", "observed", "assumed"}
    assert entry.cost in {"free", "paid", "never"}
    assert entry.source
    assert {*entry.needs} <= {
        "second-key",
        "listener",
        "signatures",
        "clock",
        "few-credits",
        "concurrency-limit",
    }


@pytest.mark.parametrize("answer", ["exact", "half"])
def test_sizes_of_ratios_are_the_ratios_to_the_pixel(answer: str) -> None:
    sizes = Profile({"ratio-sizes": answer}).value("ratio-sizes")

    assert len(sizes) == len(options_schema()["properties"]["aspect_ratio"]["enum"])
    for ratio, (width, height) in sizes.items():
        across, down = map(int, ratio.split(":"))
        assert width * down == height * across, ratio


def test_profile_answers_by_default_and_by_choice() -> None:
    profile = Profile({"spent": "nothing"})

    assert profile["spent"] == "nothing"
    assert profile["checksum"] == ledger()["checksum"].default


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"no-such-entry": "x"}, ["no entry 'no-such-entry'; `pixelpact ledger` lists"]),
        ({"default-sizes": "x"}, ["no entry 'default-sizes'; did you mean 'default-size'?"]),
        ({"spent": "x"}, ["no answer 'x' to 'spent'", "per-output, nothing"]),
        ({"spent": ["x"]}, ["no answer ['x'] to 'spent'"]),
    ],
)
def test_profile_refuses_what_the_ledger_does_not_have(answers: dict[str, str], words: list[str]) -> None:
    with pytest.raises(ProfileError) as caught:
        Profile(answers)

    assert all(word in str(caught.value) for word in words)
    assert caught.value.entry in answers


def test_profiles_with_the_same_answers_are_equal_and_have_one_hash() -> None:
    first, second = Profile({"spent": "nothing"}), Profile({"spent": "nothing"})

    assert first == second
    assert hash(first) == hash(second)
    assert first != Profile()


def test_the_guide_names_each_question_that_needs_more_than_a_key() -> None:
    needy = {entry.id for entry in ledger().values() if entry.needs or entry.cost == "never"}
    guide = (Path(__file__).parents[2] / "docs" / "contract-tests.md").read_text(encoding="utf-8")
    table = guide.partition("can't be asked with a key alone:")[2].partition("## ")[0]

    assert set(re.findall(r"`([a-z-]+)`", table)) == needy
    assert f"these {len(needy)} can't" in guide
    assert len(needy) <= 15
