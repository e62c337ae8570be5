"""Checks of a request that its schema can't make: conversions by the catalogue, base64 texts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pixelpact.mockserver.jobs.building import named_preset
from pixelpact.mockserver.stores.base import Record
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    CatalogueEntry,
    Profile,
    Violation,
    as_object,
    find_conversion,
    find_violations,
    validator,
)

_Path: TypeAlias = tuple[str | int, ...]


def conversion_faults(
    conversions: Sequence[Mapping[str, Any]],
    *,
    presets: Mapping[str, Record],
    profile: Profile,
    path: _Path,
) -> list[Violation]:
    """The violations in `ConversionRequest` objects that stand at `path`: targets, options and presets."""
    return [
        violation
        for number, conversion in enumerate(conversions)
        for violation in _conversion_violations(
            conversion, presets=presets, profile=profile, path=(*path, number)
        )
    ]


def descriptor_faults(descriptors: Sequence[Mapping[str, Any]], *, path: _Path) -> list[Violation]:
    """The violations in `InputRequest` objects that stand at `path`: sources that are not base64 text."""
    return [
        violation
        for number, descriptor in enumerate(descriptors)
        if descriptor.get("type") == "base64"
        for violation in base64_faults(descriptor["source"], path=(*path, number, "source"))
    ]


def base64_faults(text: str, *, path: _Path) -> list[Violation]:
    """The violation of a text at `path` that is not base64 (RFC 4648 section 4); `[]` if it is."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return [Violation(path, "contentEncoding", "must be base64 text")]
    return []


def _conversion_violations(
    conversion: Mapping[str, Any], *, presets: Mapping[str, Record], profile: Profile, path: _Path
) -> Iterator[Violation]:
    target, category = conversion["target"], conversion.get("category")
    entry = find_conversion(target, category)
    if entry is None and find_conversion(target) is None:
        if profile["unknown-target"] == "refuse":
            yield Violation((*path, "target"), "enum", "is not a target of the catalogue")
        return
    if entry is None:
        yield Violation((*path, "category"), "enum", f"does not have the target {target}")
        return
    if category is None and profile["omitted-category"] == "refuse":
        yield Violation((*path, "category"), "required", "is required")
    options = as_object(conversion.get("options"))
    yield from _option_violations(options, entry=entry, profile=profile, path=(*path, "options"))
    preset_id = named_preset(options)
    if preset_id and preset_id not in presets and profile["unknown-preset"] == "refuse":
        yield Violation((*path, "options", "preset"), "enum", "is not a preset of this target")


def _option_violations(
    options: Mapping[str, Any], *, entry: CatalogueEntry, profile: Profile, path: _Path
) -> Iterator[Violation]:
    if [options.get("aspect_ratio"), options.get("style")] in profile.value("ratio-with-style"):
        message = f"does not work with the style {options['style']}"
        yield Violation((*path, "aspect_ratio"), "enum", message)
    if entry.options is not None and entry.target != TEXT_TO_IMAGE:  # the request's schema has checked those
        for violation in find_violations(validator(entry.options), options):
            yield Violation((*path, *violation.path), violation.keyword, violation.message)
