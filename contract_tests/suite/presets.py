"""Presets that a run makes, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import ContractTestsError, NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import (
    rows_of,
)
from pixelpact.contract_tests.suite.context import SECOND, Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.schema import TEXT_TO_IMAGE, CatalogueEntry, catalogue, error_answers, find_conversion

NOT_FOUND = error_answers()["NotFound"].status
#: An id that no preset has.
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
#: The sides in pixels of a picture that is drawn with the preset: neither equal nor the default.
SIZE = (96, 64)
OPTIONS = {"width": SIZE[0], "height": SIZE[1]}
OTHER_OPTIONS = {"style": "anime", "cfg_scale": 9}


def category() -> str:
    """The category of the target of the presets."""
    entry = find_conversion(TEXT_TO_IMAGE)
    return entry.category if entry else ""


_CONVERSION = {"target": TEXT_TO_IMAGE, "category": category()}
_TARGETS = [row.target for row in catalogue()]
#: A target of another category, which is the only one that has it.
OTHER: CatalogueEntry = next(
    row for row in catalogue() if row.category != category() and _TARGETS.count(row.target) == 1
)


@dataclass(frozen=True, slots=True)
class NewPreset:
    """A preset of the run: its name, what was sent, and the answer that created it."""

    name: str
    sent: Mapping[str, Any]
    created: Exchange

    @property
    def id(self) -> str:
        """Its id."""
        return self.created.text("id")


@step(requests=2, rule="a preset is created")
def new_preset(context: Context) -> NewPreset:
    """A private preset for pictures of a size."""
    name = f"pixelpact {context.run_id} Harbour"
    sent = {"name": name, **_CONVERSION, "scope": "private", "options": OPTIONS}
    created = context.call("createPreset", leaves=1, json=sent)
    context.id_of(created)
    return NewPreset(name, sent, created)


def preset_id(context: Context) -> str:
    """The id of the preset that a run makes first."""
    return new_preset(context).id


@step(requests=7, uses=(new_preset,), rule="presets are listed")
def listings(context: Context) -> Mapping[str, Exchange]:
    """Lists of presets: all, by each filter, by two of which no preset matches both, and without a key."""
    name = new_preset(context).name
    queries: Mapping[str, dict[str, Any]] = {
        "all": {},
        "filter": {"params": {"filter": f"{name[10:].upper()}, no such name"}},
        "target": {"params": {"target": TEXT_TO_IMAGE}},
        "category": {"params": {"category": category()}},
        "other": {"params": {"target": TEXT_TO_IMAGE, "filter": f"not {name}"}},
        "mismatch": {"params": {"target": TEXT_TO_IMAGE, "category": OTHER.category}},
        "no key": {"credentials": {}},
    }
    return {word: context.call("listPresets", **query) for word, query in queries.items()}


@dataclass(frozen=True, slots=True)
class ChangedPreset:
    """The answers to changes of a preset: of its name, and then of its options; and a read at last."""

    renamed: Exchange
    refilled: Exchange
    read: Exchange


@step(requests=4, uses=(listings,), rule="a preset is read and changed")
def changed_preset(context: Context) -> tuple[Exchange, ChangedPreset]:
    """The read of the new preset, and the answers to its changes."""
    listings(context)
    path, name = {"preset_id": preset_id(context)}, new_preset(context).name
    read = context.call("getPreset", path=path)
    renamed = context.call("updatePreset", path=path, json={"name": f"{name} renamed"})
    refilled = context.call("updatePreset", path=path, json={"options": OTHER_OPTIONS})
    return read, ChangedPreset(renamed, refilled, context.call("getPreset", path=path))


@step(requests=2, uses=(listings,), rule="a public preset is read and changed")
def public_requests(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read and a change of a public preset, which would leave it as it is."""
    public = next((row for row in rows_of(listings(context)["all"]) if row.get("scope") == "public"), None)
    if public is None:
        raise NotConclusive("no public preset is listed")
    path = {"preset_id": str(public.get("id"))}
    return {
        "getPreset": context.call("getPreset", path=path),
        "updatePreset": context.call("updatePreset", path=path, json={"name": public.get("name")}),
    }


@step(requests=3, rule="presets are asked for that don't exist")
def unknown_requests(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read, a change and a removal of a preset that does not exist."""
    path = {"preset_id": _UNKNOWN_ID}
    return {
        "getPreset": context.call("getPreset", path=path),
        "updatePreset": context.call("updatePreset", path=path, json={"name": "Nobody's"}),
        "removePreset": context.call("removePreset", path=path),
    }


@dataclass(frozen=True, slots=True)
class RemovedPreset:
    """The answers to the removal of a preset, and to a read and a list afterwards."""

    removed: Exchange
    read: Exchange
    listed: Exchange


@step(requests=2, uses=(changed_preset,), rule="a preset is removed")
def removed_preset(context: Context) -> RemovedPreset:
    """A preset that was removed; the removal is paid for where it was created."""
    changed_preset(context)
    path = {"preset_id": preset_id(context)}
    return RemovedPreset(
        context.call("removePreset", path=path),
        context.call("getPreset", path=path),
        context.call("listPresets"),
    )


@dataclass(frozen=True, slots=True)
class AppliedPreset:
    """A preset that conversions name: the answers to its creation, for another target, and to its change."""

    created: Exchange
    changed: Exchange

    @property
    def option(self) -> Mapping[str, str]:
        """The option that applies it; none if it can't be created or changed."""
        is_made = self.created.response.is_success and self.changed.response.is_success
        return {"preset": self.created.text("id")} if is_made else {}


@step(requests=3, rule="a preset is created to be applied")
def applied_preset(context: Context) -> AppliedPreset:
    """A preset without a category, which a change makes one for pictures of the size `SIZE`."""
    name = f"pixelpact {context.run_id} Wide"
    sent = {"name": name, "target": OTHER.target, "scope": "private", "options": {}}
    created = context.call("createPreset", leaves=1, json=sent)
    path = {"preset_id": context.id_of(created)}
    change = {"target": TEXT_TO_IMAGE, "options": OPTIONS}
    return AppliedPreset(created, context.call("updatePreset", path=path, json=change))


@step(requests=2, rule="the second account creates a preset")
def foreign_preset(context: Context) -> str | None:
    """The id of a preset of the second account; `None` without a key for it."""
    if SECOND not in context.clients:
        return None
    name = f"pixelpact {context.run_id} Elsewhere"
    sent = {"name": name, **_CONVERSION, "scope": "private", "options": OTHER_OPTIONS}
    created = context.call("createPreset", account=SECOND, leaves=1, json=sent)
    return created.text("id") if created.response.is_success else None


@step(requests=0, uses=(removed_preset, foreign_preset), rule="presets are found that apply to no conversion")
def unusable_presets(context: Context) -> Mapping[str, str]:
    """The ids of presets that text-to-image may not use, by what each is, as far as there is one."""
    found = {"another account's": foreign_preset(context)}
    with suppress(ContractTestsError):
        if removed_preset(context).removed.response.is_success:
            found["a removed"] = preset_id(context)
    with suppress(ContractTestsError):
        others = [row for row in rows_of(listings(context)["all"]) if row.get("target") != TEXT_TO_IMAGE]
        public = [str(row["id"]) for row in others if row.get("scope") == "public"]
        found["another target's"] = public[0] if public else None
    return {what: id_ for what, id_ in found.items() if id_ is not None}
