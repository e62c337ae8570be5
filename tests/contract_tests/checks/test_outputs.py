"""Checks of outputs, downloads, passwords, pictures and callbacks, and the mutants that they notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.runs.plan import steps_of
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.suite import callbacks
from pixelpact.contract_tests.suite.items import Check, Item
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.mockserver.mutants import Mutant, all_mutants
from pixelpact.schema import Profile, ledger
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import sampled

AREAS = ("outputs", "downloads", "passwords", "pictures", "callbacks")
SECRET = "a secret of callbacks"  # of a server in a test
MUTANTS = [mutant for mutant in all_mutants().values() if mutant.check.partition("/")[0] in AREAS]
#: Entries of the ledger that decide what pictures are like, and those that decide the rest.
OF_PICTURES = (
    "conversions-times-inputs",
    "default-size",
    "fractional-pixels",
    "output-name-field",
    "picture-format",
    "pictures-per-job",
    "ratio-sizes",
    "seed-repeats",
    "single-side",
)
OF_OTHERS = (
    "archive-format",
    "callback-redirect",
    "callback-signature",
    "callback-spacing",
    "checksum",
    "conversions-times-inputs",
    "counted-downloads",
    "download-limit",
    "download-password-refused",
    "empty-password",
    "empty-prompt",
    "gone-output",
    "gone-status",
    "history-order",
    "output-name-field",
    "password-cookie",
    "password-list",
    "picture-format",
    "pictures-per-job",
    "processing-word",
    "secret-options",
    "several-results",
    "single-archived",
    "timestamps",
)
ANSWERS = [
    (areas, entry, answer)
    for areas, entries in ((("pictures",), OF_PICTURES), (tuple(sorted({*AREAS} - {"pictures"})), OF_OTHERS))
    for entry in entries
    for answer in ledger()[entry].choices
    if answer != ledger()[entry].default
]


def checks_of(area: str) -> list[Item]:
    """The checks of an area, with the probes that they depend on."""
    return with_their_probes(item.id for item in all_items() if item.area == area)


def run(folder: Path, items: list[Item], **settings: object) -> list[Result]:
    """What becomes of the items at a server that signs callbacks."""
    given = settings.get("profile")
    profile = given if isinstance(given, Profile) else None
    return results_of(
        folder, items, given=profile, settings={"callback_secret": SECRET, **settings}, secret=SECRET
    )


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks from this machine arrive at once, or not at all."""
    monkeypatch.setattr(callbacks, "PATIENCE_S", 2.0)


@pytest.mark.parametrize("area", AREAS)
def test_checks_hold_at_what_they_cost(area: str, tmp_path: Path) -> None:
    items = [item for item in all_items() if item.area == area]

    results = run(tmp_path, items)

    unexpected = {result.id: result.what for result in results if result.verdict is not Verdict.HOLDS}
    assert unexpected == {}, unexpected
    steps = {step.id: step for item in items for step in steps_of(item.uses)}
    assert sum(result.paid_jobs for result in results) == sum(
        cost.paid_jobs for cost in (*(item.cost for item in items), *(step.cost for step in steps.values()))
    )


@pytest.mark.undocumented
@pytest.mark.parametrize("mutant", sampled(MUTANTS, 3), ids=lambda mutant: mutant.id)
def test_a_mutant_fails_its_check_only(mutant: Mutant, tmp_path: Path) -> None:
    items = checks_of(mutant.check.partition("/")[0])

    results = run(tmp_path, items, mutants=(mutant.id,))

    red = {result.id: result for result in results if result.verdict.is_red}
    assert red.keys() == {mutant.check, *mutant.also} & {item.id for item in items}
    assert mutant.word in red[mutant.check].what


def test_each_check_has_a_mutant() -> None:
    checks = {item.id for item in all_items() if isinstance(item, Check) and item.area in AREAS}

    assert checks == {mutant.check for mutant in MUTANTS}


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("areas", "entry", "answer"),
    sampled(ANSWERS, 2),
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_no_answer_of_the_ledger_fails_a_check(
    areas: tuple[str, ...], entry: str, answer: str, tmp_path: Path
) -> None:
    items = [item for item in all_items() if item.area in areas]

    results = run(tmp_path, items, profile=Profile({entry: answer}))

    failed = {result.id: result.what for result in results if result.verdict.is_red}
    assert failed == {}, failed
