"""The whole suite on servers with other answers, and on servers that are wrong in one rule.

CI runs a sample of the rows, `make contract` all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.reports.summary import exit_code, grouped
from pixelpact.contract_tests.runs.learning import learned
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite.items import Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.mockserver.mutants import all_mutants
from pixelpact.schema import Profile, ledger
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import sampled

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
@pytest.mark.parametrize("other_answer", sampled(OTHER_ANSWERS, 2), ids="=".join)
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


@pytest.mark.undocumented
@pytest.mark.parametrize("mutant_id", sampled(sorted(all_mutants()), 2))
def test_a_mutant_is_caught_by_its_check_alone(tmp_path: Path, mutant_id: str) -> None:
    mutant = all_mutants()[mutant_id]
    signs = {"callback_secret": "hush"}
    results = results_of(tmp_path, settings={"mutants": (mutant_id,), **signs}, secret="hush")

    caught = {result.id: result for result in results if result.verdict.is_red}
    assert mutant.check in caught, red(results)
    assert mutant.word in caught[mutant.check].what + caught[mutant.check].rule
    assert set(caught) - {mutant.check, *mutant.also} == set(), red(results)


def test_each_check_has_a_mutant() -> None:
    checks = {item.id for item in all_items() if not isinstance(item, Probe)}

    assert checks - {mutant.check for mutant in all_mutants().values()} == set()


def test_the_mock_server_conforms_within_the_budget(tmp_path: Path) -> None:
    results = run(tmp_path)

    assert red(results) == []
    assert sum(result.requests for result in results) <= 800
    assert len(grouped(results)) == 0


def test_each_question_has_a_probe_or_a_reason() -> None:
    asked = {item.entry for item in all_items() if isinstance(item, Probe)}

    assert set(ledger()) - asked == set(UNOBSERVABLE)
    assert len(UNOBSERVABLE) <= 3


@pytest.mark.parametrize("item_id", sampled((item.id for item in all_items()), 8))
def test_a_check_can_be_asked_alone(tmp_path: Path, item_id: str) -> None:
    assert red(results_of(tmp_path, with_their_probes([item_id]))) == []
