"""Values of any schema: drawn ones, boundaries, and faults. Each type has its own module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from itertools import chain, islice
from typing import Any

from hypothesis import strategies as st

from pixelpact.schema import find_violations, validator
from pixelpact.strategies.arrays import (
    ArrayRule,
    array_boundaries,
    array_faults,
    array_rule,
    arrays,
    needed_items,
)
from pixelpact.strategies.cases import Boundary, Fault, distinct, json_key
from pixelpact.strategies.numbers import (
    middle_of,
    number_boundaries,
    number_faults,
    number_range,
    numbers,
    some_numbers,
)
from pixelpact.strategies.objects import Choice, object_boundaries, object_faults, objects
from pixelpact.strategies.specs import Spec, foreign_members, value_has_type
from pixelpact.strategies.texts import some_texts, text_boundaries, text_faults, text_rule, texts

#: A value of each JSON type, for options of another type.
OF_TYPE: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "number": 1.5,
    "string": "text",
    "array": [7],
    "object": {"value": 7},
}
_NUMBERS = {"integer", "number"}
#: Values that careless code accepts as booleans, with their real types.
_TRUTHY = (
    ("true", "true", {"string"}), ("yes", "yes", {"string"}), ("one-as-text", "1", {"string"}),
    ("zero", 0, _NUMBERS), ("one", 1, _NUMBERS),
)  # fmt: skip
_FOREIGN_TEXT, _PADDED = "no-such-member", " {} "
_ANY_ITEM = st.none() | st.booleans() | st.integers() | st.text(st.sampled_from("abc "), max_size=5)
_ANY_ITEMS = (7, "text", None, True, False, 0, "", 1.5, *range(1, 7), *range(8, 1200))


def values(spec: Spec) -> st.SearchStrategy[Any]:
    """Valid values, often at a boundary, otherwise from the whole range."""
    at_boundaries, whole = choice(spec)
    picked = _picked(at_boundaries)
    return picked if whole is None else whole | picked


def choice(spec: Spec) -> Choice:
    """The valid values to choose from."""
    if spec.members is not None:
        return Choice(spec.members, None)
    drawn = [strategy for name in spec.types for strategy in _drawn(spec, name)]
    return Choice(
        tuple(boundary.value for boundary in boundaries_of(spec)), st.one_of(drawn) if drawn else None
    )


def choices(spec: Spec) -> dict[str, Choice]:
    """The valid values of each property of an object."""
    return {name: choice(option) for name, option in spec.properties.items()}


def boundaries_of(spec: Spec) -> tuple[Boundary, ...]:
    """The boundaries of the valid values, without duplicates; the first is the plainest."""
    if spec.members is not None:
        return tuple(Boundary(f"is-{member}".lower(), member) for member in spec.members)
    found = [boundary for name in spec.types for boundary in _boundaries(spec, name)]
    if "default" in spec.keywords and not find_violations(validator(spec.keywords), spec.keywords["default"]):
        found.append(Boundary("default", spec.keywords["default"]))
    exact = {
        f"{type(boundary.value).__name__} {json_key(boundary.value)}": boundary
        for boundary in reversed(found)
    }
    return tuple(boundary for boundary in found if any(boundary is kept for kept in exact.values()))


def faults(spec: Spec) -> Iterator[Fault]:
    """Every kind of fault that a value can have, one at a time."""
    yield from _type_faults(spec)
    if spec.members is not None:
        yield from _member_faults(spec)
        yield from foreign_members(spec)
        return
    for name in spec.types:
        yield from _faults(spec, name)


def some_values(spec: Spec, number: int) -> tuple[Any, ...]:
    """Up to `number` distinct valid values; fewer if there are no more, or if they are hard to find."""
    more = [_some_values(spec, name) for name in spec.types] if spec.members is None else []
    return tuple(islice(distinct(chain((boundary.value for boundary in boundaries_of(spec)), *more)), number))


def _picked(among: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of some values; arrays and objects are copied, because the caller may change them."""
    picked = st.sampled_from(among)
    return picked.map(deepcopy) if any(isinstance(value, (list, dict)) for value in among) else picked


def _drawn(spec: Spec, name: str) -> Iterator[st.SearchStrategy[Any]]:
    match name:
        case "integer" | "number":
            yield numbers(number_range(spec, integral=name == "integer"))
        case "string":
            yield texts(text_rule(spec))
        case "array":
            yield arrays(_array_rule(spec), _ANY_ITEM if spec.items is None else values(spec.items))
        case "object":
            yield objects(spec, choices(spec))


def _boundaries(spec: Spec, name: str) -> Iterator[Boundary]:
    match name:
        case "null":
            yield Boundary("null", None)
        case "boolean":
            yield from (Boundary("false", False), Boundary("true", True))
        case "integer" | "number":
            yield from number_boundaries(number_range(spec, integral=name == "integer"))
        case "string":
            yield from text_boundaries(text_rule(spec))
        case "array":
            yield from array_boundaries(_array_rule(spec))
            for case, item in boundaries_of(spec.items) if spec.items else ():
                array = _array_rule(spec).around(item)
                if array is not None:
                    yield Boundary(f"item-{case}", array)
        case _:
            for key, (case, value) in object_boundaries(spec, _boundaries_by_name(spec)):
                yield Boundary(f"{key}-{case}" if key else case, value)


def _faults(spec: Spec, name: str) -> Iterator[Fault]:
    match name:
        case "integer" | "number":
            yield from number_faults(spec, number_range(spec, integral=name == "integer"))
        case "string":
            yield from text_faults(spec, text_rule(spec))
        case "array":
            yield from array_faults(spec, _array_rule(spec), tuple(faults(spec.items)) if spec.items else ())
        case "object":
            inner = {key: tuple(faults(option)) for key, option in spec.properties.items()}
            yield from object_faults(spec, _boundaries_by_name(spec), inner)


def _some_values(spec: Spec, name: str) -> Iterator[Any]:
    match name:
        case "integer" | "number":
            yield from some_numbers(number_range(spec, integral=name == "integer"))
        case "string":
            yield from some_texts(text_rule(spec))


def _boundaries_by_name(spec: Spec) -> dict[str, tuple[Boundary, ...]]:
    return {key: boundaries_of(option) for key, option in spec.properties.items()}


def _array_rule(spec: Spec) -> ArrayRule:
    needed = needed_items(spec)
    return array_rule(spec, _ANY_ITEMS[:needed] if spec.items is None else some_values(spec.items, needed))


def _type_faults(spec: Spec) -> Iterator[Fault]:
    if "type" not in spec.keywords:
        return
    accepted = {"number" if name == "integer" else name for name in spec.types}
    for kind, value in OF_TYPE.items():
        if kind not in accepted:
            yield Fault(value, "type", f"is-{kind}")
    if "boolean" in accepted:
        for case, value, types in _TRUTHY:
            if not types & {*spec.types}:
                yield Fault(value, "type", f"truthy-{case}")
    if "number" in accepted and "string" not in accepted:
        listed = [member for member in spec.members or () if value_has_type(member, ("number",))]
        number = listed[0] if listed else middle_of(number_range(spec, integral="number" not in spec.types))
        yield Fault(str(number), "type", "numeric-string")


def _member_faults(spec: Spec) -> Iterator[Fault]:
    """Values that satisfy all keywords except `enum` or `const`."""
    members = spec.members or ()
    candidates = _foreign_values(members)
    if {"const", "enum"} <= spec.keywords.keys():  # values that are not listed break both
        candidates = (("listed", value) for value in spec.keywords["enum"])
    seen = {json_key(member) for member in (*members, *spec.keywords.get("enum", ()))}
    if "const" in spec.keywords:
        seen = {json_key(member) for member in members}
    for case, value in candidates:
        key = json_key(value)
        if key not in seen and spec.follows_the_rest(value):
            seen.add(key)
            yield Fault(value, spec.member_keyword(), case)


def _foreign_values(members: Sequence[Any]) -> Iterable[tuple[str, Any]]:
    words = [member for member in members if isinstance(member, str)]
    counted = [member for member in members if value_has_type(member, ("number",))]
    yield "foreign", _FOREIGN_TEXT
    yield "empty", ""
    if words:
        first = next((word for word in words if word.swapcase() != word), words[0])
        yield "padded", _PADDED.format(words[0])
        yield "upper-case", first.upper()
        yield "title-case", first.title()
        yield "lower-case", first.lower()
    if counted:
        yield "above", max(counted) + 1
        yield "below", min(counted) - 1
        yield "fraction", counted[0] + 0.5
    yield from ((f"is-{kind}", value) for kind, value in OF_TYPE.items() if kind != "string")
    yield from (("false", False), ("empty-array", []), ("empty-object", {}))
