"""What the server, a namespace or an account overrides, as a value and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypedDict

from pixelpact.mockserver.clock import NO_SHIFT, Shift
from pixelpact.mockserver.scenarios.catalogue import checked_choice
from pixelpact.mockserver.scenarios.rules import Rule
from pixelpact.mockserver.stores.base import Record
from pixelpact.mockserver.stores.codec import shared_profile
from pixelpact.schema import Profile

#: The kind of record that overrides are kept as; its key is the level.
OVERRIDES = "overrides"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What one level overrides.

    `clock` is the shift from the clock of the level above. `profile` replaces the profile from above,
    `settings` (see `settings.OVERRIDABLE`) single settings. `scenarios` come before those from above; `None`
    means that none were chosen here, an empty tuple that they were taken back.
    """

    clock: Shift = NO_SHIFT
    profile: Profile | None = None
    scenarios: tuple[Rule, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def record(self) -> dict[str, Any]:
        """The overrides as JSON data."""
        return {
            "clock": {"offset_s": self.clock.offset_s, "frozen_at": self.clock.frozen_at},
            "profile": None if self.profile is None else dict(self.profile.answers),
            "scenarios": None if self.scenarios is None else [_rule_record(rule) for rule in self.scenarios],
            "settings": dict(self.settings),
        }


#: What a level has that overrides nothing.
NO_OVERRIDES = Overrides()


def overrides_from(record: Record) -> Overrides:
    """The overrides that a record holds.

    Raises:
        msgspec.ValidationError: the record has another shape.
        ProfileError, ScenarioError: it names an answer or a scenario that is unknown here.
    """
    import msgspec

    kept = msgspec.convert(dict(record), type=_Record)
    return Overrides(
        clock=kept.clock,
        profile=None if kept.profile is None else shared_profile(tuple(kept.profile.items())),
        scenarios=None if kept.scenarios is None else tuple(map(_rule_from, kept.scenarios)),
        settings=MappingProxyType(dict(record["settings"])),
    )


@dataclass(frozen=True, slots=True)
class _RuleRecord:
    id: str
    choice: dict[str, Any]
    chosen_at: float


class _SettingsRecord(TypedDict, total=False):
    pace: str
    seed: int
    credits: int | None
    max_concurrent: int | None
    max_body_bytes: int
    max_upload_bytes: int
    callback_secret: str | None
    picture_format: str


@dataclass(frozen=True, slots=True)
class _Record:
    clock: Shift
    profile: dict[str, str] | None
    scenarios: list[_RuleRecord] | None
    settings: _SettingsRecord


def _rule_record(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "choice": rule.document(), "chosen_at": rule.chosen_at}


def _rule_from(kept: _RuleRecord) -> Rule:
    scenario, parameters = checked_choice(kept.choice)
    return Rule(kept.id, scenario, parameters, kept.chosen_at)
