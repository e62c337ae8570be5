"""Rules: scenarios that were chosen, and how often each has been applied. Chance is drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from pixelpact.mockserver.jobs.ids import derive
from pixelpact.mockserver.scenarios.catalogue import Scenario, checked_choice

#: After one of these no further rule can apply to a request.
_FINAL_EFFECTS = ("refuse", "reset")


@dataclass(frozen=True, slots=True)
class Rule:
    """A scenario as it was chosen: with all its parameters, at the moment `chosen_at`.

    Requests are counted under its `id`: two rules with the same scenario count apart.
    """

    id: str
    scenario: Scenario
    parameters: Mapping[str, Any]
    chosen_at: float

    def document(self) -> dict[str, Any]:
        """The rule as it can be chosen again: its name, and the parameters that differ from the defaults."""
        defaults = self.scenario.parameters
        changed = {name: value for name, value in self.parameters.items() if value != defaults[name]}
        return {"scenario": self.scenario.name, **changed}

    def applies_to(self, operation: str, *, method: str, path: str, now: float) -> bool:
        """Whether the rule is about a request that arrives at `now`."""
        only_method, only_path = self.parameters["method"], self.parameters["path"]
        duration_s = self.parameters["duration_s"]
        return (
            (not self.scenario.operations or operation in self.scenario.operations)
            and only_method in (None, method)
            and (only_path is None or fnmatchcase(path, only_path))
            and (duration_s is None or now < self.chosen_at + duration_s)
        )


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that applies to a request: the `number`-th one of its account that the rule is about."""

    rule: Rule
    account: str
    number: int

    @property
    def name(self) -> str:
        """The name of its scenario."""
        return self.rule.scenario.name

    @property
    def effect(self) -> str:
        """What its scenario does."""
        return self.rule.scenario.effect

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters of its scenario."""
        return self.rule.parameters

    def chance(self, question: str = "extent") -> float:
        """A number from 0 up to 1, drawn from the rule's seed for one question about this request."""
        seed = self.parameters["seed"]
        drawn = derive("scenario", seed, self.name, self.account, self.number, question)
        return int.from_bytes(drawn[:7]) / 2**56


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """How many requests of an account a rule was about (`seen`), and to how many it applied."""

    seen: int = 0
    applied: int = 0


#: The counts of one account by the id of the rule.
Counts: TypeAlias = Mapping[str, RuleCounts]


@dataclass(frozen=True, slots=True)
class Claim:
    """The rules that apply to a request, in the order in which they were chosen, and the counts after it."""

    applied: tuple[AppliedRule, ...] = ()
    counts: Counts = field(default_factory=dict)


def make_rules(choices: Iterable[Any], *, at: float, ids: str) -> tuple[Rule, ...]:
    """The rules that choices make at a moment; their own ids begin with `ids`.

    Raises:
        ScenarioError: one of the choices can't be followed.
    """
    checked = [checked_choice(choice) for choice in choices]
    return tuple(
        Rule(f"{ids}.{position}", scenario, parameters, at)
        for position, (scenario, parameters) in enumerate(checked)
    )


def claim(candidates: Sequence[Rule], counts: Counts, *, account: str) -> Claim:
    """Which of the rules that are about a request apply to it, by what was counted before."""
    applied: list[AppliedRule] = []
    counted = dict(counts)
    for rule in candidates:
        before, times = counted.get(rule.id, RuleCounts()), rule.parameters["times"]
        if times is not None and before.applied >= times:
            continue
        candidate = AppliedRule(rule, account, before.seen + 1)
        does_apply = candidate.chance("whether") < rule.parameters["probability"]
        counted[rule.id] = RuleCounts(before.seen + 1, before.applied + does_apply)
        if does_apply:
            applied.append(candidate)
            if candidate.effect in _FINAL_EFFECTS:
                break
    return Claim(tuple(applied), counted)


def released(counts: Counts, skipped: Iterable[AppliedRule]) -> Counts:
    """The counts without rules that could not be applied: the response had nothing to damage."""
    counted = dict(counts)
    for rule in skipped:
        before = counted.get(rule.rule.id)
        if before is not None:
            counted[rule.rule.id] = RuleCounts(before.seen - 1, before.applied - 1)
    return counted
