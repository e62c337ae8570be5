"""The boundaries and faults of the text-to-image options that a payload reaches, in plain Python.

A cell is one kind of boundary or fault of one option. There are 43 valid ones, and 180 pairs of presence (two
options: both, either alone, or neither). The single faults form 28 pairs of option and keyword, and 117 cells
if those at each end of a range are counted by their distance from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from pixelpact.schema import load_document

PROPERTIES: dict[str, Any] = load_document("text-to-image")["properties"]
NUMBERS = [name for name, spec in PROPERTIES.items() if spec["type"] in ("number", "integer")]
INTEGERS = [name for name, spec in PROPERTIES.items() if spec["type"] == "integer"]
ENUMS = {name: spec["enum"] for name, spec in PROPERTIES.items() if "enum" in spec}
#: Taken by hand from the patterns `^[ -~]{0,1000}$` and `^[\w\W]{1,255}$`.
PASSWORD_LONGEST, PRESET_LONGEST = 1000, 255
SIZES = ("width", "height")


def is_number(value: object) -> bool:
    """Whether a value is a number in JSON."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_valid(name: str, value: Any) -> bool:
    """Whether a value of an option is valid."""
    if name not in PROPERTIES:
        return False
    if name in ENUMS:
        return isinstance(value, str) and value in ENUMS[name]
    if name in NUMBERS:
        spec = PROPERTIES[name]
        whole = name not in INTEGERS or (is_number(value) and value == int(value))
        return is_number(value) and spec["minimum"] <= value <= spec["maximum"] and whole
    if name == "allow_multiple_outputs":
        return isinstance(value, bool)
    if not isinstance(value, str) or any("\ud800" <= each <= "\udfff" for each in value):
        return False
    if name == "preset":
        return 1 <= len(value) <= PRESET_LONGEST
    return len(value) <= PASSWORD_LONGEST and all(" " <= each <= "~" for each in value)


def faults(payload: Any) -> list[str]:
    """The wrong options of a payload, or `["payload"]` if it is not an object."""
    if not isinstance(payload, dict):
        return ["payload"]
    return [name for name, value in payload.items() if not is_valid(name, value)]


def valid_cells(payload: dict[str, Any]) -> Iterator[str]:
    """The boundaries that a valid payload reaches."""
    sizes = [name for name in SIZES if name in payload]
    if not payload:
        yield "payload: empty"
    if len(payload) == len(PROPERTIES):
        yield "payload: all options"
    if "aspect_ratio" in payload:
        yield "payload: ratio with a size" if sizes else "payload: ratio only"
    elif len(sizes) == 1:
        yield f"payload: {sizes[0]} only"
    for name, value in payload.items():
        yield from (f"{name}: {cell}" for cell in _valid_value_cells(name, value))


def _valid_value_cells(name: str, value: Any) -> Iterator[str]:
    if name in NUMBERS:
        yield from _number_cells(name, value)
    elif name in ENUMS or name == "allow_multiple_outputs":
        yield repr(value)
    elif name == "preset":
        yield from _preset_cells(value)
    elif not value or len(value) == PASSWORD_LONGEST:
        yield "longest" if value else "empty"
    elif not value.strip(" "):
        yield "spaces"


def _number_cells(name: str, value: float) -> Iterator[str]:
    spec = PROPERTIES[name]
    yield from (end for end in ("minimum", "maximum") if value == spec[end])
    if name in INTEGERS and isinstance(value, float):
        yield "whole float"
    if name not in INTEGERS and value != int(value):
        yield "fraction"
    if name == "seed" and value > 2**31 - 1:
        yield "past 31 bits"


def _preset_cells(value: str) -> Iterator[str]:
    yield from (["shortest"] if len(value) == 1 else ["longest"] if len(value) == PRESET_LONGEST else [])
    if "\n" in value:
        yield "newline"
    if any("\x7f" < character <= "\uffff" for character in value):
        yield "non-ASCII"
    if any(character > "\uffff" for character in value):
        yield "past the BMP"


def presence_pairs(payload: dict[str, Any]) -> Iterator[tuple[str, str, bool, bool]]:
    """For each pair of options, which of them are present."""
    for first, second in combinations(PROPERTIES, 2):
        yield first, second, first in payload, second in payload


def fault_cells(payload: Any) -> Iterator[tuple[str, str, str]]:
    """The cells of faults that a payload reaches: option, keyword and kind."""
    if not isinstance(payload, dict):
        yield "payload", "type", _type(payload)
        return
    for name, value in payload.items():
        if name not in PROPERTIES:
            yield _unknown(name)
        elif not is_valid(name, value):
            yield from ((name, keyword, kind) for keyword, kind in _value_faults(name, value))


def _unknown(name: str) -> tuple[str, str, str]:
    if not name:
        return "no name", "additionalProperties", "empty"
    for known in PROPERTIES:
        if name == known + "s":
            return "near miss", "additionalProperties", "plural"
        if name == known.replace("_", "-"):
            return "near miss", "additionalProperties", "dash"
        if name.lower() == known:
            return "near miss", "additionalProperties", "case"
    return "payload", "additionalProperties", "unknown"


def _value_faults(name: str, value: Any) -> Iterator[tuple[str, str]]:
    spec = PROPERTIES[name]
    if name == "allow_multiple_outputs":
        yield "type", _type(value)
        if value in ("true", "yes", "1") or (is_number(value) and value in (0, 1)):
            yield "type", f"taken for a boolean: {value!r}"
    elif name in NUMBERS:
        yield from _number_faults(name, value, spec["minimum"], spec["maximum"])
    elif not isinstance(value, str):
        yield "type", _type(value)
    elif name in ENUMS:
        members = ENUMS[name]
        padded, folded = value.strip() in members, value.casefold() in members
        yield "enum", "padded" if padded else "other case" if folded else "foreign" if value else "empty"
    else:
        longest = PRESET_LONGEST if name == "preset" else PASSWORD_LONGEST
        if not value:
            yield "pattern", "empty"
        elif len(value) > longest:
            yield "pattern", "just too long" if len(value) == longest + 1 else "far too long"
        elif value.endswith("\n"):
            yield "pattern", "trailing newline"
        elif any(each < " " for each in value):
            yield "pattern", "control character"
        else:
            yield "pattern", "non-ASCII"


def _number_faults(name: str, value: Any, lowest: float, highest: float) -> Iterator[tuple[str, str]]:
    if not is_number(value):
        digits = isinstance(value, str) and value.replace(".", "", 1).isdigit()
        yield "type", "numeric string" if digits else _type(value)
    elif value < lowest:
        if value > 0 or (lowest - 1 == value and name in INTEGERS):
            yield "minimum", "just below"
        if value == 0:
            yield "minimum", "zero"
        if value < 0:
            yield "minimum", "negative"
    elif value > highest:
        near = value <= highest + 1
        yield "maximum", "just above" if near else "past 64 bits" if value > 2**63 else "far above"
    else:
        yield "type", "fraction"


def _type(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def all_fault_cells() -> set[tuple[str, str, str]]:
    """All cells of single faults."""
    found = {("payload", "type", each) for each in ("null", "boolean", "number", "string", "array")}
    found |= {("payload", "additionalProperties", "unknown"), ("no name", "additionalProperties", "empty")}
    found |= {("near miss", "additionalProperties", each) for each in ("case", "dash", "plural")}
    for name, spec in PROPERTIES.items():
        own = "number" if name in NUMBERS else spec["type"]
        kinds = ("null", "boolean", "number", "string", "array", "object")
        found |= {(name, "type", each) for each in kinds if each != own}
        if name in NUMBERS:
            found.add((name, "type", "numeric string"))
            found |= {(name, "minimum", each) for each in ("just below", "zero", "negative")}
            found |= {(name, "maximum", each) for each in ("just above", "far above", "past 64 bits")}
        if name in INTEGERS:
            found.add((name, "type", "fraction"))
        if name in ENUMS:
            found |= {(name, "enum", each) for each in ("foreign", "empty", "padded")}
    taken = ("'true'", "'yes'", "'1'", "0", "1")
    found |= {("allow_multiple_outputs", "type", f"taken for a boolean: {each}") for each in taken}
    found.add(("style", "enum", "other case"))
    ways = ("just too long", "far too long", "trailing newline", "control character", "non-ASCII")
    found |= {("download_password", "pattern", each) for each in ways}
    found |= {("preset", "pattern", each) for each in ("empty", "just too long", "far too long")}
    return found


def all_valid_cells() -> set[str]:
    """All cells of valid payloads."""
    kinds = ("empty", "all options", "ratio only", "ratio with a size", "width only", "height only")
    found = {f"payload: {each}" for each in kinds}
    for name in NUMBERS:
        found |= {f"{name}: minimum", f"{name}: maximum"}
        found.add(f"{name}: whole float" if name in INTEGERS else f"{name}: fraction")
    found |= {f"{name}: {member!r}" for name, members in ENUMS.items() for member in members}
    found |= {f"allow_multiple_outputs: {each}" for each in (True, False)} | {"seed: past 31 bits"}
    found |= {f"download_password: {each}" for each in ("empty", "longest", "spaces")}
    ways = ("shortest", "longest", "newline", "non-ASCII", "past the BMP")
    return found | {f"preset: {each}" for each in ways}
