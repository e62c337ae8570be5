"""Labelled values and payloads: valid ones at a boundary, and ones with exactly one fault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from pixelpact.schema import place_of

#: Names and indices that lead from a value to a part of it, outermost first.
Path: TypeAlias = tuple[str | int, ...]
Payload: TypeAlias = dict[str, Any]


class Boundary(NamedTuple):
    """A valid value at a boundary of its range; `case` names the boundary."""

    case: str
    value: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A `value` with one fault at `path`: the JSON Schema `keyword` that it breaks, and the `case`."""

    value: Any
    keyword: str
    case: str
    path: Path = ()

    def within(self, container: Any, step: str | int, *, of: str = "") -> Fault:
        """This fault in a `container` that has the value at `step`; `of` is put before the case."""
        case = f"{of}-{self.case}" if of else self.case
        return replace(self, value=container, path=(step, *self.path), case=case)


@dataclass(frozen=True, slots=True)
class Valid:
    """A valid payload at a boundary, named by `option` (`None` if several) and `case`."""

    payload: Payload
    option: str | None
    case: str

    @property
    def id(self) -> str:
        """A stable name for `pytest.mark.parametrize`."""
        return f"{self.option or 'payload'}-{self.case}"


@dataclass(frozen=True, slots=True)
class Invalid:
    """A payload with exactly one fault.

    `option` is the name of an option, a place in it such as `crop.width` or `pages[0]`, or `None` for the
    payload as a whole. `keyword` is the JSON Schema keyword that is broken, `case` the way it is broken.
    """

    payload: Any
    option: str | None
    keyword: str
    case: str

    @property
    def id(self) -> str:
        """A stable name for `pytest.mark.parametrize`."""
        return f"{'payload' if self.option is None else self.option or 'empty'}-{self.keyword}-{self.case}"


def as_invalid(fault: Fault) -> Invalid:
    """The payload with a fault, labelled for callers."""
    return Invalid(fault.value, place_of(fault.path), fault.keyword, fault.case)


def json_key(value: Any) -> str:
    """A string that is the same for values that JSON Schema calls equal: `1` and `1.0`, not `1` and `true`.

    >>> json_key([1.0, True]) == json_key([1, True]), json_key(1) == json_key(True)
    (True, False)
    """
    return json.dumps(_plain(value), sort_keys=True)


def distinct(values: Iterable[Any]) -> Iterator[Any]:
    """The values without duplicates, in order."""
    seen: set[str] = set()
    for value in values:
        key = json_key(value)
        if key not in seen:
            seen.add(key)
            yield value


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
