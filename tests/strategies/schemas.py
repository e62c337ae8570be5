"""Schemas of options that nobody wrote: any mix of the keywords that the strategies handle, from a number."""

from __future__ import annotations

import random
from typing import Any

_PATTERNS = (
    "^[a-z]{1,8}$", "^#[0-9A-Fa-f]{6}$", "^[A-Z]{2}[0-9]+$", "^(yes|no)$", r"^\d{2}:\d{2}(:\d{2})?$", "^[ -~]{0,20}$",
    r"^[\w\W]{1,25}$", r"^\S+$", "[a-c]", "^x", "y$", "^[^/]*$", "^a{2,}b?$", "^(ab|cd){1,2}$", "^.{3}$",
    "^[a-z]+(-[a-z]+)*$", r"^-?\d+\.\d$", r"^[\u0041-\x5a]+$",
)  # fmt: skip
_MEMBERS = ("a", "B c", "Anime", "1:1", 1, 2, 3.5, True, False, None, "", [1], {"a": 1})
_NAMES = ("pages", "grid_size", "ratio", "title", "code", "mode", "x", "fit_to_page", "colour", "dpi")
_TYPES = ("integer", "number", "string", "boolean", "null", "array", "object")


def random_schema(number: int) -> dict[str, Any]:
    """A schema of an object; some of them allow no value."""
    chance = random.Random(number)
    return {"type": "object", **_object(chance, depth=0)}


def _object(chance: random.Random, *, depth: int) -> dict[str, Any]:
    names = chance.sample(_NAMES, chance.randint(0 if depth else 1, 3 if depth else 5))
    schema: dict[str, Any] = {"properties": {name: _any(chance, depth=depth) for name in names}}
    if not depth or chance.random() < 0.7:
        schema["additionalProperties"] = False
    required = [name for name in names if chance.random() < 0.2]
    return {**schema, "required": required} if required else schema


def _any(chance: random.Random, *, depth: int) -> dict[str, Any]:
    kind = chance.random()
    if kind < 0.12:
        return _listed(chance)
    if kind < 0.17:
        return {"const": chance.choice(["a", 1, True, None, 2.5])}
    types = _TYPES if depth < 2 else _TYPES[:5]
    names = [chance.choice(types)] if chance.random() < 0.8 else chance.sample(types, 2)
    schema: dict[str, Any] = {"type": names[0] if len(names) == 1 else names}
    for name in names:
        match name:
            case "integer" | "number":
                schema |= _number(chance, integral=name == "integer")
            case "string":
                schema |= _text(chance)
            case "array":
                schema |= _array(chance, depth=depth + 1)
            case "object":
                schema |= _object(chance, depth=depth + 1)
    if chance.random() < 0.1:
        schema["default"] = chance.choice([1, "a", True, None, 20])
    if chance.random() < 0.04:
        del schema["type"]
    return schema


def _listed(chance: random.Random) -> dict[str, Any]:
    schema: dict[str, Any] = {"enum": chance.sample(_MEMBERS, chance.randint(1, 4))}
    if chance.random() < 0.6:
        schema["type"] = chance.choice(
            ["string", "integer", ["string", "null"], ["boolean", "string"], "number"]
        )
        if chance.random() < 0.3:
            schema |= chance.choice([{"maxLength": 3}, {"minimum": 2}, {"pattern": "^[a-z ]*$"}])
    return schema


def _number(chance: random.Random, *, integral: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    low = chance.choice([None, 0, 1, -5, 10, -100, 0.5, 64])
    span = chance.choice([None, 1, 5, 100, 4e9, *([] if integral else [0, 0.5])])
    step = chance.choice([None] * 5 + ([2, 5, 8, 1.5] if integral else [0.5, 0.25, 2, 0.1, 0.01, 3]))
    if low is not None:
        schema[chance.choice(["minimum", "minimum", "exclusiveMinimum"])] = low
    if span is not None:
        schema[chance.choice(["maximum", "maximum", "exclusiveMaximum"])] = (low or 0) + span
    if chance.random() < 0.1 and low is not None:
        schema["exclusiveMinimum"] = low - chance.choice([0, 1, 3])
        schema.setdefault("minimum", low)
    return {**schema, "multipleOf": step} if step else schema


def _text(chance: random.Random) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if chance.random() < 0.5:
        schema["pattern"] = chance.choice(_PATTERNS)
    if chance.random() < 0.4:
        schema["minLength"] = chance.choice([0, 1, 2, 3, 5])
    if chance.random() < 0.4:
        schema["maxLength"] = schema.get("minLength", 0) + chance.choice([0, 1, 3, 10, 300])
    return schema


def _array(chance: random.Random, *, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"items": _any(chance, depth=depth)} if chance.random() < 0.8 else {}
    if chance.random() < 0.5:
        schema["minItems"] = chance.choice([0, 1, 2, 3])
    if chance.random() < 0.5:
        schema["maxItems"] = schema.get("minItems", 0) + chance.choice([0, 1, 2, 5])
    return {**schema, "uniqueItems": True} if chance.random() < 0.4 else schema
