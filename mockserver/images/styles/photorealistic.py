"""photorealistic: a lit landscape with depth. Sky with a low sun, ranges fading into haze, often a lake.

Near things cover far ones; a range is its ridge (a height for each column) and the light on its relief.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.grain import dither
from pixelpact.mockserver.images.noise import Field, Ints, curve, grid, grid_shape
from pixelpact.mockserver.images.palette import Ramp, Scheme, mix
from pixelpact.mockserver.images.styles.family import Family, Pixels, bands

_SKY, _LAND, _WATER, _RANGES = 64, 26, 30, 5
_WATER_START = _SKY + _RANGES * _LAND


def ramps(scheme: Scheme) -> tuple[Ramp, ...]:
    """Sky from the zenith to the sun, each range from shadow to mist, water from dark to glitter."""
    haze = mix(scheme.second, scheme.accent, part=90)
    zenith = mix(scheme.deep, scheme.main, part=110)
    sky = Ramp((zenith, scheme.main, scheme.second, haze, scheme.accent, scheme.light), _SKY)
    land = []
    for number in range(_RANGES):
        far = (_RANGES - 1 - number) * 200 // (_RANGES - 1)
        shadow = mix(mix(scheme.ink, scheme.deep, part=60), haze, part=far)
        body = mix(mix(scheme.deep, scheme.main, part=70), haze, part=far)
        lit = mix(mix(scheme.main, scheme.accent, part=110), haze, part=far)
        mist = mix(lit, mix(haze, scheme.light, part=60), part=90 + far // 2)
        land.append(Ramp((shadow, body, lit, mist), _LAND))
    dark = mix(scheme.ink, scheme.deep, part=120)
    bright = mix(scheme.accent, scheme.light, part=100)
    water = Ramp((dark, scheme.deep, scheme.main, scheme.second, haze, bright), _WATER)
    return (sky, *land, water)


@dataclass(frozen=True, slots=True)
class _Range:
    """A range of hills: `ridge` by column, in 16ths of a pixel from the top; without mist, it is dark."""

    number: int
    ridge: npt.NDArray[np.int32]
    highest: int
    lowest: int
    offset: int
    mist_shift: int | None


@dataclass(frozen=True, slots=True)
class _View:
    """The whole view; `shore` is the first line of the lake, or the height of the picture without one."""

    sky: Field
    relief: Field
    ranges: tuple[_Range, ...]
    shore: int
    streaks: Field
    streak_rows: Ints
    glitter: npt.NDArray[np.int16]


def draw(pixels: Pixels, chance: Chance) -> None:
    """The view in bands; below the shore, it is mirrored and rippled."""
    height, width = pixels.shape
    view = _view(chance, width, height)
    back, front = view.ranges[:-1], view.ranges[-1:]
    for piece, ys in bands(pixels):
        threshold = dither(ys, width_px=width)
        dry = int(np.searchsorted(ys, view.shore))
        if dry:
            _look(piece[:dry], ys[:dry], view, back, threshold[:dry])
        if dry < len(ys):
            _mirror(piece[dry:], ys[dry:], view, back, threshold[dry:])
        _look(piece, ys, view, front, threshold, sky=False)


def _mirror(
    lake: Pixels, ys: Ints, view: _View, ranges: tuple[_Range, ...], threshold: npt.NDArray[np.uint8]
) -> None:
    """The view upside down, with streaks of ripples that reflect higher parts and glitter under the sun."""
    below = ys - view.shore
    upside = (view.shore - 1 - below * 5 // 4).clip(0, view.shore - 1)
    _look(lake, upside, view, ranges, threshold)
    tilted = np.empty_like(lake)
    _look(
        tilted, (upside - view.shore // 40 - below * 3 // 4).clip(0, view.shore - 1), view, ranges, threshold
    )
    streaks = view.streaks.at(view.streak_rows[below])
    np.copyto(lake, tilted, where=streaks > 150)
    lake[:] = _MIRRORED.take(lake)
    streaks += view.glitter[None, :]
    np.copyto(lake, np.uint8(_WATER_START + _WATER - 2), where=streaks > 900)


def _look(
    piece: Pixels,
    ys: Ints,
    view: _View,
    ranges: tuple[_Range, ...],
    threshold: npt.NDArray[np.uint8],
    *,
    sky: bool = True,
) -> None:
    top, bottom = int(ys.min()), int(ys.max())
    covering = [index for index, hills in enumerate(ranges) if hills.lowest < top]
    if sky and not covering:
        level = view.sky.at(ys)
        level += threshold
        level >>= 8
        piece[:] = level
    jitter = (threshold >> 4).astype(np.int32)
    for hills in ranges[covering[-1] if covering else 0 :]:
        if hills.highest > bottom:
            continue
        depth = (ys * 16).astype(np.int32)[:, None] - hills.ridge[None, :]
        depth += jitter
        inside = depth > 0
        level = view.relief.at(ys + hills.offset)
        if hills.mist_shift is None:
            level >>= 2
        else:
            depth >>= hills.mist_shift
            level += np.clip(depth, 0, 11 * 256, out=depth).astype(np.int16)
        level += threshold
        level >>= 8
        np.clip(level, 0, _LAND - 1, out=level)
        level += _SKY + hills.number * _LAND
        np.copyto(piece, level.astype(np.uint8), where=inside)


def _view(chance: Chance, width: int, height: int) -> _View:
    longest = max(width, height)
    shape = grid_shape(width, height, long=min(320, max(96, longest // 4)))
    has_lake = chance.number("lake", 0, 9) < 6
    horizon = height * chance.number("horizon", 52, 62) // 100
    shore = height * chance.number("shore", 60, 66) // 100 if has_lake else height
    sun_x, sun_y = chance.number("sun x", 150, 850), chance.number("sun y", 350, 800)
    light = 1 if sun_x < 500 else -1
    ranges = tuple(_range(chance, number, width, height, horizon, has_lake) for number in range(_RANGES))
    xs = np.arange(width, dtype=np.int64)
    off = abs(xs - width * sun_x // 1000) * 1000 // max(1, longest)
    glitter = (900 - off * 9).clip(0, 850).astype(np.int16)
    streaks = grid(chance, "streaks", shape=(320, max(2, 48 * width // height)), cells=130, octaves=1)
    sky = _sky(chance, shape, horizon * 1000 // height, (sun_x, sun_y))
    # Taller than the picture, so that each range shows another part of it.
    relief = _relief(chance, (shape[0] * 3 // 2, shape[1]), light)
    return _View(
        sky=Field.over(sky, width_px=width, height_px=height),
        relief=Field.over(relief, width_px=width, height_px=height * 3 // 2),
        ranges=ranges,
        shore=shore,
        streaks=Field.over(streaks, width_px=width, height_px=height),
        # Distant ripples look finer.
        streak_rows=np.array(
            [isqrt(below * height) * 9 // 10 for below in range(height - shore)], dtype=np.int64
        ),
        glitter=glitter,
    )


def _sky(chance: Chance, shape: tuple[int, int], horizon: int, sun: tuple[int, int]) -> Ints:
    """Brightness in 256ths of a level: higher towards the horizon and the sun, with streaks of cloud."""
    rows, columns = shape
    ys = (np.arange(rows, dtype=np.int64) * 1000 // (rows - 1))[:, None]
    xs = (np.arange(columns, dtype=np.int64) * 1000 // (columns - 1))[None, :]
    down = (ys * 1000 // max(1, horizon)).clip(0, 1000)
    level = down * 34 * 256 // 1000 + 3 * 256
    dx, dy = (xs - sun[0]) * columns // max(shape), (ys - sun[1] * horizon // 1000) * rows // max(shape)
    near = dx * dx + dy * dy
    level = level + 26 * 256 * 9000 // (9000 + near) + 14 * 256 * 300 // (300 + near)
    cloud = grid(chance, "cloud", shape=shape, cells=4, octaves=5, flat=3)
    wisp = (cloud - chance.number("cover", -100, 150)).clip(0, 500)
    level = level + wisp * (1200 - down) * 256 // 36_000
    sky: Ints = level.clip(0, (_SKY - 1) * 256)
    return sky


def _relief(chance: Chance, shape: tuple[int, int], light: int) -> Ints:
    """Light on slopes in 256ths of a level: brighter where the curved relief faces the sun."""
    rows, columns = shape
    reach = max(shape) // 5
    surface = 1000 - 2 * abs(grid(chance, "relief", shape=(rows, columns + reach + 1), cells=8, octaves=4))
    lean = grid(chance, "lean", shape=shape, cells=6, octaves=2) + 1000
    places = (np.arange(columns) << 8) + lean * reach * 256 // 2001
    cell, part = places >> 8, places & 255
    near, far = (np.take_along_axis(surface, cell + step, axis=1) for step in (0, 1))
    height = near + ((far - near) * part >> 8)
    rise = np.diff(height, axis=1, append=height[:, -1:]) * light * 2
    rise -= np.diff(height, axis=0, append=height[-1:])
    lit: Ints = (8 * 256 + (rise * max(shape) // 48).clip(-7 * 256, 9 * 256)).clip(0, 16 * 256)
    return lit


def _range(chance: Chance, number: int, width: int, height: int, horizon: int, has_lake: bool) -> _Range:
    name = f"range {number}"
    nearness = number * 1000 // (_RANGES - 1)
    cells = max(1, (3 + number) * width // max(width, height))
    line = curve(chance, name, length=width, cells=cells, octaves=8 if number < _RANGES - 1 else 6)
    steep = min(height, width) * (170 - nearness * 90 // 1000) // 1000
    if number == _RANGES - 1:
        middle = height * (88 if has_lake else 80) // 100
        lean = chance.pick("lean", (-1, 1)) * (np.arange(width) * 2000 // width - 1000)
        ridge = (
            middle * 16 + line * steep * 12 // 1000 + lean * min(height, width) // 8 * 16 // 1000
        ).astype(np.int64)
        ridge = _with_trees(chance, ridge, min(width, height))
    else:
        middle = horizon - min(height, width) * (14 - number * (3 if has_lake else 1)) // 100
        middle += 0 if has_lake else (height - horizon) * number // 6
        ridge = middle * 16 + line * steep * 16 // 1000 - (abs(line) * steep * 8 // 1000 if number < 2 else 0)
    mist = max(0, (min(height, width) * 16 * 20 // 100 // (12 * 256)).bit_length() - 1)
    return _Range(
        number=number,
        ridge=ridge.astype(np.int32),
        highest=int(ridge.min()) >> 4,
        lowest=(int(ridge.max()) >> 4) + 2,
        offset=chance.number(f"{name}/offset", 0, height // 2 - 1),
        mist_shift=None if number == _RANGES - 1 else mist,
    )


def _with_trees(chance: Chance, ridge: Ints, scale: int) -> Ints:
    """The ridge with firs on it, dense in places."""
    width = len(ridge)
    count = max(3, 90 * width // max(width, scale))
    groves = chance.numbers("grove", 5, 0, width - 1)
    places = (
        groves[chance.numbers("tree in", count, 0, 4)] + chance.numbers("tree x", count, -width, width) // 9
    )
    tops = chance.numbers("tree height", count, 25, 150)
    wooded = ridge.copy()
    for place, top in zip((places % width).tolist(), tops.tolist(), strict=True):
        tall = max(16, scale * top * 16 // 1000)
        reach = tall // (16 * 5) + 1
        left, right = max(0, place - reach), min(width, place + reach + 1)
        edge = abs(np.arange(left, right, dtype=np.int64) - place) * 16 * 5
        # Branches: the outline widens and narrows repeatedly on its way down.
        branch = max(1, tall // 7)
        crown = int(ridge[place]) - tall + edge - edge % branch * 3 // 4
        wooded[left:right] = np.minimum(wooded[left:right], crown)
    return wooded


def _mirrors() -> npt.NDArray[np.uint8]:
    """The palette entry of the water that mirrors each palette entry."""
    table = np.zeros(256, dtype=np.uint8)
    table[:_SKY] = _WATER_START + 7 + np.arange(_SKY) * (_WATER - 10) // _SKY
    for number in range(_RANGES):
        start = _SKY + number * _LAND
        lift = (_RANGES - 1 - number) * 2
        table[start : start + _LAND] = _WATER_START + lift + np.arange(_LAND) * 9 // _LAND
    return table


_MIRRORED = _mirrors()

FAMILY = Family(ramps, draw)
