"""Labelled values and payloads: valid ones at a boundary, and ones with exactly one fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from pixelpact.schema import place_of

#: Names and indices that lead from a value to a part of it, outermost first.
Path: TypeAlias = tuple[str | int, ...]
Payload: TypeAlias = dict[str, Any]

#: Characters that ids don't have, because shells, lists of names or `pytest -k` read them otherwise.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:+-]+")
_INDEX = re.compile(r"\[(\d+)\]")


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
        """A stable name, for `pytest.mark.parametrize` and lists of tests to deselect; see `id_of`."""
        return id_of(self.option, self.case)


@dataclass(frozen=True, slots=True)
class Invalid:
    """A payload with exactly one fault.

    `option` is the fault's key in the `errors` of a refusal: the name of an option, a place in it such as
    `crop.width` or `pages[0]`, or, in a whole job, a place such as `input[0].source`. It is `body` for a job
    that is wrong as a whole, and `None` for such options, because their key depends on the body around them.
    `keyword` is the JSON Schema keyword that is broken, `case` the way it is broken.
    """

    payload: Any
    option: str | None
    keyword: str
    case: str

    @property
    def id(self) -> str:
        """A stable name, for `pytest.mark.parametrize` and lists of tests to deselect; see `id_of`."""
        return id_of(self.option, self.keyword, self.case)


def as_invalid(fault: Fault) -> Invalid:
    """The payload with a fault, labelled for callers."""
    return Invalid(fault.value, place_of(fault.path), fault.keyword, fault.case)


def id_of(option: str | None, *labels: str, whole: str = "payload") -> str:
    """The id of a case, made of its labels; `whole` stands for an option that is `None`.

    Ids are stable: they may stand in lists of tests to deselect. They hold ASCII letters, digits and `_.:+-`
    only, so they need no quotes in a shell or a configuration file, and `pytest -k` takes them.

    >>> id_of("input[0].source", "required", "missing"), id_of("", "type", "is-null"), id_of(None, "empty")
    ('input.0.source-required-missing', 'empty-type-is-null', 'payload-empty')
    """
    name = whole if option is None else option or "empty"
    return _UNSAFE.sub("_", "-".join((_INDEX.sub(r".\1", name), *labels)))


def suffixes(ids: Iterable[str]) -> Iterator[str]:
    """For each id what makes it unique: nothing, or a number if an earlier one is the same.

    >>> list(suffixes(["a", "b", "a", "a-2", "a"]))
    ['', '', '-2', '-2', '-3']
    """
    taken: set[str] = set()
    for known_as in ids:
        suffix = ""
        numbers = count(2)
        while f"{known_as}{suffix}" in taken:
            suffix = f"-{next(numbers)}"
        taken.add(f"{known_as}{suffix}")
        yield suffix


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
