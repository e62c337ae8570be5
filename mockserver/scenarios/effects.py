"""What the rules that apply to a request decide before it is answered. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.records import CallbackFaults, InjectedFaults
from pixelpact.mockserver.scenarios.rules import AppliedRule
from pixelpact.schema import headers

#: Parameters of scenarios that limit an account, and the settings that they override.
_LIMITS = {"credits": "credits", "jobs": "max_concurrent"}
_CALLBACK_PARAMETERS = ("attempts", "copies", "late_s")


def refusal(rules: Iterable[AppliedRule]) -> ApiError | None:
    """The refusal among the rules, if there is one."""
    for rule in rules:
        if rule.effect == "refuse":
            scenario, wait_s = rule.rule.scenario, rule.parameters.get("retry_after")
            return ApiError(
                scenario.answer,
                status=scenario.status,
                headers={} if wait_s is None else {headers().retry_after: str(wait_s)},
                message=None if scenario.status is None else f"The scenario {scenario.name} is in force",
            )
    return None


def limits(rules: Iterable[AppliedRule]) -> dict[str, Any]:
    """The settings that the rules override for the request: credits, and the limit of concurrent jobs."""
    return {
        setting: rule.parameters[parameter]
        for rule in rules
        if rule.effect == "limit"
        for parameter, setting in _LIMITS.items()
        if rule.parameters.get(parameter) is not None
    }


def injected_faults(rules: Iterable[AppliedRule]) -> InjectedFaults:
    """The faults that the rules inject into a job which the request creates."""
    faults: dict[str, Any] = {}
    for rule in rules:
        planned = rule.rule.scenario.faults
        faults |= planned
        if "callbacks" in planned:
            details = {
                name: rule.parameters[name] for name in _CALLBACK_PARAMETERS if name in rule.parameters
            }
            faults["callbacks"] = CallbackFaults(planned["callbacks"], **details)
    return InjectedFaults(**faults)
