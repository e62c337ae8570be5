"""Accounts: what is in force for each, merged from the server, its namespace and the account itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from pixelpact.mockserver.accounts.overrides import NO_OVERRIDES, OVERRIDES, Overrides, overrides_from
from pixelpact.mockserver.clock import Clock, Shift
from pixelpact.mockserver.jobs.records import Frozen
from pixelpact.mockserver.levels import SERVER, account_in, levels_above
from pixelpact.mockserver.scenarios.rules import Rule
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Record, Store
from pixelpact.mockserver.web.requests import SentHeaders
from pixelpact.schema import Profile

#: How many merged accounts are kept, with the records that they were merged of.
_MERGED_ACCOUNTS = 1024
#: The fields of overrides that a part of a reset takes back.
_FIELDS = {"clock": ("clock",), "profile": ("profile", "settings"), "scenarios": ("scenarios",)}


class LevelClock:
    """The clock of a level: `shifts` lead to it from the server's own clock, one for each level that has one.

    The one part of an account that changes while a request is answered: time goes on, and a clock that is set
    by the control API is set for the requests under way too.
    """

    __slots__ = ("base", "shifts")

    def __init__(self, base: Clock, shifts: tuple[Shift, ...]) -> None:
        self.base = base
        self.shifts = shifts

    def now(self) -> float:
        """The time of the level, in seconds since 1970."""
        moment = self.base.now()
        for shift in self.shifts:
            moment = shift.at(moment)
        return moment


class Account(Frozen, frozen=True):
    """What is in force for an account, or for a level above accounts, while one request is answered.

    `rules` are the scenarios in force, the account's own first, each with the shifts that lead to the clock
    of the level that it was chosen for: its duration counts by that clock.
    """

    id: str
    settings: Settings
    clock: LevelClock
    rules: tuple[tuple[Rule, tuple[Shift, ...]], ...] = ()

    def now(self) -> float:
        """The time by the account's clock, in seconds since 1970."""
        return self.clock.now()

    @property
    def profile(self) -> Profile:
        """The answers to the ledger's questions."""
        return self.settings.profile

    @property
    def has_frozen_clock(self) -> bool:
        """Whether its clock stands still, itself or because one above it does."""
        return any(shift.frozen_at is not None for shift in self.clock.shifts)

    def rules_about(self, operation: str, *, method: str, path: str) -> list[Rule]:
        """The rules that are about a request which arrives now."""
        now = self.clock.base.now()
        return [
            rule
            for rule, shifts in self.rules
            if rule.applies_to(operation, method=method, path=path, now=_shifted(now, shifts))
        ]

    def limited(self, changes: Mapping[str, Any]) -> Account:
        """The account with other settings, for one request."""
        return Account(self.id, self.settings.override(changes), self.clock, self.rules)


class Accounts:
    """The accounts of one server, and the namespace that new requests belong to.

    What a level overrides is a record of the store; `startup` is what the server overrides as long as there
    is none.
    """

    def __init__(self, settings: Settings, *, clock: Clock, store: Store) -> None:
        self.namespace = ""
        self.startup = Overrides(clock=Shift(frozen_at=clock.now()) if settings.pace == "manual" else Shift())
        self._settings = settings
        self._clock = clock
        self._store = store
        self._merged: dict[str, tuple[list[Record | None], Overrides, Account]] = {}

    def id_of(self, sent: SentHeaders) -> str:
        """The account that the key of a request opens in the current namespace; `""` without a key."""
        return account_in(self.namespace, sent.account) if sent.account and self.namespace else sent.account

    async def load(self, level: str) -> Account:
        """What is in force for an account, or for a level above accounts."""
        startup = self.startup
        records = await self._store.find_records(SERVER, OVERRIDES, levels_above(level))
        known = self._merged.get(level)
        if known is not None and known[0] == records and known[1] is startup:
            return known[2]
        account = self._merge(level, records, known[2].clock if known else None)
        if len(self._merged) >= _MERGED_ACCOUNTS:
            self._merged.clear()
        self._merged[level] = (records, startup, account)
        return account

    async def overrides(self, level: str) -> Overrides:
        """What a level overrides."""
        return self._overrides(level, await self._store.record(SERVER, OVERRIDES, level))

    async def update(self, level: str, change: Callable[[Overrides], Overrides]) -> Overrides:
        """The new overrides of a level, as the pure function `change` makes them of the old ones."""

        def changed(record: Record | None) -> Record | None:
            overrides = change(self._overrides(level, record))
            return None if overrides == self._initial(level) else overrides.record()

        return self._overrides(level, await self._store.update_record(SERVER, OVERRIDES, level, changed))

    async def set_clock(self, level: str, change: Callable[[Shift, float], Shift]) -> Account:
        """Set the clock of a level: `change` returns its new shift for the old one and the time above.

        Raises:
            ClockError: the clock can't be set like that; it stays as it was.
        """
        above = levels_above(level)[:-1]
        base = (await self.load(above[-1])).now() if above else self._clock.now()

        def changed(overrides: Overrides) -> Overrides:
            return replace(overrides, clock=change(overrides.clock, base))

        await self.update(level, changed)
        await self.refresh(level)
        return await self.load(level)

    async def refresh(self, level: str) -> None:
        """Set the clocks of all accounts of a level that requests under way may still go by."""
        for known in list(self._merged):
            if level in levels_above(known):
                await self.load(known)

    async def set_profile(self, level: str, profile: Profile) -> None:
        """Answer the ledger's questions differently; levels below with a profile of their own keep it."""
        await self.update(level, lambda overrides: replace(overrides, profile=profile))

    async def set_settings(self, level: str, **changes: Any) -> None:
        """Override single settings of a level, in place of those that it overrode before.

        Raises:
            SettingsError: a setting can't be overridden, or makes no sense.
        """
        self._settings.override(changes)
        await self.update(level, lambda overrides: replace(overrides, settings=changes))

    async def reset(self, level: str, parts: Collection[str]) -> None:
        """Reset the `clock`, `profile` (with all settings) or `scenarios` of a level and of all below it."""
        fields = [name for part in parts for name in _FIELDS.get(part, ())]
        for known in await self._store.records(SERVER, OVERRIDES):
            if level in levels_above(known):
                initial = self._initial(known)
                await self.update(
                    known, partial(replace, **{name: getattr(initial, name) for name in fields})
                )
        await self.refresh(level)

    def _initial(self, level: str) -> Overrides:
        return self.startup if level == SERVER else NO_OVERRIDES

    def _overrides(self, level: str, record: Record | None) -> Overrides:
        return self._initial(level) if record is None else overrides_from(record)

    def _merge(self, level: str, records: list[Record | None], clock: LevelClock | None) -> Account:
        settings = self._settings
        shifts: tuple[Shift, ...] = ()
        rules: tuple[tuple[Rule, tuple[Shift, ...]], ...] = ()
        for name, record in zip(levels_above(level), records, strict=True):
            own = self._overrides(name, record)
            settings = settings if own.profile is None else settings.with_profile(own.profile)
            settings = settings.override(own.settings)
            shifts = shifts if own.clock == Shift() else (*shifts, own.clock)
            rules = (*((rule, shifts) for rule in own.scenarios or ()), *rules)
        clock = clock or LevelClock(self._clock, shifts)
        clock.shifts = shifts
        return Account(level, settings, clock, rules)


def _shifted(moment: float, shifts: tuple[Shift, ...]) -> float:
    for shift in shifts:
        moment = shift.at(moment)
    return moment
