"""Colours: the prompt's scheme, ramps between its colours, and the effects of options.

A picture has 256 colours: `ART_COLORS` for the ramps of its style, the others for the caption. Colours are
mixed by the squares of their channels, which is close to linear light (sRGB's curve is near a power of 2) and
keeps mixtures of strong colours bright.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import isqrt

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.picture import Picture

#: Palette entries for styles; the caption uses the others.
ART_COLORS = 224
#: Red, green and blue, 0 to 255.
Color = tuple[int, int, int]

#: Shades of the caption's text, of its secondary text, of the edge of the badge, and of the badge's text.
TEXT_SHADES, QUIET_SHADES, EDGE_SHADES, BADGE_SHADES = 12, 8, 4, 8
TEXT = ART_COLORS
QUIET = TEXT + TEXT_SHADES
EDGE = QUIET + QUIET_SHADES
BADGE = EDGE + EDGE_SHADES


@dataclass(frozen=True, slots=True)
class Scheme:
    """Six colours from dark to light; `schemes.json` says what they are for."""

    ink: Color
    deep: Color
    main: Color
    second: Color
    accent: Color
    light: Color


@dataclass(frozen=True, slots=True)
class Ramp:
    """`length` palette entries, evenly distributed between the colours `stops`."""

    stops: Sequence[Color]
    length: int


def mix(first: Color, second: Color, *, part: int) -> Color:
    """`first` mixed with `part` 256ths of `second`.

    >>> mix((0, 0, 0), (255, 255, 255), part=64)
    (127, 127, 127)
    """
    red, green, blue = (
        isqrt((a * a * (256 - part) + b * b * part) >> 8) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue


def scheme_of(picture: Picture) -> Scheme:
    """The colours of the prompt; the lower cfg_scale is, the greyer they are."""
    neutral, schemes = _schemes()
    words = re.findall("[a-z]+", picture.prompt[:_SCANNED].lower())
    named = [name for word in words for name, known, _ in schemes if word in known or word[:-1] in known]
    chance = Chance.of("palette", picture.prompt)
    by_name = {name: colors for name, _, colors in schemes}
    first = by_name[named[-1]] if named else chance.pick("scheme", schemes)[2]
    other = chance.pick("other", schemes)[2]
    share, held = chance.number("share", 0, 32), _adherence(picture)
    # Different prompts with the same words still differ a little.
    pairs = zip(neutral, (mix(a, b, part=share) for a, b in zip(first, other, strict=True)), strict=True)
    return Scheme(*(mix(grey, color, part=held) for grey, color in pairs))


def palette_of(picture: Picture, *, scheme: Scheme, ramps: Sequence[Ramp]) -> npt.NDArray[np.uint8]:
    """All 256 colours, `256 x 3`: the ramps of the style, then those of the caption."""
    art = _contrasted(_shades(ramps), gain=_contrast(picture))
    if picture.preset is not None:
        art = _tinted(art, chance=Chance.of("preset", picture.preset))
    art = _lit(art, chance=Chance.of("light", picture.seed, picture.prompt))
    whole = np.zeros((256, 3), dtype=np.uint8)
    whole[: len(art)] = art.clip(0, 255)
    whole[ART_COLORS:] = _shades(_caption_ramps(scheme))
    return whole


def _caption_ramps(scheme: Scheme) -> list[Ramp]:
    card = mix((12, 14, 20), scheme.ink, part=96)
    badge = mix(scheme.accent, scheme.light, part=64)
    quiet = mix(card, (255, 255, 255), part=110)
    return [
        Ramp((card, (255, 255, 255)), TEXT_SHADES),
        Ramp((card, quiet), QUIET_SHADES),
        Ramp((card, badge), EDGE_SHADES),
        Ramp((badge, card), BADGE_SHADES),
    ]


#: Channels above this are compressed into the range up to 255; the maximum before that is 291.
_SHOULDER = 235
#: Characters at the beginning of a prompt that are searched for words.
_SCANNED = 2000


@cache
def _schemes() -> tuple[list[Color], list[tuple[str, frozenset[str], list[Color]]]]:
    content = json.loads(files(__package__).joinpath("schemes.json").read_text(encoding="utf-8"))
    return _colors(content["neutral"]), [
        (entry["name"], frozenset(entry["words"]), _colors(entry["colors"])) for entry in content["schemes"]
    ]


def _colors(codes: Sequence[str]) -> list[Color]:
    return [(int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for code in codes]


#: The integer square roots of 0 to 255^2.
_ROOTS = np.arange(256).repeat(2 * np.arange(256) + 1)


def _shades(ramps: Sequence[Ramp]) -> npt.NDArray[np.int64]:
    """The colours of some ramps, one after the other, `entries x 3`."""
    return np.concatenate([_ramp_shades(ramp) for ramp in ramps])


def _ramp_shades(ramp: Ramp) -> npt.NDArray[np.int64]:
    squares = np.array(ramp.stops, dtype=np.int64) ** 2
    stops, parts = _ramp_places(len(ramp.stops) - 1, ramp.length)
    shades: npt.NDArray[np.int64] = _ROOTS[(squares[stops] * (256 - parts) + squares[stops + 1] * parts) >> 8]
    return shades


@cache
def _ramp_places(spans: int, length: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The previous stop of each entry of a ramp, and its position between that and the next, in 256ths."""
    places = np.arange(length) * (spans * 256) // max(length - 1, 1)
    stops = np.minimum(places >> 8, spans - 1)
    return stops, (places - (stops << 8))[:, None]


def _adherence(picture: Picture) -> int:
    """The strength of the prompt's colours in 256ths: a third at cfg_scale 1, most at 7, all from 12."""
    square = Fraction(picture.cfg_scale) ** 2
    return min(256, int(260 * square / (square + 2)))


def _contrast(picture: Picture) -> int:
    """The gain of the contrast in 256ths: 200 at cfg_scale 1, 256 at 7, 348 at 30."""
    beyond = Fraction(picture.cfg_scale) - 7
    return 256 + int(beyond * (4 if beyond > 0 else 9))


def _contrasted(colors: npt.NDArray[np.int64], *, gain: int) -> npt.NDArray[np.int64]:
    contrasted: npt.NDArray[np.int64] = (128 + ((colors - 128) * gain >> 8)).clip(0, 255)
    return contrasted


def _lit(colors: npt.NDArray[np.int64], *, chance: Chance) -> npt.NDArray[np.int64]:
    """The colours in the light of a seed: each channel is a little stronger or weaker, and none is unchanged.

    Values beyond white are compressed below it, so that lights differ on highlights too.
    """
    gains = [chance.number(channel, 5, 22) * (-1) ** chance.number(channel + "?", 0, 1) for channel in "rgb"]
    lift = [chance.number(channel + "+", 0, 15) for channel in "rgb"]
    lit = colors + (colors * np.array(gains) >> 8) + np.array(lift)
    pressed: npt.NDArray[np.int64] = np.minimum(lit, _SHOULDER + (lit - _SHOULDER) * 5 // 14)
    return pressed


def _tinted(colors: npt.NDArray[np.int64], *, chance: Chance) -> npt.NDArray[np.int64]:
    """The colours under a strong veil of one hue, with their brightness kept."""
    hue = chance.number("hue", 0, 6 * 256 - 1)
    # The hue circle as three trapezoids, with red at 0.
    tint = np.array([min(256, max(0, abs((hue + turn) % 1536 - 768) - 256)) for turn in (0, 1024, 512)])
    luma = colors @ np.array([77, 150, 29]) >> 8
    veil = luma[:, None] * (tint + 128) >> 8
    strength = chance.number("strength", 80, 110)
    tinted: npt.NDArray[np.int64] = (colors * (256 - strength) + veil * strength) >> 8
    return tinted
