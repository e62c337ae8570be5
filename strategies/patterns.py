"""Patterns that say which characters a text is made of and how many: `^[ -~]{0,1000}$`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pixelpact.schema import ecma_regex
from pixelpact.strategies.errors import SchemaNotSupported

_SHAPE = re.compile(r"\^(?P<of>\[(?:\\.|[^\]\\])+\])(?P<times>\{\d+(?:,\d*)?\}|[*+?])?\$")
#: Escapes whose characters would have to be listed here; no option uses them.
_UNREAD_ESCAPE = re.compile(r"\\[^\WwWdD_]")
_TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1), None: (1, 1)}
#: The last code point, and the surrogates, which are no characters.
_LAST, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TextRule:
    """What a text must be: code points of `intervals`, from `shortest` to `longest` of them."""

    intervals: tuple[Interval, ...]
    shortest: int
    longest: int | None

    def allows(self, character: str) -> bool:
        """Whether a text may hold `character`."""
        return any(first <= ord(character) <= last for first, last in self.intervals)

    def first_of(self, candidates: str) -> str | None:
        """The first candidate that a text may hold."""
        return next((character for character in candidates if self.allows(character)), None)


def text_rule(place: str, *, pattern: str | None, shortest: int = 0, longest: int | None = None) -> TextRule:
    """The rule of a text with `pattern`, `minLength` and `maxLength`.

    Raises:
        SchemaNotSupported: the pattern has another shape than one class of characters, repeated.

    >>> text_rule("a", pattern="^[a-c]{2,5}$")
    TextRule(intervals=((97, 99),), shortest=2, longest=5)
    """
    everything = ((0, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, _LAST))
    if pattern is None:
        return TextRule(everything, shortest, longest)
    shape = _SHAPE.fullmatch(pattern)
    if shape is None or _UNREAD_ESCAPE.search(shape["of"]):
        raise SchemaNotSupported(place, "pattern", pattern)
    least, most = _times(shape["times"])
    bounds = [bound for bound in (most, longest) if bound is not None]
    return TextRule(_intervals(shape["of"]), max(least, shortest), min(bounds) if bounds else None)


def _times(text: str | None) -> tuple[int, int | None]:
    if text in _TIMES:
        return _TIMES[text]
    least, comma, most = text.strip("{}").partition(",") if text else ("", "", "")
    return int(least), int(most) if most else None if comma else int(least)


def _intervals(character_class: str) -> tuple[Interval, ...]:
    """The code points of a class, found by trying: `ecma_regex` knows how to read it."""
    allowed = ecma_regex(character_class)
    edges = sorted({0, _LAST + 1, *_SURROGATES, _SURROGATES[1] + 1, *_edges(character_class)})
    found: list[Interval] = []
    for first, after in pairwise(edges):
        if _SURROGATES[0] <= first <= _SURROGATES[1] or not allowed.search(chr(first)):
            continue
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], after - 1)
        else:
            found.append((first, after - 1))
    return tuple(found)


def _edges(character_class: str) -> Iterator[int]:
    """Where a class may change its mind: around each character it names, and around ASCII's groups."""
    for character in character_class + "09AZ__az\t\r \u00a0\ufeff":
        yield ord(character)
        yield ord(character) + 1
