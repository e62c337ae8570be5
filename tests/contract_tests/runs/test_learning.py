"""What a run has learned is a profile, which further runs complete."""

from __future__ import annotations

from pathlib import Path

from pixelpact.contract_tests.runs.learning import learned, questions
from pixelpact.contract_tests.runs.selection import LAST, all_items
from pixelpact.contract_tests.suite.items import Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.schema import LearnedProfile, Observation, ledger, read_profile
from tests.contract_tests.suite import results_of

_AT = "2026-11-25T03:00:00Z"
_URL = "http://127.0.0.1:8010/v2"


def result(entry: str, verdict: Verdict, answer: str = "", what: str = "") -> Result:
    """A result of a probe."""
    return Result(f"ledger/{entry}", "ledger", "createJob", "?", "s", "assumed", verdict, what, answer)


def test_answers_are_kept_with_their_evidence_and_date(tmp_path: Path) -> None:
    results = results_of(tmp_path, profile_given=False)
    profile = learned(results, base_url=_URL, at=_AT, known=None)

    assert profile.observations["invalid-request"].answer == "400"
    assert profile.observations["invalid-request"].at == _AT
    assert "curl" in profile.observations["invalid-request"].evidence
    assert set(profile.observations) | set(profile.not_asked) == set(ledger())


def test_what_was_not_asked_has_a_reason() -> None:
    profile = learned(
        [result("seed-repeats", Verdict.NOT_REACHED, what="the budget is spent")],
        base_url=_URL,
        at=_AT,
        known=None,
    )

    assert profile.not_asked["seed-repeats"] == "not reached: the budget is spent"


def test_an_unknown_answer_is_not_taken_for_one() -> None:
    profile = learned(
        [result("invalid-request", Verdict.UNKNOWN, what="was 418")], base_url=_URL, at=_AT, known=None
    )

    assert "invalid-request" not in profile.observations
    assert profile.not_asked["invalid-request"] == "unknown answer: was 418"


def test_earlier_answers_stay_until_they_are_asked_again() -> None:
    known = LearnedProfile(
        _URL,
        "2026-11-24T03:00:00Z",
        {
            "error-codes": Observation("zero", "e", "2026-11-24T03:00:00Z"),
            "stats": Observation("rows", "e", "2026-11-24T03:00:00Z"),
        },
    )

    profile = learned([result("error-codes", Verdict.LEARNED, "status")], base_url=_URL, at=_AT, known=known)

    assert (profile.observations["error-codes"].answer, profile.observations["error-codes"].at) == (
        "status",
        _AT,
    )
    assert profile.observations["stats"].at == "2026-11-24T03:00:00Z"
    assert profile.learned_at == _AT


def test_questions_without_an_answer_come_first() -> None:
    probes = [item for item in all_items() if isinstance(item, Probe)]
    hiding = {entry for probe in probes for entry in probe.hidden_by}
    first = next(probe for probe in probes if probe.entry not in hiding)
    known = LearnedProfile(_URL, _AT, {first.entry: Observation("x", "e", _AT)})

    ordered = questions(all_items(), known)

    movers = [probe for probe in probes if probe.rank >= LAST]
    assert {item.id for item in ordered} == {probe.id for probe in probes}
    assert ordered[-len(movers) - 1] is first
    assert ordered[-len(movers) :] == movers


def test_a_written_profile_is_read_again(tmp_path: Path) -> None:
    profile = learned([result("error-codes", Verdict.LEARNED, "zero")], base_url=_URL, at=_AT, known=None)
    profile.write(tmp_path / "profile.json")

    assert read_profile(tmp_path / "profile.json") == profile.profile
    assert read_profile(tmp_path / "profile.json")["error-codes"] == "zero"
