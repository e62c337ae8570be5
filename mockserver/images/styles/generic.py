"""generic: a gradient mesh, folded like silk.

The palette itself is the mesh, with `_ROWS x _COLUMNS` colours. Two smooth fields give the position of each
pixel in it, and dithering hides the steps.
"""

from __future__ import annotations

import numpy as np

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.grain import dither
from pixelpact.mockserver.images.noise import Field, Ints, grid, grid_shape
from pixelpact.mockserver.images.palette import Ramp, Scheme, mix
from pixelpact.mockserver.images.styles.family import Family, Pixels, bands, wave

_ROWS, _COLUMNS = 7, 32
#: Cells of the fields along the longer side of a picture.
_GRID = 128


def ramps(scheme: Scheme) -> tuple[Ramp, ...]:
    """One ramp for each row of the mesh."""
    top = (scheme.deep, scheme.main, scheme.second, scheme.accent, scheme.light)
    dim = mix(scheme.ink, scheme.deep, part=150)
    bottom = (dim, scheme.deep, scheme.main, mix(scheme.main, scheme.accent, part=128), scheme.accent)
    last = (_ROWS - 1) * 256
    return tuple(
        Ramp([mix(a, b, part=row * 256 * 256 // last) for a, b in zip(top, bottom, strict=True)], _COLUMNS)
        for row in range(_ROWS)
    )


def draw(pixels: Pixels, chance: Chance) -> None:
    """Draw two fields: positions along the rows of the mesh, and across them."""
    height, width = pixels.shape
    along, across = _surfaces(chance, grid_shape(width, height, long=_GRID))
    columns = Field.over(_spread(along, top=(_COLUMNS - 1) * 256), width_px=width, height_px=height)
    rows = Field.over(_spread(across, top=(_ROWS - 1) * 256), width_px=width, height_px=height)
    for piece, ys in bands(pixels):
        threshold = dither(ys, width_px=width)
        column = columns.at(ys)
        column += threshold
        column >>= 8
        row = rows.at(ys)
        row += threshold[:, ::-1]
        row >>= 8
        row *= _COLUMNS
        row += column
        piece[:] = row


def _surfaces(chance: Chance, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    longest = max(shape)
    ys = (np.arange(shape[0], dtype=np.int64) * 2000 // longest)[:, None]
    xs = (np.arange(shape[1], dtype=np.int64) * 2000 // longest)[None, :]
    slow = grid(chance, "slow", shape=shape, cells=2, octaves=1)
    other = grid(chance, "other", shape=shape, cells=2, octaves=1)
    dx, dy = chance.number("dx", -900, 900), chance.number("dy", 300, 1000)
    tilt = (xs * dx + ys * dy) // 1000
    folds = chance.number("folds", 380, 620)
    silk = wave((tilt + slow) * folds // 1000 + other // 3)
    fine = wave((tilt * 2 + slow * 2 + other) * folds // 1500)
    along = tilt + slow * 9 // 10 + silk * 55 // 100 + fine * 14 // 100
    across = other + (xs * dy - ys * dx) // 2500 - silk // 3
    return along, across


def _spread(surface: Ints, *, top: int) -> Ints:
    """`surface` rescaled to the range from 0 to `top`, with all values about equally frequent."""
    low, high = int(surface.min()), int(surface.max())
    stretched = (surface - low) * top // max(1, high - low)
    ordered = np.sort(surface, axis=None)
    rank = np.searchsorted(ordered, surface) * top // surface.size
    return (stretched + 2 * rank) // 3


FAMILY = Family(ramps, draw)
