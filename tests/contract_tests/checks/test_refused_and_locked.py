"""Checks of options, jobs, access, refusals and HTTP: they hold, cost what they say, and notice their mutants."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.checks import boundaries, options
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.runs.plan import SURPRISES, make_plan
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite.items import Check, Need
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.mockserver.mutants import Mutant, all_mutants
from pixelpact.schema import Profile, ledger
from pixelpact.strategies import single_faults
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import sampled

AREAS = ("options", "jobs", "access", "errors", "http")
#: The request by which a run learns whether the clock of a mock server moves.
ASKED_OF_THE_CLOCK = 1
#: Requests for looking into surprises, and for tidying after them.
SPARE = 40


def own_checks() -> list[Check]:
    return [item for item in all_items() if isinstance(item, Check) and item.area in AREAS and is_ours(item)]


def is_ours(item: Check) -> bool:
    modules = (
        "options",
        "options_elsewhere",
        "options_in_jobs",
        "boundaries",
        "bodies",
        "creation",
        "access",
        "tokens",
        "refusals",
        "other_refusals",
        "documents",
        "bodies_elsewhere",
    )
    return item.verify.__module__.rpartition(".")[2] in modules


def own_mutants() -> list[Mutant]:
    ours = {item.id for item in own_checks()}
    return [mutant for mutant in all_mutants().values() if mutant.check in ours]


def surprises(results: list[Result]) -> dict[str, str]:
    return {
        result.id: f"{result.verdict.value}: {result.what}"
        for result in results
        if result.verdict not in (Verdict.HOLDS, Verdict.NOT_CONCLUSIVE)
    }


def answers_that_matter() -> list[tuple[str, str]]:
    depended_on = {entry for item in own_checks() for entry in getattr(item, "depends", ())}
    return [
        (entry.id, answer)
        for entry in ledger().values()
        for answer in entry.choices
        if entry.id in depended_on and answer != entry.default
    ]


def test_all_hold_and_cost_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    answer = ApiClient._answer

    def counting(self, operation, method, url, **request):
        sent.append(url)
        return answer(self, operation, method, url, **request)

    monkeypatch.setattr(ApiClient, "_answer", counting)

    checks = [item for item in own_checks() if "other_refusals" not in item.verify.__module__]
    results = results_of(tmp_path, checks)

    plan = make_plan(checks, available=[Need.SECOND_KEY])
    assert surprises(results) == {}
    assert {result.verdict for result in results} <= {Verdict.HOLDS, Verdict.BREAKS}
    assert len(sent) + ASKED_OF_THE_CLOCK == plan.cost.requests - SURPRISES.requests
    assert len(sent) <= 343
    assert plan.cost.paid_jobs == 0


@pytest.mark.undocumented
@pytest.mark.parametrize(("entry", "answer"), sampled(answers_that_matter(), 2))
def test_no_answer_to_the_ledger_breaks_a_check(tmp_path: Path, entry: str, answer: str) -> None:
    profile = Profile({entry: answer})

    results = results_of(tmp_path, own_checks(), settings={"profile": profile}, given=profile, spare=SPARE)

    assert surprises(results) == {}


def test_each_check_has_a_mutant() -> None:
    assert {item.id for item in own_checks()} - {mutant.check for mutant in own_mutants()} == set()


@pytest.mark.undocumented
@pytest.mark.parametrize("mutant", sampled(own_mutants(), 8), ids=lambda mutant: mutant.id)
def test_a_mutant_is_noticed(tmp_path: Path, mutant: Mutant) -> None:
    items = with_their_probes([mutant.check])

    results = results_of(tmp_path, items, settings={"mutants": (mutant.id,)}, spare=SPARE)

    red = {result.id: result.what for result in results if result.verdict.is_red}
    assert [*red] == [mutant.check]
    assert mutant.word in red[mutant.check]


def test_all_single_faults_are_asked() -> None:
    ids = {item.id for item in own_checks()}

    assert {f"options/{options.check_name(fault)}" for fault in single_faults()} <= ids


def test_each_pair_of_boundary_values_is_in_a_row() -> None:
    rows = boundaries.pairwise_rows()

    assert {(repr(row["width"]), repr(row["preset"])) for row in rows} == {
        (repr(width), repr(preset))
        for width in {row["width"] for row in rows}
        for preset in {row["preset"] for row in rows}
    }
    assert len(rows) < 50
