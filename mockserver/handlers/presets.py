"""Presets: list, save, read, change, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from pixelpact.mockserver.accounts.presets import PRESET, preset_document, public_presets
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.validation import conversion_faults
from pixelpact.mockserver.jobs.ids import derive_id
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.stores.base import Record
from pixelpact.mockserver.web.bodies import checked, invalid
from pixelpact.mockserver.web.responses import json_response, listing
from pixelpact.schema import Violation, as_object, find_conversion, success_status


async def list_presets(call: Call) -> Response:
    """Public presets and, with a key, the private ones of its account, as far as the filters match."""
    account = call.optional_account()
    private = (await call.store.records(account, PRESET)).values() if account else ()
    query = call.request.query_params
    category, target = query.get("category"), query.get("target")
    phrases = [phrase.strip().lower() for phrase in query.get("filter", "").split(",")]
    rows = [
        preset_document(preset)
        for preset in (*private, *public_presets())
        if category in (None, preset["category"])
        and target in (None, preset["target"])
        and any(phrase in preset["name"].lower() for phrase in phrases)
    ]
    return listing(rows, call.request, profile=call.profile)


async def create_preset(call: Call) -> Response:
    """The new preset; private, because only the vendor makes public ones (the profile may refuse these)."""
    account = _account(call)
    body = await call.body("PresetRequest")
    if body.get("scope") == "public" and call.profile["public-scope"] == "refuse":
        fault = Violation(("scope",), "enum", "must be private; only the vendor makes public presets")
        raise invalid([fault], profile=call.profile)
    if "scope" not in body and call.profile["omitted-scope"] == "refuse":
        raise invalid([Violation(("scope",), "required", "is required")], profile=call.profile)
    _check_conversion(call, body)
    (number,) = await call.store.count(account, "presets")
    preset = {
        "id": derive_id(call.settings.seed, account, "preset", number),
        "name": body["name"],
        "scope": "private",
        **_conversion_of(body),
    }
    await call.store.put_record(account, PRESET, preset["id"], preset)
    return json_response(preset_document(preset), status=success_status("createPreset"))


async def get_preset(call: Call) -> Response:
    """A private preset of the account."""
    _, preset = await _own_preset(call)
    return json_response(preset_document(preset))


async def update_preset(call: Call) -> Response:
    """The preset with another name, target or options."""
    account, preset = await _own_preset(call)
    body = await call.body("PresetUpdate")
    merged = {**preset, **{name: body[name] for name in ("name", "target", "options") if name in body}}
    if merged["target"] != preset["target"]:
        del merged["category"]
    _check_conversion(call, merged)
    changed = {**merged, **_conversion_of(merged)}
    await call.store.put_record(account, PRESET, preset["id"], changed)
    return json_response(preset_document(changed))


async def remove_preset(call: Call) -> Response:
    """Nothing; the preset is gone."""
    account, preset = await _own_preset(call)
    await call.store.drop_record(account, PRESET, preset["id"])
    return Response(status_code=success_status("removePreset"))


def _account(call: Call) -> str:
    """The caller's account; one without a name for callers without a key, if the profile allows these."""
    if call.profile["presets-without-key"] == "allow":
        return call.optional_account() or ""
    call.require_key()
    return call.account.id


async def _own_preset(call: Call) -> tuple[str, Record]:
    account, preset_id = _account(call), call.request.path_params["preset_id"]
    preset = await call.store.record(account, PRESET, preset_id)
    if preset is None:
        raise ApiError("NotFound", message=f"There is no preset {preset_id[:64]!r} of this account")
    return account, preset


def _check_conversion(call: Call, preset: Mapping[str, Any]) -> None:
    """Raise Invalid, if the catalogue does not have a preset's target or options."""
    conversion = {name: preset[name] for name in ("target", "category", "options") if name in preset}
    checked(conversion, "ConversionRequest", profile=call.profile)
    faults = conversion_faults([conversion], presets={}, profile=call.profile, path=())
    if faults:
        raise invalid([replace(fault, path=fault.path[1:]) for fault in faults], profile=call.profile)


def _conversion_of(preset: Mapping[str, Any]) -> dict[str, Any]:
    entry = find_conversion(preset["target"], preset.get("category"))
    return {
        "target": preset["target"],
        "category": entry.category if entry else "",
        "options": as_object(preset.get("options")),
    }
