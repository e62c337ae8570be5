"""What rules decide before a request is answered: functions of the rules alone."""

from __future__ import annotations

from typing import Any

import pytest

from pixelpact.mockserver.jobs.records import NO_FAULTS, CallbackFaults, InjectedFaults
from pixelpact.mockserver.scenarios.effects import injected_faults, limits, refusal
from pixelpact.mockserver.scenarios.rules import AppliedRule, make_rules
from pixelpact.schema import error_answers, headers


def applied(*choices: Any) -> list[AppliedRule]:
    return [AppliedRule(rule, "a", 1) for rule in make_rules(choices, at=0, ids="r")]


OTHERS = applied("slow", "stuck", "out-of-credits", "connection-reset", "dribble")


def test_rules_of_other_kinds_decide_nothing() -> None:
    assert refusal([]) is None
    assert refusal(OTHERS) is None
    assert limits(applied("slow", "stuck", "rate-limited")) == {}
    assert injected_faults(applied("slow", "out-of-credits", "rate-limited")) == NO_FAULTS


@pytest.mark.parametrize(
    ("choice", "status", "message", "sent"),
    [
        ("server-error", 500, error_answers()["ServerError"].message, {}),
        ("bad-gateway", 502, "The scenario bad-gateway is in force", {}),
        ("unavailable", 503, "The scenario unavailable is in force", {headers().retry_after: "1"}),
        (
            {"scenario": "rate-limited", "retry_after": 7},
            429,
            error_answers()["TooManyRequests"].message,
            {headers().retry_after: "7"},
        ),
        (
            {"scenario": "rate-limited", "retry_after": None},
            429,
            error_answers()["TooManyRequests"].message,
            {},
        ),
    ],
    ids=str,
)
def test_a_refusal_is_as_its_scenario_says(
    choice: Any, status: int, message: str, sent: dict[str, str]
) -> None:
    refused = refusal([*OTHERS, *applied(choice)])

    assert refused is not None
    assert (refused.status, refused.message, refused.headers) == (status, message, sent)


def test_the_first_refusal_counts() -> None:
    refused = refusal(applied("bad-gateway", "server-error"))

    assert refused is not None
    assert refused.status == 502


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (["out-of-credits"], {"credits": 0}),
        (["concurrent-limit"], {"max_concurrent": 1}),
        (
            [{"scenario": "out-of-credits", "credits": 3}, "concurrent-limit"],
            {"credits": 3, "max_concurrent": 1},
        ),
    ],
    ids=str,
)
def test_limits_override_the_settings_that_they_are_about(
    choices: list[Any], expected: dict[str, int]
) -> None:
    assert limits([*applied(*choices), *applied("slow")]) == expected


@pytest.mark.parametrize(
    ("choices", "faults"),
    [
        (["stuck"], InjectedFaults(stuck=True)),
        (["expired-output"], InjectedFaults(expired=True)),
        (
            ["input-not-found", "slow", "conversion-failed"],
            InjectedFaults(input_failure="source-not-found", conversion_failure="conversion-failed"),
        ),
        (["callback-failing"], InjectedFaults(callbacks=CallbackFaults("failing", attempts=2))),
        (
            ["stuck", {"scenario": "callback-duplicate", "copies": 5}],
            InjectedFaults(stuck=True, callbacks=CallbackFaults("duplicate", copies=5)),
        ),
        (
            [{"scenario": "callback-late", "late_s": 7.5}],
            InjectedFaults(callbacks=CallbackFaults("late", late_s=7.5)),
        ),
        (["callback-reordered"], InjectedFaults(callbacks=CallbackFaults("reordered"))),
    ],
    ids=str,
)
def test_faults_of_several_rules_come_together(choices: list[Any], faults: InjectedFaults) -> None:
    assert injected_faults(applied(*choices)) == faults


def test_of_faults_in_callbacks_the_last_counts_whole() -> None:
    """As the guide says: nothing of the first is left."""
    choices = [{"scenario": "callback-failing", "attempts": 5}, "callback-reordered"]

    assert injected_faults(applied(*choices)).callbacks == CallbackFaults("reordered")
