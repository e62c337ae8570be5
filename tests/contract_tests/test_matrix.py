"""The whole suite on servers with other answers, and on servers that are wrong in one rule.

CI runs a sample of the rows, `make contract` all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.reports.summary import exit_code
from pixelpact.contract_tests.runs.learning import learned
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite.items import Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.mockserver.mutants import all_mutants
from pixelpact.mockserver.mutants.base import OVERLAPPING
from pixelpact.schema import Profile, ledger
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import ALL_ROWS, sampled

#: Entries that no run can observe, even given all that a question needs, each with the reason.
UNOBSERVABLE: dict[str, str] = {}
#: What the server and the account must have for some questions.
MEANS: dict[str, dict[str, Any]] = {
    "overdraft": {"settings": {"credits": 1}, "few_credits": True},
    "unlimited-credits": {},
    "concurrent-jobs": {"concurrency_limit": True},
    "retry-after": {"settings": {"max_concurrent": 1}, "concurrency_limit": True},
    "callback-signature": {"settings": {"callback_secret": "hush"}, "secret": "hush"},
    "signature-aliases": {"settings": {"callback_secret": "hush"}, "secret": "hush"},
}
#: So many mutants are played at once, in one run of the suite.
TOGETHER = 8
#: Questions that are asked alone: an account without credits, or with a job at a time, hides most others.
ALONE = ("overdraft", "retry-after")
OTHER_ANSWERS = [
    (entry.id, answer) for entry in ledger().values() for answer in entry.choices if answer != entry.default
]


def run(folder: Path, entry: str = "", *, profile_given: bool = True, **settings: Any) -> list[Result]:
    """The whole suite, with the means that the question of an entry needs."""
    means = dict(MEANS.get(entry, {}))
    items = with_their_probes([f"ledger/{entry}"]) if entry in ALONE else None
    return results_of(
        folder,
        items,
        profile_given=profile_given,
        settings={**means.pop("settings", {}), **settings},
        **means,
    )


def red(results: list[Result]) -> list[str]:
    """The red lines."""
    return [
        f"{result.verdict.value} {result.id}: {result.what}" for result in results if result.verdict.is_red
    ]


@pytest.mark.undocumented
@pytest.mark.parametrize("other_answer", sampled(OTHER_ANSWERS, 1), ids="=".join)
def test_another_answer_is_one_changed_line(tmp_path: Path, other_answer: tuple[str, str]) -> None:
    entry, answer = other_answer
    results = run(tmp_path, entry, profile=Profile({entry: answer}))

    if entry in UNOBSERVABLE:
        assert red(results) == []
        return
    changed = [result for result in results if result.verdict.is_red]
    assert [(result.id, result.answer) for result in changed] == [(f"ledger/{entry}", answer)], red(results)
    for result in results:
        if result.verdict is Verdict.NOT_CONCLUSIVE:
            assert entry in result.what, f"{result.id}: {result.what}"


@pytest.mark.undocumented
@pytest.mark.parametrize("other_answer", sampled(OTHER_ANSWERS, 1), ids="=".join)
def test_without_a_profile_another_answer_is_learned(tmp_path: Path, other_answer: tuple[str, str]) -> None:
    entry, answer = other_answer
    results = run(tmp_path, entry, profile_given=False, profile=Profile({entry: answer}))

    assert red(results) == []
    assert exit_code(results, required=frozenset()) == 0
    profile = learned(results, base_url="http://x/v2", at="2026-01-01T00:00:00Z", known=None).profile
    assert profile.answers.get(entry, answer) == answer
    assert {name for name in ledger() if profile[name] != ledger()[name].default} <= {entry}


def rounds() -> list[tuple[str, ...]]:
    """The ids of all mutants, dealt into rounds of neighbours that are far from each other in the alphabet."""
    ids = sorted(all_mutants())
    number = -(-len(ids) // TOGETHER)
    return [tuple(ids[start::number]) for start in range(number)]


def wrongly_noticed(folder: Path, mutant_ids: tuple[str, ...]) -> list[str]:
    """Which of the mutants are not caught by their checks, by which others they are."""
    folder.mkdir()
    mutants = [all_mutants()[mutant_id] for mutant_id in mutant_ids]
    settings = {"mutants": mutant_ids, "callback_secret": "hush"}
    results = results_of(folder, settings=settings, secret="hush", spare=12 * len(mutants))
    caught = {result.id: result for result in results if result.verdict.is_red}
    missed = [
        f"{mutant.check} does not notice {mutant.id}, or does not name {mutant.word}"
        for mutant in mutants
        if mutant.check not in caught
        or mutant.word not in caught[mutant.check].what + caught[mutant.check].rule
    ]
    expected = {check for mutant in mutants for check in (mutant.check, *mutant.also, *OVERLAPPING)}
    return missed + [line for line in red(results) if not any(f" {check}:" in line for check in expected)]


@pytest.mark.undocumented
@pytest.mark.skipif(not ALL_ROWS, reason="takes minutes where one mutant hides another: make contract")
@pytest.mark.parametrize("mutant_ids", sampled(rounds(), 1), ids=lambda ids: ids[0])
def test_mutants_are_caught_by_their_checks_alone(tmp_path: Path, mutant_ids: tuple[str, ...]) -> None:
    if not wrongly_noticed(tmp_path / "together", mutant_ids):
        return
    # One may hide another. Then each must be caught by itself.
    alone = {one: wrongly_noticed(tmp_path / str(n), (one,)) for n, one in enumerate(mutant_ids)}
    assert {one: found for one, found in alone.items() if found} == {}


def test_each_check_has_a_mutant() -> None:
    checks = {item.id for item in all_items() if not isinstance(item, Probe)}

    assert set(OVERLAPPING) <= checks
    assert checks - {mutant.check for mutant in all_mutants().values()} == set()


def test_each_question_has_a_probe_or_a_reason() -> None:
    asked = {item.entry for item in all_items() if isinstance(item, Probe)}

    assert set(ledger()) - asked == set(UNOBSERVABLE)
    assert len(UNOBSERVABLE) <= 3


@pytest.mark.parametrize("item_id", sampled((item.id for item in all_items()), 5))
def test_a_check_can_be_asked_alone(tmp_path: Path, item_id: str) -> None:
    assert red(results_of(tmp_path, with_their_probes([item_id]))) == []
