"""Kinds of single faults in options of text-to-image, for mutants that let one pass; read from the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import JSONObject, options_schema

_HUGE = 2**60
_TRUTHY = {
    "truthy-true": "true",
    "truthy-yes": "yes",
    "truthy-one-as-text": "1",
    "truthy-zero": 0,
    "truthy-one": 1,
}
_NUMBERS = ("integer", "number")


@dataclass(frozen=True, slots=True)
class OptionFault:
    """A kind of fault of an option: the keyword that it breaks, its case, and which values have it."""

    option: str
    keyword: str
    case: str
    matches: Callable[[Any], bool]

    @property
    def name(self) -> str:
        """Its part of the id of a check."""
        return id_of(f"{self.option}-{self.keyword}-{self.case}")


def id_of(text: str) -> str:
    """The text as a part of a check's id."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def id_of_operation(operation: str) -> str:
    """An operation as a part of a check's id."""
    return re.sub("(?=[A-Z])", "-", operation).lower()


def option_faults() -> Iterator[OptionFault]:
    """All kinds of faults of all options.

    >>> [fault.name for fault in option_faults() if fault.option == "style" and fault.matches("Anime")]
    ['style-enum-title-case']
    """
    for name, spec in options_schema()["properties"].items():
        cases = {**_type_cases(spec), **_bound_cases(spec), **_text_cases(spec)}
        for (keyword, case), matches in cases.items():
            yield OptionFault(name, keyword, case, matches)


def valid_value(option: str) -> Any:
    """A valid value of an option."""
    spec = options_schema()["properties"][option]
    if "enum" in spec:
        return spec["enum"][0]
    return {"boolean": False, "string": "a"}.get(spec["type"], spec.get("minimum"))


def change_options(request: Traffic, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the options of a request to any operation that takes some."""
    body = request.json
    if not isinstance(body, dict):
        return
    before = repr(body)
    conversions = body.get("conversion", [body])
    for conversion in conversions if isinstance(conversions, list) else ():
        if isinstance(conversion, dict) and isinstance(conversion.get("options"), dict):
            change(conversion["options"])
    if repr(body) != before:
        request.json = body


_Cases = Mapping[tuple[str, str], Callable[[Any], bool]]


def _type_cases(spec: JSONObject) -> _Cases:
    is_number = spec["type"] in _NUMBERS
    kinds: dict[str, Callable[[Any], bool]] = {
        "is-null": lambda value: value is None,
        "is-boolean": lambda value: isinstance(value, bool),
        "is-number": lambda value: isinstance(value, float),
        "is-string": lambda value: (
            isinstance(value, str) and value not in _TRUTHY.values() and not _is_numeric(value)
        ),
        "is-array": lambda value: isinstance(value, list),
        "is-object": lambda value: isinstance(value, dict),
    }
    del kinds["is-number" if is_number else f"is-{spec['type']}"]
    if spec["type"] == "boolean":
        kinds |= {case: _is_exactly(word) for case, word in _TRUTHY.items()}
    if is_number:
        kinds["numeric-string"] = _is_numeric
    if spec["type"] == "integer":
        kinds["fraction"] = _finite(lambda value: value % 1 > 0)
    return {("type", case): matches for case, matches in kinds.items()}


def _is_exactly(word: object) -> Callable[[Any], bool]:
    return lambda value: type(value) is type(word) and value == word


def _is_numeric(value: Any) -> bool:
    return isinstance(value, str) and value.isdigit()


def _bound_cases(spec: JSONObject) -> _Cases:
    if spec["type"] not in _NUMBERS:
        return {}
    low, top, whole = spec["minimum"], spec["maximum"], spec["type"] == "integer"

    found = {
        ("minimum", "just-below"): _finite(
            lambda value: value == low - 1 if whole else low - 1 < value < low
        ),
        ("minimum", "negative"): _finite(lambda value: value == -1),
        ("maximum", "just-above"): _finite(
            lambda value: value == top + 1 if whole else top < value < top + 1
        ),
        ("maximum", "far-above"): _finite(lambda value: top + 1 < value < _HUGE),
        ("maximum", "huge"): _finite(lambda value: value >= _HUGE),
    }
    if not whole:
        found["minimum", "whole-below"] = _finite(lambda value: value == low - 1)
        found["maximum", "whole-above"] = _finite(lambda value: value == top + 1)
        if low > 1:
            found["minimum", "zero"] = _finite(lambda value: value == 0)
    return found


def _finite(holds: Callable[[float], bool]) -> Callable[[Any], bool]:
    """Whether a value is a number, neither infinite nor NaN, that something holds for."""
    return lambda value: type(value) in (int, float) and isfinite(value) and holds(value)


def _text_cases(spec: JSONObject) -> _Cases:
    if "enum" in spec:
        return _member_cases(spec)
    if "pattern" not in spec:
        return {}
    found = re.search(r"\{(\d+),(\d+)\}", spec["pattern"])
    fewest, most = map(int, found.groups()) if found else (0, 0)
    cases = {
        "just-too-long": lambda value: len(value) == most + 1,
        "far-too-long": lambda value: len(value) > most + 1,
    }
    if fewest:
        cases["empty"] = lambda value: not value
    if "~" in spec["pattern"]:
        cases["control-character"] = lambda value: any(letter < " " and letter != "\n" for letter in value)
        cases["non-ascii"] = lambda value: not value.isascii()
        cases["trailing-newline"] = lambda value: value.endswith("\n")
    return {("pattern", case): _text(holds) for case, holds in cases.items()}


def _member_cases(spec: JSONObject) -> _Cases:
    members = spec["enum"]
    cases = {
        "foreign": lambda value: bool(value) and value.strip().lower() not in members,
        "empty": lambda value: not value,
        "padded": lambda value: value != value.strip(),
    }
    if members[0].upper() != members[0]:
        cases["upper-case"] = lambda value: value.isupper()
        cases["title-case"] = lambda value: value.istitle()
    return {("enum", case): _text(holds) for case, holds in cases.items()}


def _text(holds: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and holds(value)
