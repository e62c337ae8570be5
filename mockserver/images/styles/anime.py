"""anime: flat shapes with outlines, such as a large sun, clouds, a peak, and hills with round trees."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import numpy as np

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.noise import Ints, curve
from pixelpact.mockserver.images.palette import Color, Ramp, Scheme, mix
from pixelpact.mockserver.images.styles.family import Family, Pixels, bands
from pixelpact.mockserver.images.styles.shapes import SHADES, Cap, Hill, Painted, Puff, paint_all

_SKY, _SUN, _CLOUD, _FAR_CLOUD, _PEAK, _SNOW, _HILLS, _LEAVES, _TRUNK, _PETAL = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    10,
    12,
    13,
)
_WHITE: Color = (255, 255, 255)


def ramps(scheme: Scheme) -> tuple[Ramp, ...]:
    """Fourteen ramps: the sky, and flat colours from light to shade to ink."""
    ink = mix(scheme.ink, scheme.deep, part=40)
    deep, main, second, accent, light = scheme.deep, scheme.main, scheme.second, scheme.accent, scheme.light
    flats = (
        accent, light, mix(second, light, part=140),
        mix(main, second, part=140), light,
        mix(second, accent, part=40), mix(main, second, part=90), main, mix(deep, main, part=110),
        mix(deep, second, part=90), mix(deep, accent, part=90), mix(deep, scheme.ink, part=90),
        mix(accent, main, part=70),
    )  # fmt: skip
    sky = (
        mix(accent, light, part=170),
        mix(second, accent, part=190),
        second,
        mix(main, second, part=150),
        main,
        ink,
    )
    return (Ramp(sky, SHADES), *(Ramp(_cel(color, scheme, ink), SHADES) for color in flats))


def _cel(color: Color, scheme: Scheme, ink: Color) -> tuple[Color, ...]:
    shade = mix(color, mix(scheme.deep, scheme.main, part=90), part=100)
    return (
        mix(color, _WHITE, part=90),
        color,
        mix(color, shade, part=200),
        shade,
        mix(shade, ink, part=128),
        ink,
    )


def draw(pixels: Pixels, chance: Chance) -> None:
    """The sky, then every shape from back to front, band by band."""
    height, width = pixels.shape
    sun = (
        width * chance.number("sun x", 180, 820) // 1000,
        height * chance.number("sun y", 180, 400) // 1000,
    )
    shapes = list(_shapes(chance, width, height, sun))
    ring = max(1, (max(width, height) * chance.number("rings", 300, 420) // 1000) ** 2 // 24)
    across, down = (
        ((np.arange(side, dtype=np.int64) - middle) ** 2 * 64 // ring).clip(0, _FARTHEST).astype(np.int16)
        for side, middle in ((width, sun[0]), (height, sun[1]))
    )
    for piece, ys in bands(pixels):

        def sky(piece: Pixels, ys: Ints = ys) -> None:
            far = down[ys][:, None] + across[None, :]
            far >>= 6
            piece[:] = _RINGS.take(far)

        paint_all(piece, top=int(ys[0]), shapes=shapes, background=sky)


#: Distance at which the rings end, both across and down.
_FARTHEST = 10_000
#: Shade of the sky by the square of the distance to the sun.
_RINGS = np.array(
    [min(11, isqrt(square) * 3 // 2) for square in range((2 * _FARTHEST >> 6) + 1)], dtype=np.uint8
)


def _shapes(chance: Chance, width: int, height: int, sun: tuple[int, int]) -> Iterator[Painted]:
    size = min(width, height)
    pen = max(10, size * 16 * 3 // 1400)
    light = (-size // 90, -size // 60) if sun[0] < width // 2 else (size // 90, -size // 60)
    radius = max(4, size * chance.number("sun size", 85, 130) // 1000)
    yield Painted.of(Puff.of(((*sun, radius),)), ramp=_SUN, pen=pen)
    horizon = height * chance.number("horizon", 56, 66) // 100
    yield from _clouds(chance, "far", width, horizon, size * 7 // 10, light, _FAR_CLOUD, pen)
    yield from _peak(chance, width, horizon, size, pen)
    yield from _clouds(chance, "near", width, horizon * 8 // 10, size, light, _CLOUD, pen)
    yield from _hills(chance, width, height, horizon, light, pen)
    flowers: dict[int, Puff] = {}
    for number in range(26):
        name = f"flower {number}"
        x, y = chance.number(name, 0, width - 1), height * chance.number(name + "y", 700, 1000) // 1000
        petal = max(1, size * chance.number(name + "r", 5, 10) // 1000)
        if petal not in flowers:
            flowers[petal] = Puff.of(
                [(-petal, 0, petal), (petal, 0, petal), (0, -petal, petal), (0, petal, petal)]
            )
        yield Painted.of(flowers[petal].moved(x, y), ramp=_PETAL, pen=pen // 3)


def _clouds(
    chance: Chance, name: str, width: int, lowest: int, size: int, light: tuple[int, int], ramp: int, pen: int
) -> Iterator[Painted]:
    for number in range(3 * width // max(width, size) + 1):
        key = f"{name} cloud {number}"
        x, y = chance.number(key, 0, width), lowest * chance.number(key + "y", 25, 92) // 100
        bulk = size * chance.number(key + "r", 45, 95) // 1000
        circles = [(x, y - bulk // 3, bulk)]
        for side in (-1, 1):
            reach, puff = x, bulk
            for step in range(chance.number(f"{key} {side}", 2, 3)):
                puff = puff * chance.number(f"{key} {side} {step}", 60, 85) // 100
                reach += side * (puff + puff // 3)
                circles.append((reach, y - puff // 4, max(2, puff)))
        yield Painted.of(Puff.of(circles, floor=y + bulk // 4, shadow=light), ramp=ramp, pen=pen)


def _peak(chance: Chance, width: int, horizon: int, size: int, pen: int) -> Iterator[Painted]:
    """A mountain with a cap of snow, behind the hills."""
    top = horizon - size * chance.number("peak", 300, 400) // 1000
    middle = width * chance.number("peak x", 150, 850) // 1000
    off = abs(np.arange(width, dtype=np.int64) - middle)
    rough = curve(chance, "peak", length=width, cells=max(4, 14 * width // size), octaves=3)
    flank = off * 16 * 9 // 10 - (off * off * 16 // (size * 4)).clip(0, off * 6)
    ridge = top * 16 + flank + rough * size * 16 // 60_000
    ridge = np.maximum(ridge, top * 16 + size * 16 // 50)
    zigzag = abs(np.arange(width) * 16 * 1000 // size % 1600 - 800) * size * 16 // 1000 // 16
    snow = (top + size // 9) * 16 + zigzag // 6 + rough * size * 16 // 40_000
    bottom = horizon + size // 3
    peak = Hill.under(ridge, lit=ridge + (off - (np.arange(width) - middle)) * 8 + 40, bottom=bottom)
    yield Painted.of(peak, ramp=_PEAK, pen=pen)
    yield Painted.of(Cap.on(peak, lower=snow), ramp=_SNOW, pen=pen)


def _hills(
    chance: Chance, width: int, height: int, horizon: int, light: tuple[int, int], pen: int
) -> Iterator[Painted]:
    size = min(width, height)
    for row in range(4):
        base = horizon + (height - horizon) * (row * 5) // 20
        bumps = max(1, (2 + row % 2) * width // max(width, height))
        line = curve(chance, f"hill {row}", length=width, cells=bumps, octaves=2)
        ridge = base * 16 + line * size * 16 // 14_000
        under = curve(chance, f"shade {row}", length=width, cells=bumps * 2, octaves=2)
        lit = ridge + size * 16 // 16 + under * size * 16 // 20_000
        if row:
            yield from _trees(chance, row, ridge.tolist(), size, light, pen)
        plain = (int(lit.max()) >> 4) + 4
        yield Painted.of(
            Hill.under(ridge, lit=lit, bottom=height), ramp=_HILLS + row, pen=pen, plain_from=plain
        )


def _trees(
    chance: Chance, row: int, ridge: list[int], size: int, light: tuple[int, int], pen: int
) -> Iterator[Painted]:
    width = len(ridge)
    for number in range(3 + 2 * width // size):
        name = f"tree {row} {number}"
        x = chance.number(name, 0, width - 1)
        crown = max(3, size * chance.number(name + "r", 14 + 6 * row, 26 + 10 * row) // 1000)
        y = (ridge[x] >> 4) - crown
        circles = (
            (x, y - crown // 2, crown),
            (x - crown * 3 // 4, y + crown // 4, max(2, crown * 3 // 4)),
            (x + crown * 3 // 4, y + crown // 4, max(2, crown * 3 // 4)),
        )
        ramp = _LEAVES + chance.number(name + "leaves", 0, 1)
        yield Painted.of(Puff.of(circles, shadow=light), ramp=ramp, pen=pen)


FAMILY = Family(ramps, draw)
