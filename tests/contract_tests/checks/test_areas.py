"""Life cycle, parts, listings, presets, information: the checks hold, and each sees its wrong server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.runs.plan import EXTRA_READS, SURPRISES, steps_of
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite.items import Check, Item
from pixelpact.contract_tests.suite.results import Verdict
from pixelpact.mockserver.mutants import Mutant, all_mutants
from pixelpact.schema import Profile, ledger
from tests.contract_tests.suite import results_of, run_of
from tests.samples import sampled

AREAS = (
    "lifecycle",
    "listings",
    "inputs",
    "conversions",
    "history",
    "threads",
    "idempotency",
    "contracts",
    "stats",
    "presets",
    "catalogue",
)
CHECKS = {item.id: item for item in all_items() if isinstance(item, Check) and item.area in AREAS}
MUTANTS = [mutant for mutant in all_mutants().values() if mutant.check in CHECKS]
ANSWERS = [
    (entry.id, answer) for entry in ledger().values() for answer in entry.choices if answer != entry.default
]


def of_the_same_answers(check: Check) -> list[Item]:
    """The checks that look at nothing but the answers that a check looks at."""
    taken = {step.id for step in steps_of(check.uses)}
    return [
        other
        for other in CHECKS.values()
        if other is check or (not other.cost.requests and {step.id for step in steps_of(other.uses)} <= taken)
    ]


def test_all_hold_on_the_mock_server_at_exactly_the_declared_cost(tmp_path: Path) -> None:
    results, plan, spent = run_of(tmp_path, CHECKS.values(), profile=Profile())

    assert {result.id: result.what for result in results if result.verdict is not Verdict.HOLDS} == {}
    assert (spent.requests, spent.paid_jobs) == (
        plan.cost.requests - EXTRA_READS - SURPRISES.requests,
        plan.cost.paid_jobs,
    )


def test_all_together_cost_at_most_175_requests_and_6_paid_jobs_of_their_own() -> None:
    steps = {step.id: step for check in CHECKS.values() for step in steps_of(check.uses)}
    shared = ("suite.", "probes.", "checks.tokens.")  # with probes and other areas
    own = [step.cost for name, step in steps.items() if not name.startswith(shared)]
    costs = [*own, *(check.cost for check in CHECKS.values())]

    assert sum(cost.requests for cost in costs) <= 175
    assert sum(cost.paid_jobs for cost in costs) <= 6


def test_each_check_has_a_mutant() -> None:
    assert CHECKS.keys() - {mutant.check for mutant in MUTANTS} == set()


@pytest.mark.undocumented
@pytest.mark.parametrize("mutant", sampled(MUTANTS, 3), ids=lambda mutant: mutant.id)
def test_a_mutant_fails_its_check_alone(mutant: Mutant, tmp_path: Path) -> None:
    items = of_the_same_answers(CHECKS[mutant.check])

    results = run_of(
        tmp_path, items, profile=Profile(), settings={"mutants": (mutant.id,)}, more_requests=20
    )[0]

    found = {result.id: result.what for result in results if result.verdict.is_red}
    assert found.keys() - {*mutant.also} == {mutant.check}
    assert mutant.word in found[mutant.check]


@pytest.mark.undocumented
@pytest.mark.parametrize(("entry", "answer"), sampled(ANSWERS, 2), ids=lambda value: value)
def test_no_check_fails_for_an_answer_that_it_depends_on(entry: str, answer: str, tmp_path: Path) -> None:
    profile = Profile({entry: answer})
    items = [check for check in CHECKS.values() if entry in check.depends]

    results = results_of(tmp_path, items, given=profile, settings={"profile": profile})

    assert {result.id: result.what for result in results if result.verdict.is_red} == {}
