"""Free probes name the answer that a server gives, and take no other one for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Budget
from pixelpact.contract_tests.runs.plan import PREFLIGHT, SURPRISES, make_plan, needs_of, steps_of
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite.items import Item, Need, Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.schema import Profile, ledger
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import sampled

_MODULES = (
    "access",
    "account",
    "bodies",
    "catalogue",
    "errors",
    "headers",
    "idempotency",
    "jobs",
    "listings",
    "options",
    "presets",
    "shapes",
    "uploads",
)
#: These take most of the time: one waits for an answer that does not come, the other moves the clock.
_SLOW = ("idempotency-concurrent", "idempotency-lifetime")
#: What each answer hides.
_HIDDEN = {
    ("error-fields", "message"): {"error-texts", "error-codes"},
    ("unknown-preset", "refuse"): {"text-length"},
    ("unlimited-credits", "none"): {"contracts-shape", "contract-unit"},
    ("idempotency-key", "ignored"): {
        "idempotency-conflict",
        "idempotency-concurrent",
        "idempotency-lifetime",
    },
}
#: Answers at once that might be taken for each other's.
_TOGETHER = (
    {"empty-listing": "empty-list", "no-match": "no-content"},
    {"empty-listing": "empty-list", "page-past-end": "no-content"},
    {"listing-scope": "active", "read-canceled": "404"},
    {"listing-scope": "active", "listing-order": "oldest-first"},
    {"listing-scope": "active", "no-match": "no-content"},
    {"shown-defaults": "all", "empty-objects": "array"},
    {"shown-defaults": "all", "default-settings": "detailed"},
    {"shown-defaults": "all", "secret-options": "masked"},
    {"limits-field": "empty", "empty-objects": "array"},
    {"integral-number": "refuse", "number-texts": "decimal"},
    {"integral-number": "refuse", "numeric-text": "convert"},
    {"duplicate-keys": "refuse", "number-texts": "decimal"},
    {"text-length": "bytes", "trailing-newline": "accept"},
    {"text-length": "bytes", "unknown-preset": "refuse"},
    {"unknown-option": "keep", "shown-defaults": "all"},
    {"unknown-target": "fail", "omitted-category": "refuse"},
    {"base64-field": "content", "unknown-field": "refuse"},
    {"invalid-request": "422", "error-codes": "zero"},
    {"invalid-request": "422", "error-fields": "message"},
    {"invalid-request": "422", "empty-body": "no-content"},
    {"invalid-key": "403", "foreign-job": "401"},
    {"invalid-key": "403", "presets-without-key": "allow"},
    {"invalid-key": "403", "uploads-without-credentials": "allow"},
    {"foreign-job": "401", "foreign-token": "404"},
    {"error-texts": "texts", "error-codes": "zero"},
    {"contracts-shape": "array", "contract-unit": "minutes"},
    {"listed-statuses": "seven", "processing-word": "running"},
    {"upload-status": "201", "upload-answer": "input"},
    {"upload-name-synonym": "ignored", "own-header-aliases": "vendor"},
    {"staged-status": "incomplete", "start-without-input": "refuse"},
    {"cancel-canceled": "ignore", "read-canceled": "404"},
    {"history-order": "newest-first", "read-canceled": "404"},
    {"public-scope": "refuse", "omitted-scope": "refuse"},
    {"stats": "empty", "wrong-stats-date": "empty"},
)


@cache
def _probes() -> Sequence[Probe]:
    """The probes of these modules."""
    return [
        item
        for item in all_items()
        if isinstance(item, Probe) and item.ask.__module__.rpartition(".")[2] in _MODULES
    ]


def quick_probes() -> list[Item]:
    """The probes that do not wait."""
    return [probe for probe in _probes() if probe.entry not in _SLOW]


def _expect(results: Sequence[Result], profile: Mapping[str, str]) -> None:
    """Check that exactly the answers of a profile are named as changed, and exactly those hidden that are."""
    asked = {result.id.removeprefix("ledger/") for result in results}
    hidden = set[str]().union(*(_HIDDEN.get(answer, set()) for answer in profile.items()))
    found = {
        (result.id.removeprefix("ledger/"), result.verdict, result.answer, result.what.partition(" ")[0])
        for result in results
        if result.verdict is not Verdict.HOLDS
    }
    assert found == {
        *(
            (entry, Verdict.CHANGED, answer, "this")
            for entry, answer in profile.items()
            if entry in asked - hidden
        ),
        *((entry, Verdict.NOT_CONCLUSIVE, "", "hidden") for entry in hidden & asked),
    }


def _others(entry: str) -> list[str]:
    """The answers of an entry other than the default."""
    return [answer for answer in ledger()[entry].choices if answer != ledger()[entry].default]


def _other_answers() -> list[tuple[str, str]]:
    return [(probe.entry, answer) for probe in _probes() for answer in _others(probe.entry)]


def test_a_server_with_the_default_answers_holds_them_all(tmp_path: Path) -> None:
    results = results_of(tmp_path, _probes())

    assert [(result.id, result.what) for result in results if result.verdict is not Verdict.HOLDS] == []


@pytest.mark.undocumented
@pytest.mark.parametrize(("entry", "answer"), sampled(_other_answers(), 5))
def test_another_answer_is_named_and_nothing_else(tmp_path: Path, entry: str, answer: str) -> None:
    profile = {entry: answer}
    items = _probes() if entry.startswith("idempotency-") else quick_probes()

    _expect(results_of(tmp_path, items, settings={"profile": Profile(profile)}), profile)


@pytest.mark.undocumented
@pytest.mark.parametrize("number", [0, 1])
def test_answers_to_other_questions_change_nothing(tmp_path: Path, number: int) -> None:
    mine = {probe.entry for probe in _probes()}
    profile = {entry: _others(entry)[min(number, len(_others(entry)) - 1)] for entry in {*ledger()} - mine}

    _expect(results_of(tmp_path, quick_probes(), settings={"profile": Profile(profile)}), {})


@pytest.mark.undocumented
@pytest.mark.parametrize("profile", sampled(_TOGETHER, 12), ids=lambda profile: ",".join(profile))
def test_two_other_answers_are_both_named(tmp_path: Path, profile: dict[str, str]) -> None:
    items = with_their_probes(f"ledger/{entry}" for entry in profile)

    _expect(results_of(tmp_path, items, settings={"profile": Profile(profile)}), profile)


@pytest.mark.undocumented
def test_all_other_answers_at_once_are_named(tmp_path: Path) -> None:
    hiding = {entry for entry, _ in _HIDDEN}
    profile = {entry: answer for entry, answer in _other_answers() if entry not in hiding}

    _expect(results_of(tmp_path, _probes(), settings={"profile": Profile(profile)}), profile)


def test_the_free_probes_cost_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = [probe for probe in _probes() if ledger()[probe.entry].cost == "free"]
    sent: list[str] = []
    for name in ("reserve", "reserve_kept_back"):
        monkeypatch.setattr(Budget, name, _counted(getattr(Budget, name), sent))

    results_of(tmp_path, probes)

    cost = make_plan(probes, available=Need).cost
    assert len(sent) == cost.requests - SURPRISES.requests
    assert len(sent) - PREFLIGHT.requests <= 85  # of the 200 of a frugal run
    assert cost.paid_jobs == 0


def _counted(method: Callable[..., None], calls: list[str]) -> Callable[..., None]:
    def call(*arguments: object, **options: object) -> None:
        calls.append(method.__name__)
        method(*arguments, **options)

    return call


@pytest.mark.parametrize("probe", _probes(), ids=lambda probe: probe.entry)
def test_the_ledger_says_what_asking_takes(probe: Probe) -> None:
    entry = ledger()[probe.entry]
    is_paid = any(item.cost.paid_jobs for item in (probe, *steps_of(probe.uses)))

    assert {need.name.lower().replace("_", "-") for need in needs_of(probe)} == {*entry.needs}
    assert entry.cost == ("paid" if is_paid else "free")


@pytest.mark.parametrize("probe", sampled(_probes(), 20), ids=lambda probe: probe.entry)
def test_a_probe_alone_needs_no_more_than_it_says(tmp_path: Path, probe: Probe) -> None:
    results = results_of(tmp_path, [probe])

    assert [result.verdict for result in results] == [Verdict.HOLDS]
