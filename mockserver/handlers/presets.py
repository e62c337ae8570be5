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
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.stores.memory import Record
from pixelpact.mockserver.web.authentication import account_by_key, optional_account
from pixelpact.mockserver.web.bodies import checked, invalid
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response, listing, success
from pixelpact.schema import Violation, as_object, find_conversion


async def list_presets(mock: Mock, request: Request) -> Response:
    """Public presets and, with a key, the private ones of its account, as far as the filters match."""
    account = optional_account(request.headers, settings=mock.settings)
    own = await mock.store.fetch_all(account, PRESET) if account else ()
    category, target = request.query_params.get("category"), request.query_params.get("target")
    phrases = [phrase.strip().lower() for phrase in request.query_params.get("filter", "").split(",")]
    rows = [
        preset_document(preset)
        for preset in (*own, *public_presets())
        if category in (None, preset["category"])
        and target in (None, preset["target"])
        and any(phrase in preset["name"].lower() for phrase in phrases)
    ]
    return listing(rows, request, profile=mock.profile)


async def create_preset(mock: Mock, request: Request) -> Response:
    """The new preset; private, since only the vendor makes public ones (or refused, as the profile says)."""
    account = _account(mock, request)
    asked = await mock.asked(request, "PresetRequest")
    if asked.get("scope") == "public" and mock.profile["public-scope"] == "refuse":
        fault = Violation(("scope",), "enum", "must be private; only the vendor makes public presets")
        raise invalid([fault], profile=mock.profile)
    if "scope" not in asked and mock.profile["omitted-scope"] == "refuse":
        raise invalid([Violation(("scope",), "required", "is required")], profile=mock.profile)
    _judge(mock, asked)
    (number,) = await mock.store.count(account, "presets")
    preset = {
        "id": derive_id(mock.settings.seed, account, "preset", number),
        "name": asked["name"],
        "scope": "private",
        **_conversion_of(asked),
    }
    await mock.store.put(account, PRESET, preset["id"], preset)
    return json_response(preset_document(preset), status=success("createPreset"))


async def get_preset(mock: Mock, request: Request) -> Response:
    """A private preset of the account."""
    _, preset = await _own(mock, request)
    return json_response(preset_document(preset))


async def update_preset(mock: Mock, request: Request) -> Response:
    """The preset with another name, target or options."""
    account, preset = await _own(mock, request)
    asked = await mock.asked(request, "PresetUpdate")
    known = {name: asked[name] for name in ("name", "target", "options") if name in asked}
    merged = {**preset, **known}
    if merged["target"] != preset["target"]:
        del merged["category"]
    _judge(mock, merged)
    changed = {**merged, **_conversion_of(merged)}
    await mock.store.put(account, PRESET, preset["id"], changed)
    return json_response(preset_document(changed))


async def remove_preset(mock: Mock, request: Request) -> Response:
    """Nothing; the preset is gone."""
    account, preset = await _own(mock, request)
    await mock.store.drop(account, PRESET, preset["id"])
    return Response(status_code=success("removePreset"))


def _account(mock: Mock, request: Request) -> str:
    """The account of the caller; one without a name for callers without a key, where these are allowed."""
    if mock.profile["presets-without-key"] == "allow":
        return optional_account(request.headers, settings=mock.settings) or ""
    return account_by_key(request.headers, settings=mock.settings)


async def _own(mock: Mock, request: Request) -> tuple[str, Record]:
    account = _account(mock, request)
    preset_id = request.path_params["preset_id"]
    preset = await mock.store.fetch(account, PRESET, preset_id)
    if preset is None:
        raise ApiError("NotFound", message=f"There is no preset {preset_id[:64]!r} of this account")
    return account, preset


def _judge(mock: Mock, asked: Mapping[str, Any]) -> None:
    """Raise Invalid, where the catalogue does not have a preset's target or options."""
    conversion = {name: asked[name] for name in ("target", "category", "options") if name in asked}
    checked(conversion, "ConversionRequest", profile=mock.profile)
    faults = conversion_faults([conversion], presets={}, profile=mock.profile, path=())
    if faults:
        raise invalid([replace(fault, path=fault.path[1:]) for fault in faults], profile=mock.profile)


def _conversion_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    entry = find_conversion(asked["target"], asked.get("category"))
    return {
        "target": asked["target"],
        "category": entry.category if entry else "",
        "options": as_object(asked.get("options")),
    }
