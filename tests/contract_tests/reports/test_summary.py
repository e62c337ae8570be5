"""Failures with one cause are one finding, and long lists are short."""

from __future__ import annotations

from typing import Any

from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.reports.summary import grouped
from pixelpact.contract_tests.reports.terminal import report
from pixelpact.contract_tests.suite.results import Result, Verdict

OPERATIONS = ("createJob", "getJob", "listJobs", "cancelJob", "listPresets")


def result(id_: str, verdict: Verdict, **facts: Any) -> Result:
    """A result with these facts."""
    known = {
        "area": "jobs",
        "operation": "getJob",
        "rule": "it is so",
        "source": "x",
        "confidence": "assumed",
    }
    return Result(**{**known, "id": id_, "verdict": verdict, **facts})


def broken(operation: str, body: str, verdict: Verdict = Verdict.BREAKS) -> Result:
    """A red result of an operation that was answered with this body."""
    exchange = RedactedExchange(200, body, "curl")
    what = f"must be what {operation} is"
    return result(f"jobs/{operation}", verdict, operation=operation, what=what, exchange=exchange)


def test_one_answer_of_many_operations_is_one_finding() -> None:
    results = [broken(operation, "[]") for operation in OPERATIONS]

    (group,) = grouped(results)
    told = [*report(results, repeat="again")]

    assert len(group.results) == len(OPERATIONS)
    assert "BREAKS  jobs/createJob (5 times, in 5 operations)" in told


def test_other_answers_few_operations_and_changed_answers_stay_apart() -> None:
    for results in (
        [broken(operation, f'["{operation}"]') for operation in OPERATIONS],
        [broken(operation, "[]") for operation in OPERATIONS[:3]],
        [broken(operation, "[]", Verdict.CHANGED) for operation in OPERATIONS],
    ):
        assert len(grouped(results)) == len(results)


def test_reasons_not_to_ask_are_listed_in_short_unless_all_are_wanted() -> None:
    results = [
        result(f"jobs/check-{place}-{number}", Verdict.NOT_CONCLUSIVE, what=f"it was {place}")
        for place in range(15)
        for number in range(15 + place)
    ]
    short = [*report(results, repeat="again")]
    whole = [*report(results, repeat="again", verbose=True)]

    assert "NOT CONCLUSIVE  for 5 other reasons (85): --verbose" in short
    assert "and 19 more: --verbose" in " ".join(short)
    assert len(short) < 70
    assert all(result.id in "\n".join(whole) for result in results)
