"""Conversions as they arrive: judged by the catalogue, and made into records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pixelpact.mockserver.accounts.presets import named_preset
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.records import Conversion, Message
from pixelpact.mockserver.stores.base import Record
from pixelpact.mockserver.web.bodies import NOTHING, as_object
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    Profile,
    Violation,
    find_conversion,
    find_violations,
    job_messages,
    validator,
)

Asked = Mapping[str, Any]


def conversion_faults(
    asked: Sequence[Asked], *, presets: Mapping[str, Record], profile: Profile, path: tuple[str | int, ...]
) -> list[Violation]:
    """What the schema of a request can't judge: targets, their options and presets."""
    return [
        fault
        for number, each in enumerate(asked)
        for fault in _faults(each, presets=presets, profile=profile, path=(*path, number))
    ]


def new_conversion(
    asked: Asked,
    *,
    job_id: str,
    number: int,
    seed_parts: tuple[str | int, ...],
    presets: Mapping[str, Record],
) -> Conversion:
    """The part number `number` of a job, made of a valid `ConversionRequest`.

    Its seed derives from `seed_parts`. Credentials of output targets are not kept.
    """
    entry = find_conversion(asked["target"], asked.get("category"))
    conversion_id = part_id(job_id, number)
    options = as_object(asked.get("options"))
    preset_id = named_preset(options)
    preset = presets.get(preset_id) if preset_id else None
    return Conversion(
        id=conversion_id,
        target=asked["target"],
        category=entry.category if entry else asked.get("category", ""),
        seed_parts=seed_parts,
        options=options,
        preset_options=preset["options"] if preset else NOTHING,
        warning=_unknown_preset(conversion_id) if preset_id and not preset else None,
        metadata=as_object(asked.get("metadata")),
        output_targets=tuple(map(_without_credentials, asked.get("output_target", ()))),
    )


def _faults(
    asked: Asked, *, presets: Mapping[str, Record], profile: Profile, path: tuple[str | int, ...]
) -> list[Violation]:
    target, category = asked["target"], asked.get("category")
    entry = find_conversion(target, category)
    if entry is None and find_conversion(target) is None:
        refused = profile["unknown-target"] == "refuse"
        return [Violation((*path, "target"), "enum", "is not a target of the catalogue")] if refused else []
    if entry is None:
        return [Violation((*path, "category"), "enum", f"does not have the target {target}")]
    faults = []
    if category is None and profile["omitted-category"] == "refuse":
        faults.append(Violation((*path, "category"), "required", "is required"))
    options = as_object(asked.get("options"))
    if [options.get("aspect_ratio"), options.get("style")] in profile.value("ratio-with-style"):
        message = f"does not work with the style {options['style']}"
        faults.append(Violation((*path, "options", "aspect_ratio"), "enum", message))
    if entry.options is not None and target != TEXT_TO_IMAGE:  # that one the request's schema judges
        judged = find_violations(validator(entry.options), options)
        faults += [Violation((*path, "options", *each.path), each.keyword, each.message) for each in judged]
    preset_id = named_preset(options)
    if preset_id and preset_id not in presets and profile["unknown-preset"] == "refuse":
        faults.append(Violation((*path, "options", "preset"), "enum", "is no preset of this target"))
    return faults


def _without_credentials(target: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in target.items() if name != "credentials"}


def _unknown_preset(conversion_id: str) -> Message:
    known = job_messages()["unknown-preset"]
    return Message(known.source, conversion_id, known.code, known.message)
