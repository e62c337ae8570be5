"""The scenarios that were chosen: for the server, for a namespace, for an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pixelpact.mockserver.accounts.accounts import Account, Accounts
from pixelpact.mockserver.accounts.overrides import Overrides
from pixelpact.mockserver.levels import SERVER, is_within
from pixelpact.mockserver.scenarios.catalogue import scenarios
from pixelpact.mockserver.scenarios.file import WatchedFile
from pixelpact.mockserver.scenarios.rules import (
    AppliedRule,
    Claim,
    Counts,
    Rule,
    RuleCounts,
    claim,
    make_rules,
    released,
)
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Record, Store

#: The kind of record that an account's counts of rules are kept as; its key is the account.
RULE_COUNTS = "rule-counts"
_RULES = "rules"


class ChosenScenarios:
    """Which scenarios are in force, and which of them apply to a request.

    They are part of what a level overrides. Those of the server follow `settings.scenario_file`, if there is
    one, until others are chosen for the server.

    Raises:
        OSError: the file can't be read.
        ScenarioError: the settings or the file have choices that can't be followed.
    """

    def __init__(self, settings: Settings, *, accounts: Accounts, store: Store, now: float) -> None:
        self._settings = settings
        self._accounts = accounts
        self._store = store
        self._file = None if settings.scenario_file is None else WatchedFile(settings.scenario_file)
        #: Whether a file says which scenarios the server has.
        self.follows_file = self._file is not None
        self._begin(now)

    def _begin(self, now: float) -> None:
        choices = self._settings.scenarios if self._file is None else self._file.choices
        rules = make_rules(choices, at=now, ids="start")
        self._accounts.startup = replace(self._accounts.startup, scenarios=rules)

    async def choose(self, level: str, choices: Iterable[Any]) -> None:
        """Have these scenarios in force for a level, in place of those that were chosen for it before.

        Raises:
            ScenarioError: one of the choices can't be followed; nothing has changed then.
        """
        choices = list(choices)
        make_rules(choices, at=0.0, ids="")  # an error before anything changes
        if level == SERVER:
            self.follows_file = False
        await self._put(level, choices)

    async def choose_by_key(self, scenario: str, account: str) -> None:
        """Choose the scenario that an API key names, unless a choice was made for its account before."""
        if scenario in scenarios() and (await self._accounts.overrides(account)).scenarios is None:
            await self._put(account, [scenario], unless_chosen=True)

    async def chosen(self, level: str) -> Sequence[Rule]:
        """The rules that were chosen for a level."""
        await self.follow_file()
        return (await self._accounts.overrides(level)).scenarios or ()

    async def follow_file(self) -> None:
        """Take over what the file of scenarios says, if it has changed."""
        if self._file is not None and self.follows_file:
            choices = self._file.changed()
            if choices is not None:
                await self._put(SERVER, choices)

    async def match(
        self, account: Account, operation: str, *, method: str, path: str
    ) -> tuple[AppliedRule, ...]:
        """The rules that apply to a request that arrives now, in the order of choice; counts them."""
        candidates = account.rules_about(operation, method=method, path=path)
        if not candidates:
            return ()
        claimed = Claim()

        def change(record: Record | None) -> Record:
            nonlocal claimed  # the run that the store keeps is the last one
            claimed = claim(candidates, _counts(record), account=account.id)
            in_force = {rule.id for rule, _ in account.rules}
            return _record({name: count for name, count in claimed.counts.items() if name in in_force})

        await self._store.update_record(SERVER, RULE_COUNTS, account.id, change)
        return claimed.applied

    async def release(self, skipped: Sequence[AppliedRule]) -> None:
        """Count rules as not applied, since the response had nothing that they could damage."""
        if skipped:
            await self._store.update_record(
                SERVER,
                RULE_COUNTS,
                skipped[0].account,
                lambda record: _record(released(_counts(record), skipped)),
            )

    async def reset(self, level: str) -> None:
        """Take back what was chosen for a level and all below it, and forget what was counted there.

        For the server, that leads back to the scenarios it was started with, or to its file as it was read
        last.
        """
        if level == SERVER:
            self.follows_file = self._file is not None
            if self._file is not None:
                self._file.changed()
            self._begin((await self._accounts.load(SERVER)).now())
        await self._accounts.reset(level, ["scenarios"])
        for account in await self._store.records(SERVER, RULE_COUNTS):
            if is_within(account, level):
                await self._store.drop_record(SERVER, RULE_COUNTS, account)

    async def reapply(self, *, at_startup: bool) -> None:
        """Let the file, or at startup the scenarios of the settings, override those of a restored state.

        Where the state says the same, its counts go on.
        """
        given: Sequence[Any] = self._settings.scenarios if at_startup else ()
        if self._file is not None:
            given = self._file.choices if self.follows_file else ()
        if given or self.follows_file:
            restored = (await self._accounts.overrides(SERVER)).scenarios or ()
            if _documents(restored) != _documents(make_rules(given, at=0.0, ids="")):
                await self._put(SERVER, given)

    async def _put(self, level: str, choices: Iterable[Any], *, unless_chosen: bool = False) -> None:
        now = (await self._accounts.load(level)).now()
        (number,) = await self._store.count(SERVER, _RULES)
        rules = make_rules(choices, at=now, ids=str(number))

        def change(overrides: Overrides) -> Overrides:
            keeps = unless_chosen and overrides.scenarios is not None
            return overrides if keeps else replace(overrides, scenarios=rules)

        await self._accounts.update(level, change)


def _documents(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [rule.document() for rule in rules]


def _counts(record: Record | None) -> Counts:
    return {rule: RuleCounts(seen, applied) for rule, (seen, applied) in (record or {}).items()}


def _record(counts: Counts) -> Record:
    return {rule: [count.seen, count.applied] for rule, count in counts.items()}
