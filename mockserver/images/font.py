"""The caption's font: Aileron Regular as baked integers, at a few sizes and multiples of them.

Aileron is by Sora Sagano and in the public domain (CC0 1.0). Pillow contains its ASCII part as its default
font; `scripts/bake_font.py` made `font.png` and `font.json` from it and added accents. Characters that the
font lacks have substitutes: a bar for letters of other scripts, a square for ideographs, a disc for emoji.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

import numpy as np
import numpy.typing as npt
from PIL import Image

#: Coverage of pixels by ink, 0 to 15: `height x width`.
Coverage = npt.NDArray[np.uint8]
FULL = 15

_SPACES = frozenset(" \t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\x85").union(
    map(chr, range(0x2000, 0x200B))
)
#: Ranges of code points that combine with the previous character or are invisible: combining marks, joiners
#: and directions, variation selectors, skin tones, tags (Unicode 15, Blocks.txt). Listed here because
#: `unicodedata` differs between versions of Python.
_UNSEEN = (
    *((0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5C7), (0x610, 0x61A)),
    *((0x64B, 0x65F), (0x93A, 0x94F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFEFF, 0xFEFF)),
    *((0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF)),
)
#: Ranges for which `unicodedata` is the same in all supported versions of Python.
_ACCENTS, _ACCENTED = ((0x300, 0x36F),), ((0x1E00, 0x1EFF),)
_IDEOGRAPHS = ((0x2E80, 0xA4CF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))
_EMOJI = ((0x2190, 0x2BFF), (0x1F000, 0x1FBFF), (0xE000, 0xF8FF))
_RIGHT_TO_LEFT = ((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))
_JOINER = "\u200d"
#: Characters that are shown as others.
_SPELLED = {
    "\u00df": "ss",
    "\u00e6": "ae",
    "\u00c6": "AE",
    "\u0153": "oe",
    "\u0152": "OE",
    "\u0131": "i",
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u00d7": "x",
    "\u201a": ",",
    "\u201e": "\u201d",
    "\u2022": "\u00b7",
}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its coverage, the offset from the pen (pixels right and down), and the pen's advance."""

    ink: Coverage
    left_px: int
    top_px: int
    advance_px: int


@dataclass(frozen=True, slots=True)
class Font:
    """The font at one size: a baked one, enlarged `scale` times."""

    glyphs: Mapping[str, Glyph]
    ascent_px: int
    descent_px: int
    space_px: int
    scale: int

    @property
    def height_px(self) -> int:
        """The height of a line, in pixels."""
        return (self.ascent_px + self.descent_px) * self.scale

    def width_px(self, text: str) -> int:
        """The width of `text`, which `readable` has prepared, in pixels.

        >>> font_of(20).width_px("MOCK") > font_of(20).width_px("i")
        True
        """
        return self.scale * sum(self._advance(sign) for sign in text)

    def line(self, text: str) -> Coverage:
        """`text` as ink: `height_px x width_px`.

        >>> font_of(20).line("MOCK").shape == (font_of(20).height_px, font_of(20).width_px("MOCK"))
        True
        """
        ink = np.zeros((self.ascent_px + self.descent_px, self.width_px(text) // self.scale), dtype=np.uint8)
        pen = 0
        for sign in text:
            if sign != " ":
                glyph = self._glyph(sign)
                rows, columns = glyph.ink.shape
                left, top = max(0, pen + glyph.left_px), max(0, glyph.top_px)
                place = ink[top : top + rows, left : left + columns]
                np.maximum(place, glyph.ink[: place.shape[0], : place.shape[1]], out=place)
            pen += self._advance(sign)
        return _enlarged(ink, self.scale)

    def _advance(self, sign: str) -> int:
        return self.space_px if sign == " " else self._glyph(sign).advance_px

    def _glyph(self, sign: str) -> Glyph:
        return self.glyphs.get(sign) or _substitute(sign, self.ascent_px, self.space_px)


def font_of(size_px: int) -> Font:
    """The font at `size_px`, or the nearest smaller size that is available.

    >>> font_of(30).scale, font_of(100).scale
    (1, 2)
    """
    sizes = _baked()
    scale = max(1, -(-size_px // max(sizes)))
    fitting = [size for size in sizes if size * scale <= size_px]
    font = sizes[max(fitting, default=min(sizes))]
    return Font(font.glyphs, font.ascent_px, font.descent_px, font.space_px, scale)


def readable(text: str) -> str:
    r"""`text` on one line, with single spaces and without invisible and combining characters.

    Accents are kept if the font has the accented letter.

    >>> ascii(readable("  a \n cafe\u0301 "))
    "'a caf\\xe9'"
    """
    signs: list[str] = []
    joined = False
    for sign in chain.from_iterable(map(_without_accents, text)):
        if sign in _SPACES:
            if signs and signs[-1] != " ":
                signs.append(" ")
        elif _within(sign, _UNSEEN):
            joined = sign == _JOINER
            if signs and _within(sign, _ACCENTS):
                signs[-1] = _accented(signs[-1], sign)
            continue
        elif not joined:
            signs.extend(_SPELLED.get(sign, sign))
        joined = False
    return "".join(signs).strip(" ")


def _without_accents(letter: str) -> str:
    """A letter that the font lacks, decomposed into the plain letter and its accents."""
    if _within(letter, _ACCENTED) and letter not in _letters():
        return unicodedata.normalize("NFD", letter)
    return letter


def _accented(letter: str, accent: str) -> str:
    """The letter with its accent if the font has that, otherwise without."""
    both = unicodedata.normalize("NFC", letter + accent)
    return both if both in _letters() else letter


def is_right_to_left(text: str) -> bool:
    r"""Whether the first letter of `text` belongs to a right-to-left script.

    >>> is_right_to_left("1 \u05e9"), is_right_to_left("a \u05e9")
    (True, False)
    """
    for sign in text:
        if _within(sign, _RIGHT_TO_LEFT):
            return True
        if sign.isascii() and sign.isalpha():
            return False
    return False


def _within(sign: str, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= ord(sign) <= last for first, last in ranges)


def _substitute(sign: str, ascent_px: int, space_px: int) -> Glyph:
    """A substitute for a character that the font lacks."""
    if _within(sign, _EMOJI):
        return _mark("disc", ascent_px, space_px)
    return _mark("square" if _within(sign, _IDEOGRAPHS) else "bar", ascent_px, space_px)


@cache
def _mark(kind: str, ascent_px: int, space_px: int) -> Glyph:
    """A disc, a square or a bar on the baseline."""
    if kind == "disc":
        ink, gap = _disc(ascent_px * 3 // 4), max(1, space_px // 3)
    else:
        high, wide = (3 * ascent_px // 4,) * 2 if kind == "square" else (ascent_px // 2, 2 * ascent_px // 5)
        ink, gap = np.full((high, wide), FULL // 2, dtype=np.uint8), max(1, ascent_px // 14)
        ink[:: high - 1, :: wide - 1] = FULL // 4
    return Glyph(ink, gap, ascent_px - len(ink), ink.shape[1] + 2 * gap)


def _disc(side: int) -> Coverage:
    """A ring with a dot, `side` pixels across."""
    steps = 2 * np.arange(side) - side + 1
    square = steps[:, None] ** 2 + steps[None, :] ** 2
    edge = (side * side - square) * FULL // (4 * side)
    inner = (square - side * side * 4 // 9) * FULL // (4 * side)
    dot = (side * side // 7 - square) * FULL // (2 * side)
    disc: Coverage = np.maximum(np.minimum(edge, inner), dot).clip(0, FULL).astype(np.uint8)
    return disc


def _enlarged(ink: Coverage, scale: int) -> Coverage:
    """`ink` enlarged `scale` times with smooth edges: blurred over as many pixels, then sharpened."""
    if scale == 1:
        return ink
    wide = ink.astype(np.int32)
    for axis in (0, 1):
        wide = np.repeat(wide, scale, axis=axis)
        sums = np.cumsum(np.insert(wide, 0, 0, axis=axis), axis=axis)
        # The mean of `scale` neighbours, centred on the pixel.
        places = np.arange(wide.shape[axis])
        after, before = (places + (scale + 1) // 2).clip(max=len(places)), (places - scale // 2).clip(min=0)
        wide = sums.take(after, axis=axis) - sums.take(before, axis=axis)
    middle = FULL * scale * scale
    sharp = (2 * wide - middle) * scale // (2 * scale * scale) + (FULL + 1) // 2
    smooth: Coverage = sharp.clip(0, FULL).astype(np.uint8)
    return smooth


def _letters() -> Mapping[str, Glyph]:
    """The glyphs of one size; all sizes have the same characters."""
    return next(iter(_baked().values())).glyphs


@cache
def _baked() -> dict[int, Font]:
    folder = files(__package__)
    sheet = np.asarray(Image.open(io.BytesIO(folder.joinpath("font.png").read_bytes()))) // 17
    fonts = {}
    for entry in json.loads(folder.joinpath("font.json").read_text(encoding="utf-8"))["sizes"]:
        glyphs = {
            sign: Glyph(sheet[y : y + high, x : x + wide], left, top, advance)
            for sign, (x, y, wide, high, left, top, advance) in entry["glyphs"].items()
        }
        fonts[entry["size_px"]] = Font(
            glyphs, entry["ascent_px"], entry["descent_px"], entry["space_px"], scale=1
        )
    return fonts
