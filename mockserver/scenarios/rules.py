"""Rules: which scenarios are in force, for whom, and how often. Chance is drawn from a seed."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pixelpact.mockserver.clock import Clock
from pixelpact.mockserver.jobs.ids import derive
from pixelpact.mockserver.scenarios.catalogue import Scenario, ScenarioError, checked_choice, read_choices

_LOG = logging.getLogger("pixelpact.mockserver")
#: After one of these nothing is left to go wrong.
_FINAL = ("refuse", "reset")


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
        checked = [checked_choice(choice) for choice in choices]
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
