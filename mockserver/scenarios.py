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

from pixelpact.mockserver.clock import Clock
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRule:
    """A rule in a snapshot: what was chosen when, and how often each account has seen and suffered it."""

    choice: dict[str, Any] | str
    chosen_at: float
    seen: dict[str, int]
    applied: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScenarios:
    """All rules in a snapshot."""

    common: list[KeptRule]
    own: dict[str, list[KeptRule]]


class Scenarios:
    """Which scenarios are in force: for all accounts (`common`, or those of a file), and for some of them.

    `duration_s` counts by the clock of the account where a scenario was chosen for one, otherwise by that of
    the server.
    """

    def __init__(self, common: Iterable[Any] = (), *, file: Path | None = None, now: float = 0.0) -> None:
        self._first = (tuple(common), file)
        self._numbers = 0
        self._own: dict[str, tuple[Rule, ...]] = {}
        self._seen: Counter[tuple[str, int]] = Counter()
        self._applied: Counter[tuple[str, int]] = Counter()
        self._complaint = ""
        self._begin(now)

    def _begin(self, now: float) -> None:
        common, self._file = self._first
        self._common = self._rules(common, now=now)
        self._file_version: tuple[int, ...] = ()
        if self._file is not None:
            self._read(self._file, now=now)

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

    def insist(self, *, now: float) -> None:
        """Follow what the server was started with, after going on from a state that may say otherwise."""
        common, file = self._first
        if common and file is None and _documents(self._rules(common, now=now)) != _documents(self._common):
            self.choose(common, account=None, now=now)

    def chosen(self, account: str | None, *, now: float) -> Sequence[Rule]:
        """The rules of an account, or those for all accounts."""
        self._follow_file(now)
        return self._common if account is None else self._own.get(account, ())

    def has_own(self, account: str) -> bool:
        """Whether scenarios, or none, were chosen for the account."""
        return account in self._own

    def forget(self, account: str | None, *, now: float) -> None:
        """Drop the rules of an account and what was counted; for all, go back to how the server began."""
        if account is None:
            self._own.clear()
            self._seen.clear()
            self._applied.clear()
            self._begin_again(now)
        else:
            self._own.pop(account, None)
            for counts in (self._seen, self._applied):
                for key in [key for key in counts if key[0] == account]:
                    del counts[key]

    def due(
        self, account: str, operation: str, *, method: str, path: str, now: float, clock: Clock
    ) -> list[Occurrence]:
        """What a request has to suffer, in the order in which it was chosen; counts it.

        `now` is the account's time, `clock` the server's.
        """
        if self._file is not None:
            self._follow_file(clock.now())
        own = self._own.get(account, ())
        if not own and not self._common:
            return []
        rules = [(rule, now) for rule in own] + [(rule, clock.now()) for rule in self._common]
        found: list[Occurrence] = []
        for rule, moment in rules:
            is_over = any(each.rule.scenario.effect in _FINAL for each in found)
            if is_over or not rule.concerns(operation, method=method, path=path, now=moment):
                continue
            occurrence = self._occurrence(account, rule)
            if occurrence is not None:
                found.append(occurrence)
        return found

    def give_back(self, occurrence: Occurrence) -> None:
        """Count an occurrence as one that did not happen: there was nothing that it could damage."""
        key = occurrence.account, occurrence.rule.number
        self._seen[key] -= 1
        self._applied[key] -= 1

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

    def _begin_again(self, now: float) -> None:
        """What the server began with, or its file as it was read last where it can't be read any more."""
        before = self._common
        try:
            self._begin(now)
        except (OSError, ScenarioError):
            self._common = before

    def _follow_file(self, now: float) -> None:
        """Read the file again where it has changed; where it can't be read, go on as before."""
        file = self._file
        if file is None:
            return
        try:
            if _version(file) != self._file_version:
                self._read(file, now=now)
            self._complaint = ""
        except (OSError, ScenarioError) as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                _LOG.warning(
                    "The scenarios of %s stay as they were until the file is mended: %s", file, error
                )

    def _read(self, file: Path, *, now: float) -> None:
        version = _version(file)
        rules = self._rules(read_choices(file.read_bytes()), now=now)
        self._common, self._file_version = rules, version

    def snapshot(self) -> KeptScenarios:
        """Everything that decides what happens next."""
        return KeptScenarios(
            common=[self._kept(rule) for rule in self._common],
            own={account: [self._kept(rule) for rule in rules] for account, rules in self._own.items()},
        )

    def restore(self, kept: KeptScenarios) -> None:
        """Go on from a snapshot. Where a file says what is common to all accounts, that stays so.

        Raises:
            ScenarioError: it names what is not known here; nothing has changed then.
        """
        restored = Scenarios()
        restored._numbers = self._numbers  # a file's rules keep theirs
        common = restored._rules_kept(kept.common)
        own = {account: restored._rules_kept(rows) for account, rows in kept.own.items()}
        if self._file is None or _documents(self._common) == _documents(common):
            self._common = common
        self._own, self._numbers = own, restored._numbers
        self._seen, self._applied = restored._seen, restored._applied

    def _kept(self, rule: Rule) -> KeptRule:
        return KeptRule(
            choice=rule.document(),
            chosen_at=rule.chosen_at,
            seen=_by_account(self._seen, rule),
            applied=_by_account(self._applied, rule),
        )

    def _rules_kept(self, rows: Iterable[KeptRule]) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for row in rows:
            rules += self._rules([row.choice], now=row.chosen_at)
            for counts, kept in ((self._seen, row.seen), (self._applied, row.applied)):
                counts.update({(account, rules[-1].number): times for account, times in kept.items()})
        return tuple(rules)


def _documents(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [rule.document() for rule in rules]


def _version(file: Path) -> tuple[int, ...]:
    """Something that is another after the file was changed, even if its time was set back."""
    found = file.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


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
    given = {name: _plain(value, known[name]) for name, value in given.items()}
    parameters = {**scenario.parameters, **given}
    if parameters.get("at_least_s", 0) > parameters.get("at_most_s", 0):
        raise ScenarioError(f"The scenario {scenario.name} needs at_least_s to be at most at_most_s.")
    return scenario, MappingProxyType(parameters)


def _plain(value: Any, spec: Mapping[str, Any]) -> Any:
    """The value; an integer that is written as `2.0` (JSON Schema takes it for one) as `2`."""
    return int(value) if isinstance(value, float) and "integer" in spec["type"] else value
