"""Strings: what a pattern and lengths allow, its boundaries, and its faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from hypothesis import strategies as st

from pixelpact.schema import ecma_regex
from pixelpact.strategies.cases import Boundary, Fault
from pixelpact.strategies.errors import PatternNotRead
from pixelpact.strategies.keywords import LONGEST_TEXT
from pixelpact.strategies.patterns import ANYTHING, Piece, sequences
from pixelpact.strategies.specs import Spec

#: Characters beyond the maximum in a string that is far too long.
_FAR = 1000
#: Maximum length of drawn strings, unless they must be longer; longer ones are boundaries.
_USUAL_LENGTH = 40
_USUAL_LETTERS = "abcxyzABCXYZ0189 _-.,:/"
_USUAL, _CONTROL, _FOREIGN, _ASTRAL = "ax0 ", "\x07\x00", "\u00e9\u65e5", "\U0001f98a"
_FEW_LETTERS, _SPREAD = 40, 12
#: Controls, accents alone and on a letter, right-to-left, wide, invisible, joined, past the BMP, unassigned.
_STUMBLING = (
    "\0\x07\t\n\r\x1b\x7f\x85\u00a0\u00e9\u00df\u0130\u0301\u05d0\u0627\u0e33\u1e9e\u200b\u200d\u200f\u2028\u202e"
    "\u3042\u65e5\ud55c\ufb01\ufe0f\ufeff\uff21\ufffd\uffff\U0001d54f\U0001f1e9\U0001f44d\U0001f98a\U0010ffff"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Strings made of `pieces`, one after the other, with `shortest` to `longest` characters in total."""

    pieces: tuple[Piece, ...]
    shortest: int
    longest: int | None

    def counts(self, length: int) -> list[int]:
        """The number of characters of each piece in a string of a length, the first pieces filled first."""
        counts = [piece.least for piece in self.pieces]
        left = length - sum(counts)
        for place, piece in enumerate(self.pieces):
            more = left if piece.most is None else min(left, piece.most - piece.least)
            counts[place] += more
            left -= more
        return counts

    def text(self, length: int, character: str | None = None) -> str | None:
        """A plain string of a length, with `character` as early as possible; `None` if it fits nowhere."""
        parts = [_usual(piece) * times for piece, times in zip(self.pieces, self.counts(length), strict=True)]
        if character is None:
            return "".join(parts)
        for place, piece in enumerate(self.pieces):
            if parts[place] and piece.allows(character):
                parts[place] = character + parts[place][1:]
                return "".join(parts)
        return None


@dataclass(frozen=True, slots=True)
class TextRule:
    """The rule of a string: it must have one of `shapes`."""

    shapes: tuple[Shape, ...]

    @property
    def shortest(self) -> int:
        """The minimum length over all shapes."""
        return min(shape.shortest for shape in self.shapes)

    @property
    def longest(self) -> int | None:
        """The maximum length over all shapes; `None` if unlimited."""
        ends = [shape.longest for shape in self.shapes]
        return None if None in ends else max(end for end in ends if end is not None)

    def text(self, length: int, character: str | None = None) -> str | None:
        """A plain string of the nearest possible length; see `Shape.text`."""
        for shape in self.shapes:
            nearest = max(length, shape.shortest)
            nearest = nearest if shape.longest is None else min(nearest, shape.longest)
            found = shape.text(nearest, character)
            if found is not None:
                return found
        return None


def text_rule(spec: Spec) -> TextRule:
    """The rule of a string with `pattern`, `minLength` and `maxLength`.

    Raises:
        SchemaNotSupported: the pattern has a part that is not supported.
        NothingValid: no string can have a valid length.
    """
    keywords = spec.keywords
    try:
        found = sequences(keywords["pattern"]) if "pattern" in keywords else ((ANYTHING,),)
    except PatternNotRead:
        raise spec.refusal("pattern") from None
    least, most = keywords.get("minLength", 0), keywords.get("maxLength")
    shapes = []
    for pieces in found:
        ends = [piece.most for piece in pieces]
        own = None if None in ends else sum(end for end in ends if end is not None)
        shortest = max(least, sum(piece.least for piece in pieces))
        longest = min((end for end in (own, most) if end is not None), default=None)
        if longest is None or shortest <= longest:
            shapes.append(Shape(pieces, shortest, longest))
    if not shapes:
        raise spec.nothing_valid("maxLength" if most is not None else "minLength")
    return TextRule(tuple(shapes))


def texts(rule: TextRule) -> st.SearchStrategy[str]:
    """Valid strings."""
    return st.one_of([_texts_of(shape) for shape in rule.shapes])


def text_boundaries(rule: TextRule) -> Iterator[Boundary]:
    """The shortest string, the longest, and strings with white space or letters beyond ASCII and the BMP."""
    yield Boundary("shortest" if rule.shortest else "empty", rule.text(rule.shortest))
    if rule.longest is not None and rule.shortest < rule.longest <= LONGEST_TEXT:
        yield Boundary("longest", max((_longest_of(shape) for shape in rule.shapes), key=len))
    for case, character in (
        ("spaces", " "),
        ("newline", "\n"),
        ("non-ascii", _FOREIGN[0]),
        ("past-bmp", _ASTRAL),
    ):
        found = rule.text(3, character)
        if found is not None:
            only = len(rule.shapes[0].pieces) == 1 and case == "spaces"
            yield Boundary(case, character * len(found) if only else found)


def some_texts(rule: TextRule) -> Iterator[str]:
    """Distinct strings, of a few lengths; not necessarily all that there are."""
    for shape in rule.shapes:
        longest = shape.shortest + 3 if shape.longest is None else min(shape.longest, shape.shortest + 3)
        for length in range(shape.shortest, longest + 1):
            choices: list[str] = []
            for piece, times in zip(shape.pieces, shape.counts(length), strict=True):
                choices += [_few_letters(piece)] * times
            # The last characters change first; in a long string, the others stay the same.
            head, tail = choices[:-3], choices[-3:]
            yield from ("".join((*(letters[0] for letters in head), *end)) for end in product(*tail))


def text_faults(spec: Spec, rule: TextRule) -> Iterator[Fault]:
    """Strings that are not allowed, each of which breaks exactly one keyword."""
    broken_before = set()
    for case, candidates in _candidates(spec, rule):
        for text in candidates:
            broken = _broken(text, spec)
            if len(broken) == 1 and (broken[0], text) not in broken_before:
                broken_before.add((broken[0], text))
                yield Fault(text, broken[0], case)
                break


def _candidates(spec: Spec, rule: TextRule) -> Iterator[tuple[str, list[str]]]:
    body = rule.text(3) or rule.text(rule.shortest) or ""
    if rule.shortest:
        yield "empty", [""]
        yield "too-short", [(rule.text(rule.shortest) or "")[:-1]]
    shortest, longest = spec.keywords.get("minLength", 0), spec.keywords.get("maxLength", LONGEST_TEXT + 1)
    if shortest:
        yield "too-short", [_stretched(rule, shortest - 1)]
    if longest <= LONGEST_TEXT:
        yield "just-too-long", [_stretched(rule, longest + 1)]
    if rule.longest is not None and rule.longest <= LONGEST_TEXT:
        yield "just-too-long", [_stretched(rule, rule.longest + 1)]
        yield "far-too-long", [_stretched(rule, rule.longest + _FAR)]
    for case, characters in (("control-character", _CONTROL), ("non-ascii", _FOREIGN), ("symbol", "!")):
        changed = [text for character in characters for text in (body + character, body[:-1] + character)]
        yield case, [*changed, *(character + body[1:] for character in characters)]
    yield "trailing-newline", [body + "\n", body[:-1] + "\n"]
    yield "trailing-space", [body + " ", body[:-1] + " "]
    yield "other-case", [body.swapcase()]


def _stretched(rule: TextRule, length: int) -> str:
    """A string of the rule, cut or extended to a length with characters of its last piece."""
    text = rule.text(length) or ""
    return text[:length] + _usual(rule.shapes[0].pieces[-1]) * (length - len(text))


def _broken(text: str, spec: Spec) -> list[str]:
    """The keywords that a string breaks."""
    rules = spec.keywords
    found = ["minLength"] if len(text) < rules.get("minLength", 0) else []
    found += ["maxLength"] if len(text) > rules.get("maxLength", len(text)) else []
    if "pattern" in rules and not ecma_regex(rules["pattern"]).search(text):
        found.append("pattern")
    return found


def _longest_of(shape: Shape) -> str:
    return "" if shape.longest is None or shape.longest > LONGEST_TEXT else shape.text(shape.longest) or ""


def _texts_of(shape: Shape) -> st.SearchStrategy[str]:
    if len(shape.pieces) == 1:
        longest = max(shape.shortest, _USUAL_LENGTH)
        longest = longest if shape.longest is None else min(longest, shape.longest)
        return st.text(_letters(shape.pieces[0]), min_size=shape.shortest, max_size=longest)
    parts = [_letters(piece) for piece in shape.pieces]

    @st.composite
    def text(draw: st.DrawFn) -> str:
        """A string, drawn piece by piece; each piece leaves enough room for the following ones."""
        written = ""
        for place, letters in enumerate(parts):
            least, most = _room(shape, place, len(written))
            written += draw(st.text(letters, min_size=least, max_size=most)) if most else ""
        return written

    return text()


def _room(shape: Shape, place: int, written: int) -> tuple[int, int]:
    """The minimum and maximum length of the piece at `place`, after `written` characters."""
    piece, after = shape.pieces[place], shape.pieces[place + 1 :]
    ends = [later.most for later in after]
    more = None if None in ends else sum(end for end in ends if end is not None)
    least = piece.least if more is None else max(piece.least, shape.shortest - written - more)
    left = None if shape.longest is None else shape.longest - written - sum(later.least for later in after)
    most = [end for end in (max(least, _USUAL_LENGTH), piece.most, left) if end is not None]
    return least, min(most)


def _letters(piece: Piece) -> str:
    """The characters to draw from: those that often break programs, and some from all over the intervals.

    `st.characters()` is not used: its table of Unicode takes a second to build and differs between Pythons.
    """
    everywhere = (
        chr(first + (last - first) * part // _SPREAD)
        for first, last in piece.intervals
        for part in range(_SPREAD + 1)
    )
    plain = (chr(code) for code in range(0x20, 0x7F))
    return "".join(dict.fromkeys(filter(piece.allows, (*_USUAL_LETTERS, *plain, *_STUMBLING, *everywhere))))


def _usual(piece: Piece) -> str:
    return next(filter(piece.allows, _USUAL), chr(piece.intervals[0][0]))


def _few_letters(piece: Piece) -> str:
    """Some of the characters of a piece; the first one is a usual one."""
    listed = (chr(code) for first, last in piece.intervals for code in range(first, last + 1))
    others = (letter for letter in listed if letter != _usual(piece))
    return _usual(piece) + "".join(islice(others, _FEW_LETTERS - 1))
