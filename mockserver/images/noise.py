"""Smooth random curves and fields, in integers.

Value noise: random numbers on a lattice, interpolated by 3t^2 - 2t^3, summed over several octaves. A field is
computed on a coarse grid and enlarged to pixels only for the lines that are needed, so even a picture of
5120 x 5120 pixels never needs more memory than for a band.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance

Ints = npt.NDArray[np.int64]
Whole = TypeVar("Whole", np.int32, np.int64)


def curve(chance: Chance, name: str, *, length: int, cells: int, octaves: int) -> Ints:
    """`length` values of a smooth curve from about -1000 to 1000, with `cells` bumps in the first octave.

    >>> ridge = curve(Chance.of(1), "ridge", length=640, cells=3, octaves=5)
    >>> ridge.shape, bool(abs(ridge).max() <= 1000)
    ((640,), True)
    """
    total = np.zeros(length, dtype=np.int64)
    reach = 0
    for octave in range(octaves):
        count = cells << octave
        lattice = chance.numbers(f"{name}/{octave}", count + 2, -1000, 1000)
        total += _joined(lattice, _positions(length, count)) >> octave
        reach += 1000 >> octave
    return total * 1000 // reach


def grid(
    chance: Chance, name: str, *, shape: tuple[int, int], cells: int, octaves: int, flat: int = 1
) -> Ints:
    """A smooth surface of `shape` (rows, columns) from about -1000 to 1000.

    The first octave has `cells` bumps along the longer side; bumps are `flat` times as wide as high.
    """
    rows, columns = shape
    total = np.zeros(shape, dtype=np.int64)
    reach = 0
    for octave in range(octaves):
        count = cells << octave
        down, across = (max(1, -(-count * side // max(shape))) for side in (rows * flat, columns))
        numbers = chance.numbers(f"{name}/{octave}", (down + 2) * (across + 2), -1000, 1000)
        # 32 bits are enough here, and twice as fast as 64.
        lattice = numbers.astype(np.int32).reshape(down + 2, across + 2)
        ys = np.arange(rows, dtype=np.int32) * (flat * count * 256) // max(shape)
        xs = np.arange(columns, dtype=np.int32) * (count * 256) // max(shape)
        wide = _joined(lattice.T, xs).T
        total += _joined(wide, ys) >> octave
        reach += 1000 >> octave
    return total * 1000 // reach


def grid_shape(width_px: int, height_px: int, *, long: int) -> tuple[int, int]:
    """Rows and columns of a grid with `long` cells along the longer side of a picture."""
    longest = max(width_px, height_px)
    return tuple(max(2, -(-side * long // longest) + 1) for side in (height_px, width_px))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Field:
    """A surface over a picture: `lines` is `grid rows x width`, int16, for `height_px` lines of pixels."""

    lines: npt.NDArray[np.int16]
    steps: npt.NDArray[np.int16]
    height_px: int

    @classmethod
    def over(cls, surface: Ints, *, width_px: int, height_px: int) -> Field:
        """`surface` (rows x columns, values within int16) stretched over a picture."""
        positions = _positions(width_px, surface.shape[1] - 1)
        cell, part = positions >> 8, positions & 255
        narrow = surface.astype(np.int32)
        wide = np.diff(narrow, axis=1).take(cell, axis=1)
        wide *= part.astype(np.int32)
        wide >>= 8
        wide += narrow.take(cell, axis=1)
        lines = wide.astype(np.int16)
        return cls(lines, np.diff(lines, axis=0), height_px)

    def at(self, ys: Ints) -> npt.NDArray[np.int16]:
        """The values in the lines `ys` (each from 0 to height - 1): `len(ys) x width`."""
        positions = ys * ((self.lines.shape[0] - 1) * 256) // self.height_px
        cell, part = positions >> 8, (positions & 255).astype(np.int32)
        rise = np.multiply(self.steps[cell], part[:, None], dtype=np.int32)
        rise >>= 8
        rise += self.lines[cell]
        values: npt.NDArray[np.int16] = rise.astype(np.int16)
        return values


def _positions(length: int, cells: int) -> Ints:
    """The positions of `length` points among `cells` cells, in 256ths; always before the last point."""
    return np.arange(length, dtype=np.int64) * (cells * 256) // length


def _joined(lattice: npt.NDArray[Whole], positions: npt.NDArray[Whole]) -> npt.NDArray[Whole]:
    """Values along the first axis of `lattice` at `positions` (256ths), interpolated by 3t^2 - 2t^3."""
    cell, part = positions >> 8, positions & 255
    ease = part * part * (768 - 2 * part) >> 16
    ease = ease.reshape(-1, *(1,) * (lattice.ndim - 1))
    start = lattice.take(cell, axis=0)
    joined = lattice.take(cell + 1, axis=0)
    joined -= start
    joined *= ease
    joined >>= 8
    joined += start
    return joined
