"""What a run has learned, as a profile; a profile that exists is completed over several runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pixelpact.contract_tests.runs.selection import LAST
from pixelpact.contract_tests.suite.items import Item, Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.schema import LearnedProfile, Observation, ledger

_ANSWERED = (Verdict.LEARNED, Verdict.HOLDS, Verdict.CHANGED)


def questions(items: Iterable[Item], known: LearnedProfile | None) -> Sequence[Item]:
    """The probes among the items; those without an answer in the known profile come first.

    The order otherwise stays: a probe comes after those that may hide it, and those that move the clock last.
    """
    probes = [item for item in items if isinstance(item, Probe)]
    answered = known.observations if known else {}
    hiding = {entry for probe in probes if probe.entry not in answered for entry in probe.hidden_by}

    def turn(probe: Probe) -> tuple[bool, bool]:
        return probe.rank >= LAST, probe.entry in answered and probe.entry not in hiding

    return sorted(probes, key=turn)


def learned(
    results: Iterable[Result], *, base_url: str, at: str, known: LearnedProfile | None
) -> LearnedProfile:
    """The profile after a run: the answers that it observed, and those of the known profile for the others.

    `at` is the UTC time of the run (ISO 8601).
    """
    observations = dict(known.observations) if known else {}
    reasons: dict[str, str] = {}
    for result in results:
        entry = result.id.removeprefix("ledger/")
        if entry not in ledger() or entry == result.id:
            continue
        if result.verdict in _ANSWERED:
            observations[entry] = Observation(result.answer, result.evidence, at)
        elif entry not in observations:
            reasons[entry] = f"{result.verdict.value}: {result.what}" if result.what else result.verdict.value
    for entry in ledger():
        if entry not in observations:
            reasons.setdefault(entry, "no probe asks it")
    return LearnedProfile(base_url, at, observations, reasons)
