"""Presets: public ones for everybody, and private ones of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pixelpact.mockserver.jobs.building import named_preset
from pixelpact.mockserver.stores.base import Record, Store
from pixelpact.schema import as_object, load_document

#: The kind of record that a private preset is kept as.
PRESET = "preset"


def public_presets() -> Sequence[Record]:
    """The presets that everybody may use."""
    return [{**row, "scope": "public"} for row in load_document("presets")["presets"]]


async def find_preset(preset_id: str, *, account: str, store: Store) -> Record | None:
    """The preset with that id, if the account may use it."""
    private = await store.record(account, PRESET, preset_id)
    return private or next((row for row in public_presets() if row["id"] == preset_id), None)


async def presets_by_id(
    conversions: Sequence[Mapping[str, Any]], *, account: str, store: Store
) -> dict[str, Record]:
    """The presets that the options of conversions name, as far as they exist and fit the target."""
    found = {}
    for conversion in conversions:
        preset_id = named_preset(as_object(conversion.get("options")))
        preset = await find_preset(preset_id, account=account, store=store) if preset_id else None
        if preset_id and preset and preset["target"] == conversion["target"]:
            found[preset_id] = preset
    return found


def preset_document(preset: Record) -> dict[str, Any]:
    """A preset as the API shows it; only private ones have options (vendor OpenAPI 2.0.1)."""
    return {
        name: value for name, value in preset.items() if name != "options" or preset["scope"] == "private"
    }
