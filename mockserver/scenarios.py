"""Scenarios: what the server is told to do wrong, for whom, and how often. Chance is drawn from a seed.

ScenarioError       a scenario or one of its parameters is unknown or makes no sense
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pixelpact.mockserver.identity import derive
from pixelpact.schema import find_violations, load_document, validator

_LOG = logging.getLogger("pixelpact.mockserver")
#: A key that begins so chooses a scenario for its account: `scenario-NAME` or `scenario-NAME--ANYTHING`.
_KEY_PREFIX, _KEY_END = "scenario-", "--"
#: Parameters that every scenario has; all others are those that its entry names.
_COMMON = ("times", "probability", "seed", "method", "path", "duration_s")
#: After one of these nothing is left to go wrong.
_FINAL = ("refuse", "reset")


class ScenarioError(ValueError):
    """A choice of scenarios that can't be followed; the text says why and what is known."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An entry of `scenarios.json`.

    `parameters` are all that it takes, with their defaults. It is about some `operations` only, or about all.
    `answer` names the refusal (`status` replaces its status), `fate` what comes of a job.
    """

    name: str
    summary: str
    effect: str
    parameters: Mapping[str, Any]
    operations: tuple[str, ...] = ()
    answer: str = ""
    status: int | None = None
    fate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A scenario as it was chosen: with all parameters, at `chosen_at`. Its `number` is its own."""

    scenario: Scenario
    parameters: Mapping[str, Any]
    chosen_at: float
    number: int

    def document(self) -> dict[str, Any]:
        """The rule as it can be chosen again: its name, and the parameters that differ from the defaults."""
        usual = self.scenario.parameters
        changed = {name: value for name, value in self.parameters.items() if value != usual[name]}
        return {"scenario": self.scenario.name, **changed}

    def concerns(self, operation: str, *, method: str, path: str, now: float) -> bool:
        """Whether it is about a request."""
        wanted_method, wanted_path = self.parameters["method"], self.parameters["path"]
        lasts_s = self.parameters["duration_s"]
        return (
            (not self.scenario.operations or operation in self.scenario.operations)
            and wanted_method in (None, method)
            and (wanted_path is None or fnmatchcase(path, wanted_path))
            and (lasts_s is None or now < self.chosen_at + lasts_s)
        )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A rule that is followed now, for the `number`-th request of an account that it is about."""

    rule: Rule
    account: str
    number: int

    def chance(self, question: str = "extent") -> float:
        """A number from 0 up to 1, drawn from the rule's seed for one question about this occurrence."""
        seed = self.rule.parameters["seed"]
        drawn = derive("scenario", seed, self.rule.scenario.name, self.account, self.number, question)
        return int.from_bytes(drawn[:7]) / 2**56


@cache
def scenarios() -> Mapping[str, Scenario]:
    """All scenarios by name, in the order of `scenarios.json`.

    >>> scenarios()["rate-limited"].parameters["times"]
    2
    """
    known = load_document("scenarios")
    common = {name: known["parameters"][name].get("default") for name in _COMMON}
    return MappingProxyType(
        {
            entry["name"]: Scenario(
                name=entry["name"],
                summary=entry["summary"],
                effect=entry["effect"],
                parameters=MappingProxyType({**common, **entry["with"]}),
                operations=tuple(entry.get("operations", ())),
                answer=entry.get("answer", ""),
                status=entry.get("status"),
                fate=entry.get("fate", {}),
            )
            for entry in known["scenarios"]
        }
    )


def find_scenario(name: object) -> Scenario:
    """The scenario of a name.

    Raises:
        ScenarioError: there is none.
    """
    if name not in list(scenarios()):
        raise ScenarioError(f"There is no scenario {name!r}. Known: {', '.join(scenarios())}.")
    return scenarios()[str(name)]


def scenario_of_key(api_key: str) -> str | None:
    """The scenario that an API key names, known or not; `None` for an ordinary key.

    >>> scenario_of_key("scenario-rate-limited--my-test"), scenario_of_key("a-key")
    ('rate-limited', None)
    """
    if not api_key.startswith(_KEY_PREFIX):
        return None
    return api_key.removeprefix(_KEY_PREFIX).partition(_KEY_END)[0]


def read_choices(text: str | bytes) -> list[Any]:
    """The choices that a JSON text makes: one, or a list of them, as names or as objects with parameters.

    Raises:
        ScenarioError: it is no JSON.

    >>> read_choices('{"scenario": "slow", "at_most_s": 3}')
    [{'scenario': 'slow', 'at_most_s': 3}]
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"The scenarios are not valid JSON: {error}.") from None
    return value if isinstance(value, list) else [value]


class Scenarios:
    """Which scenarios are in force: for all accounts (`common`), and for some of them."""

    def __init__(self, common: Iterable[Any] = (), *, file: Path | None = None, now: float = 0.0) -> None:
        self._numbers = 0
        self._common = self._rules(common, now=now)
        self._file = file
        self._file_version: int | None = None
        self._own: dict[str, tuple[Rule, ...]] = {}
        self._seen: Counter[tuple[str, int]] = Counter()
        self._applied: Counter[tuple[str, int]] = Counter()
        self._complaint = ""
        if file is not None:
            self._read(file, now=now)

    def choose(self, choices: Iterable[Any], *, account: str | None, now: float) -> Sequence[Rule]:
        """The rules in force from now on for an account, or for all accounts, in place of those before.

        Raises:
            ScenarioError: one of the choices can't be followed; nothing has changed then.
        """
        rules = self._rules(choices, now=now)
        if account is None:
            self._common, self._file = rules, None
        else:
            self._own[account] = rules
        return rules

    def chosen(self, account: str | None) -> Sequence[Rule]:
        """The rules of an account, or those for all accounts."""
        return self._common if account is None else self._own.get(account, ())

    def has_own(self, account: str) -> bool:
        """Whether scenarios, or none, were chosen for the account."""
        return account in self._own

    def forget(self, account: str | None) -> None:
        """Drop the rules of an account, or all rules, and what was counted."""
        if account is None:
            self._common, self._file = (), None
            self._own.clear()
            self._seen.clear()
            self._applied.clear()
        else:
            self._own.pop(account, None)
            for counts in (self._seen, self._applied):
                for key in [key for key in counts if key[0] == account]:
                    del counts[key]

    def due(self, account: str, operation: str, *, method: str, path: str, now: float) -> list[Occurrence]:
        """What a request has to suffer, in the order in which it was chosen; counts it."""
        if self._file is not None:
            self._reread(self._file, now=now)
        found: list[Occurrence] = []
        for rule in (*self._own.get(account, ()), *self._common):
            is_over = any(each.rule.scenario.effect in _FINAL for each in found)
            if is_over or not rule.concerns(operation, method=method, path=path, now=now):
                continue
            occurrence = self._occurrence(account, rule)
            if occurrence is not None:
                found.append(occurrence)
        return found

    def _occurrence(self, account: str, rule: Rule) -> Occurrence | None:
        """The rule, if it is followed this time; counts it."""
        key, times = (account, rule.number), rule.parameters["times"]
        if times is not None and self._applied[key] >= times:
            return None
        self._seen[key] += 1
        occurrence = Occurrence(rule, account, self._seen[key])
        if occurrence.chance("whether") >= rule.parameters["probability"]:
            return None
        self._applied[key] += 1
        return occurrence

    def _rules(self, choices: Iterable[Any], *, now: float) -> tuple[Rule, ...]:
        checked = [_checked(choice) for choice in choices]
        first, self._numbers = self._numbers, self._numbers + len(checked)
        return tuple(
            Rule(scenario, parameters, chosen_at=now, number=first + position)
            for position, (scenario, parameters) in enumerate(checked)
        )

    def _reread(self, file: Path, *, now: float) -> None:
        """Follow the file where it has changed; where it can't be read, go on as before."""
        try:
            if file.stat().st_mtime_ns != self._file_version:
                self._read(file, now=now)
            self._complaint = ""
        except (OSError, ScenarioError) as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                _LOG.warning(
                    "The scenarios of %s stay as they were until the file is mended: %s", file, error
                )

    def _read(self, file: Path, *, now: float) -> None:
        version = file.stat().st_mtime_ns
        rules = self._rules(read_choices(file.read_bytes()), now=now)
        self._common, self._file_version = rules, version

    def snapshot(self) -> dict[str, Any]:
        """Everything that decides what happens next, as JSON data."""
        return {
            "common": [self._kept(rule) for rule in self._common],
            "own": {account: [self._kept(rule) for rule in rules] for account, rules in self._own.items()},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on from a snapshot. Where a file says what is common to all accounts, that stays so.

        Raises:
            ScenarioError: it names what is not known here; nothing has changed then.
        """
        restored = Scenarios()
        common = restored._rules_kept(kept["common"])
        own = {account: restored._rules_kept(rows) for account, rows in kept["own"].items()}
        if self._file is None:
            self._common = common
        self._own, self._numbers = own, max(self._numbers, restored._numbers)
        self._seen, self._applied = restored._seen, restored._applied

    def _kept(self, rule: Rule) -> dict[str, Any]:
        return {
            "choice": rule.document(),
            "chosen_at": rule.chosen_at,
            "seen": _by_account(self._seen, rule),
            "applied": _by_account(self._applied, rule),
        }

    def _rules_kept(self, rows: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for row in rows:
            rules += self._rules([row["choice"]], now=row["chosen_at"])
            for counts, name in ((self._seen, "seen"), (self._applied, "applied")):
                counts.update({(account, rules[-1].number): times for account, times in row[name].items()})
        return tuple(rules)


def _by_account(counts: Mapping[tuple[str, int], int], rule: Rule) -> dict[str, int]:
    return {account: times for (account, number), times in counts.items() if number == rule.number}


def _checked(choice: Any) -> tuple[Scenario, Mapping[str, Any]]:
    """The scenario that a choice names, and all its parameters."""
    if isinstance(choice, str):
        choice = {"scenario": choice}
    if not isinstance(choice, Mapping) or "scenario" not in choice:
        raise ScenarioError(
            'A choice is the name of a scenario, or an object such as {"scenario": "slow", "at_most_s": 3}.'
        )
    scenario = find_scenario(choice["scenario"])
    given = {name: value for name, value in choice.items() if name != "scenario"}
    known = load_document("scenarios")["parameters"]
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: known[name] for name in scenario.parameters},
    }
    faults = find_violations(validator(schema), given)
    if faults:
        raise ScenarioError(
            f"The scenario {scenario.name} can't be played so: {'; '.join(map(str, faults))}."
        )
    parameters = {**scenario.parameters, **given}
    if parameters.get("at_least_s", 0) > parameters.get("at_most_s", 0):
        raise ScenarioError(f"The scenario {scenario.name} needs at_least_s to be at most at_most_s.")
    return scenario, MappingProxyType(parameters)
