r"""Patterns, parsed into pieces: `^#[0-9a-f]{6}$` is one `#`, then six characters of a class.

Characters, classes, `.`, escapes, groups, alternatives and quantifiers are supported; lookaround and
backreferences are not. Repeated groups are expanded, unlimited ones only a few times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from pixelpact.schema import ecma_regex
from pixelpact.strategies.errors import PatternNotRead

#: The first and last code points of an interval.
Interval = tuple[int, int]

_TOKEN = re.compile(
    r"""(?P<quantifier>[*+?]|\{\d+(?:,\d*)?\})\??
      | (?P<group>\((?:\?:)?)(?!\?) | (?P<end>\)) | (?P<or>\|)
      | (?P<class>\[(?:\\.|[^\]\\])+\] | \\[dDwWsS] | \.)
      | (?P<anchor>[\^$])
      | \\x(?P<x>[0-9A-Fa-f]{2}) | \\u(?P<u>[0-9A-Fa-f]{4}) | \\(?P<control>[nrtfv0])
      | \\(?P<escaped>[^\w]) | (?P<plain>[^\\()\[\]{}|*+?^$.])""",
    re.VERBOSE | re.DOTALL,
)
_CONTROLS = dict(zip("nrtfv0", "\n\r\t\f\v\0", strict=True))
_TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1)}
#: Escapes within a class that are not supported.
_UNREAD_ESCAPE = re.compile(r"\\[^\WwWdDsnrtfv0xu_]")
_CODE = re.compile(r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4}))")
#: Repetitions of an unlimited group beyond its minimum, and the maximum number of sequences of a pattern.
_MORE_TIMES, _MOST = 2, 256
#: The last code point, and the surrogates, which are not characters.
_LAST, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)
EVERYTHING: tuple[Interval, ...] = ((0, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, _LAST))
#: Characters to try in any class: edges of groups in ASCII, and the spaces and line ends of ECMA-262.
_EDGES = "09AZ__az\t\n\v\f\r\x1b\x1f \x7f\x84\x85\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


class Piece(NamedTuple):
    """From `least` to `most` characters (`None`: unlimited), all of them within `intervals`."""

    intervals: tuple[Interval, ...]
    least: int = 1
    most: int | None = 1

    def allows(self, character: str) -> bool:
        """Whether `character` is within the intervals."""
        return any(first <= ord(character) <= last for first, last in self.intervals)


#: Pieces, one after the other.
Sequence = tuple[Piece, ...]
ANYTHING = Piece(EVERYTHING, 0, None)


def sequences(pattern: str) -> tuple[Sequence, ...]:
    """The sequences that a pattern matches, with any text where it has no anchor.

    Raises:
        PatternNotRead: it has a part that is not supported.

    >>> [[piece.least, piece.most] for piece in sequences("^a{2,5}b?$")[0]]
    [[2, 5], [0, 1]]
    """
    try:
        ecma_regex(pattern)
    except re.error as error:
        raise PatternNotRead(f"{pattern}: {error}") from None
    found, rest = _alternatives(_tokens(pattern))
    if next(rest, None):
        raise PatternNotRead(pattern)
    return tuple(dict.fromkeys(_anchored(sequence, pattern) for sequence in found))


#: While parsing, anchors are among the pieces.
_Read = tuple["Piece | str", ...]


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None or token.lastgroup is None:
            raise PatternNotRead(pattern)
        yield token.lastgroup, token[token.lastgroup]
        place = token.end()


def _alternatives(tokens: Iterator[tuple[str, str]]) -> tuple[list[_Read], Iterator[tuple[str, str]]]:
    """The alternatives up to the end of a group, and the token at that end."""
    done: list[_Read] = []
    now: list[_Read] = [()]
    atom: list[_Read] = []
    for kind, text in tokens:
        if kind == "quantifier":
            if not atom:
                raise PatternNotRead(text)
            atom, now = [], _joined(now, _repeated(atom, *_times(text)))
            continue
        now, atom = _joined(now, atom) if atom else now, []
        match kind:
            case "end":
                return [*done, *now], iter([(kind, text)])
            case "or":
                done, now = [*done, *now], [()]
            case "group":
                atom, closed = _alternatives(tokens)
                if not next(closed, None):
                    raise PatternNotRead(text)
            case "anchor":
                now = _joined(now, [(text,)])
            case _:
                atom = [(Piece(_intervals(kind, text)),)]
    return [*done, *(_joined(now, atom) if atom else now)], iter(())


def _joined(first: list[_Read], then: list[_Read]) -> list[_Read]:
    if len(first) * len(then) > _MOST:
        raise PatternNotRead(f"more than {_MOST} alternatives")
    return [(*before, *after) for before, after in product(first, then)]


def _repeated(atom: list[_Read], least: int, most: int | None) -> list[_Read]:
    """The atom, repeated: a single piece gets other limits, anything else is expanded."""
    if (
        len(atom) == 1
        and len(atom[0]) == 1
        and isinstance(piece := atom[0][0], Piece)
        and piece[1:] == (1, 1)
    ):
        return [(piece._replace(least=least, most=most),)]
    found: list[_Read] = []
    for times in range(least, (least + _MORE_TIMES if most is None else most) + 1):
        written: list[_Read] = [()]
        for _ in range(times):
            written = _joined(written, atom)
        found += written
        if len(found) > _MOST:
            raise PatternNotRead(f"more than {_MOST} alternatives")
    return found


def _times(text: str) -> tuple[int, int | None]:
    if text in _TIMES:
        return _TIMES[text]
    least, comma, most = text.strip("{}").partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def _anchored(sequence: _Read, pattern: str) -> Sequence:
    """The pieces, with any text before and after them unless they are anchored."""
    first = 1 if sequence[:1] == ("^",) else 0
    last = len(sequence) - 1 if sequence[first:][-1:] == ("$",) else len(sequence)
    pieces = [piece for piece in sequence[first:last] if isinstance(piece, Piece)]
    if len(pieces) != last - first:  # an anchor in between, which may match nothing
        raise PatternNotRead(pattern)
    before, after = [] if first else [ANYTHING], [] if last < len(sequence) else [ANYTHING]
    return (*before, *pieces, *after)


def _intervals(kind: str, text: str) -> tuple[Interval, ...]:
    match kind:
        case "class":
            return _of_class(text)
        case "x" | "u":
            code = int(text, 16)
        case "control":
            code = ord(_CONTROLS[text])
        case _:
            code = ord(text)
    if _SURROGATES[0] <= code <= _SURROGATES[1]:
        raise PatternNotRead(text)
    return ((code, code),)


def _of_class(character_class: str) -> tuple[Interval, ...]:
    r"""The code points of a class, found by matching candidates with `ecma_regex`.

    Spaces must be spaces in Python's dialect too: readers disagree on whether U+001C matches `\S`.
    """
    if character_class.startswith("[") and _UNREAD_ESCAPE.search(character_class):
        raise PatternNotRead(character_class)
    dialects = [ecma_regex(character_class)]
    if "\\s" in character_class.lower():
        dialects.append(re.compile(character_class))
    written = _CODE.sub(lambda code: chr(int(code["x"] or code["u"], 16)), character_class)
    characters = (*written, *_EDGES, *_CONTROLS.values())
    named = {ord(character) + after for character in characters for after in (0, 1)}
    edges = sorted({0, _LAST + 1, *_SURROGATES, _SURROGATES[1] + 1, *named})
    found: list[Interval] = []
    for first, after in pairwise(edges):
        if _SURROGATES[0] <= first <= _SURROGATES[1] or not all(
            dialect.search(chr(first)) for dialect in dialects
        ):
            continue
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], after - 1)
        else:
            found.append((first, after - 1))
    if not found:
        raise PatternNotRead(character_class)
    return tuple(found)
