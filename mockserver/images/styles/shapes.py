"""Flat shapes with outlines: hills (a height for each column) and puffs (circles joined into one).

A shape returns the depth of each pixel inside it, in 16ths of a pixel; `paint` converts that into a flat
colour, a shade and a soft-edged line. All ramps have 16 entries and end in the same ink, so lines need no
extra colours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.noise import Ints
from pixelpact.mockserver.images.styles.family import Pixels

#: Depths in 16ths of a pixel, 16 or 32 bits wide.
Depth = npt.NDArray[np.signedinteger[Any]]
#: The maximum depth, which fits into 16 bits.
_FAR = 32_000
#: A line below all pictures.
_NEVER = 1 << 30
#: The steepest slope, in 16ths, whose outline keeps its width.
_STEEPEST = 16 * 6
#: The height of an outline relative to its width, in 16ths, by the rise of the slope.
_UPRIGHT = np.array([min(isqrt(256 + rise * rise), _STEEPEST) for rise in range(_STEEPEST + 1)])
SHADES = 16
FLAT, SHADED = 3, 7


#: Left, top, right and bottom in pixels; the last two are exclusive.
Box = tuple[int, int, int, int]


class Shape(Protocol):
    """A shape that can be painted."""

    @property
    def box(self) -> Box:
        """The bounding box, including the outline."""
        ...

    @property
    def inside_from(self) -> int:
        """The line from which on the whole width of a picture is inside."""
        ...

    def upright(self, pen: int) -> Depth | int:
        """The depth of an outline of the width `pen`: by column of pixels, or for all of them."""
        ...

    def depth(self, xs: Depth, ys: Depth) -> Depth:
        """The depth of each pixel in the columns `xs` and the lines `ys`: `ys x xs`."""
        ...

    def shade(self, xs: Depth, ys: Depth) -> Depth:
        """The depth of each pixel inside the lit part: `ys x xs`."""
        ...


@dataclass(frozen=True, slots=True)
class Painted:
    """A shape with its ramp, and half the width of its outline in 16ths of a pixel.

    `pen` has a width for each column where the outline runs steeply, else one for all. Below the line
    `inked_to` all is inside and without outline. From the line `plain_from` on the shape covers all that
    was painted before, in its shaded colour alone.
    """

    shape: Shape
    box: Box
    ramp: int
    pen: Depth | int
    plain_from: int
    inked_to: int

    @classmethod
    def of(cls, shape: Shape, *, ramp: int, pen: int, plain_from: int = _NEVER) -> Painted:
        """`shape`, to be painted."""
        upright = shape.upright(pen)
        widest = upright if isinstance(upright, int) else int(upright.max())
        inked_to = shape.inside_from + (widest >> 4) + 2
        return cls(shape, shape.box, ramp, upright, plain_from, inked_to)


def paint_all(
    piece: Pixels, *, top: int, shapes: Sequence[Painted], background: Callable[[Pixels], None]
) -> None:
    """Paint the parts of `shapes`, from back to front, that are on `piece`, whose first line is `top`."""
    covering = [number for number, painted in enumerate(shapes) if painted.plain_from <= top]
    if covering:
        piece[:] = shapes[covering[-1]].ramp * SHADES + SHADED
    else:
        background(piece)
    for painted in shapes[covering[-1] + 1 if covering else 0 :]:
        if painted.box[1] < top + len(piece) and painted.box[3] > top:
            _paint(piece, top, painted)


def _paint(piece: Pixels, top: int, painted: Painted) -> None:
    left, upper, right, lower = painted.box
    left, right = max(0, left), min(piece.shape[1], right)
    upper, lower = max(top, upper), min(top + len(piece), lower)
    region = piece[upper - top : lower - top, left:right]
    xs = np.arange(left, right, dtype=np.int32)
    ys = np.arange(upper, lower, dtype=np.int32)[:, None]
    # From lit to shaded within one pixel.
    light = painted.shape.shade(xs, ys)
    light >>= 2
    np.subtract(painted.ramp * SHADES + SHADED, light, out=light)
    np.maximum(light, painted.ramp * SHADES + FLAT, out=light)
    np.minimum(light, painted.ramp * SHADES + SHADED, out=light)
    if upper >= painted.inked_to:
        region[:] = light
        return
    depth = painted.shape.depth(xs, ys)
    np.copyto(region, light, where=depth > 0, casting="unsafe")
    np.abs(depth, out=depth)
    pen = painted.pen if isinstance(painted.pen, int) else painted.pen[left:right]
    np.subtract(pen + SHADES, depth, out=depth)
    np.maximum(depth, 0, out=depth)
    np.minimum(depth, SHADES - 1, out=depth)
    line = depth.astype(np.uint8)
    line |= region & np.uint8(0xF0)
    np.maximum(region, line, out=region)


@dataclass(frozen=True, slots=True)
class Hill:
    """The area below a line: `ridge` for each column, in 16ths of a pixel from the top.

    Between the ridge and the line `lit` the sun shines.
    """

    ridge: Depth
    lit: Depth
    bottom: int

    @classmethod
    def under(cls, ridge: Ints, *, lit: Ints, bottom: int) -> Hill:
        """The land under `ridge`, down to the line `bottom`."""
        # 16 bits are twice as fast as 32, where they are enough.
        kind = np.int16 if 16 * bottom < _FAR and ridge.min() > -_FAR // 8 else np.int32
        return cls(ridge.astype(kind), lit.clip(-_FAR // 8, 16 * bottom).astype(kind), bottom)

    @property
    def box(self) -> Box:
        """See `Shape`."""
        return 0, (int(self.ridge.min()) >> 4) - 16, len(self.ridge), self.bottom

    @property
    def inside_from(self) -> int:
        """See `Shape`."""
        return (int(self.ridge.max()) >> 4) + 1

    def upright(self, pen: int) -> Depth:
        """See `Shape`."""
        ridge = self.ridge.astype(np.int64)
        rise = abs(np.diff(ridge, append=ridge[-1:])).clip(max=_STEEPEST)
        upright: Depth = (pen * _UPRIGHT[rise] >> 4).astype(self.ridge.dtype)
        return upright

    def depth(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        return (ys * 16).astype(self.ridge.dtype) - self.ridge[xs]

    def shade(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        return self.lit[xs] - (ys * 16).astype(self.lit.dtype)


@dataclass(frozen=True, slots=True)
class Cap:
    """The part of a hill above a second line, such as snow."""

    hill: Hill
    lower: Depth

    @classmethod
    def on(cls, hill: Hill, *, lower: Ints) -> Cap:
        """The cap of `hill` that ends at `lower` (16ths of a pixel, by column)."""
        return cls(hill, lower.astype(hill.ridge.dtype))

    @property
    def box(self) -> Box:
        """See `Shape`."""
        left, top, right, _ = self.hill.box
        return left, top, right, (int(self.lower.max()) >> 4) + 16

    @property
    def inside_from(self) -> int:
        """See `Shape`."""
        return _NEVER

    def upright(self, pen: int) -> Depth:
        """See `Shape`."""
        return self.hill.upright(pen)

    def depth(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        depth = self.hill.depth(xs, ys)
        return np.minimum(depth, self.lower[xs] - (ys * 16).astype(self.lower.dtype), out=depth)

    def shade(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        return self.hill.shade(xs, ys)


@dataclass(frozen=True, slots=True)
class Puff:
    """Joined circles, cut off at the line `floor`; lit from the side opposite to `shadow`.

    `circles` has for each circle how deep its columns and its lines lie inside it: the sum is the depth.
    Their first column and line is `start`, which leaves room for the shadow around the box.
    """

    box: Box
    start: tuple[int, int]
    circles: tuple[tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]], ...]
    floor: int
    shadow: tuple[int, int]

    @classmethod
    def of(
        cls,
        circles: Sequence[tuple[int, int, int]],
        *,
        floor: int = 1 << 20,
        shadow: tuple[int, int] = (0, 0),
    ) -> Puff:
        """A puff of circles (x, y, radius in pixels); without `shadow` it is fully lit."""
        margin = 8 + max(radius for _, _, radius in circles) // 8
        left, top = (min(circle[axis] - circle[2] for circle in circles) - margin for axis in (0, 1))
        right, bottom = (max(circle[axis] + circle[2] for circle in circles) + margin for axis in (0, 1))
        room = max(map(abs, shadow))
        xs = np.arange(left - room, right + room, dtype=np.int64)
        ys = np.arange(top - room, bottom + room, dtype=np.int64)
        # Near the circle, the distance to it is (r^2 - d^2) / 2r; here in 16ths.
        x, y, r = np.array(circles, dtype=np.int64).T[:, :, None]
        across = np.maximum((r * r - (xs - x) ** 2) * 8 // r, -_FAR // 2).astype(np.int16)
        down = np.maximum((ys - y) ** 2 * -8 // r, -_FAR // 2).astype(np.int16)[:, :, None]
        parts = tuple(zip(across, down, strict=True))
        box = left, top, right, min(floor + margin, bottom)
        return cls(box, (left - room, top - room), parts, floor, shadow)

    def moved(self, x: int, y: int) -> Puff:
        """This puff, which has no floor, moved `x` pixels to the right and `y` down."""
        left, top, right, bottom = self.box
        start = self.start[0] + x, self.start[1] + y
        return replace(self, box=(left + x, top + y, right + x, bottom + y), start=start)

    @property
    def inside_from(self) -> int:
        """See `Shape`."""
        return _NEVER

    def upright(self, pen: int) -> int:
        """See `Shape`."""
        return pen

    def depth(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        depth = self._inside(xs, ys, (0, 0))
        if ys[-1, 0] + 1000 > self.floor:
            floor = np.minimum(np.maximum((self.floor - ys) * 16, -_FAR), _FAR).astype(np.int16)
            np.minimum(depth, floor, out=depth)
        return depth

    def shade(self, xs: Depth, ys: Depth) -> Depth:
        """See `Shape`."""
        if self.shadow == (0, 0):
            return np.full((1, 1), _FAR, dtype=np.int16)
        return self._inside(xs, ys, self.shadow)

    def _inside(self, xs: Depth, ys: Depth, shift: tuple[int, int]) -> Depth:
        left, top = int(xs[0]) - shift[0] - self.start[0], int(ys[0, 0]) - shift[1] - self.start[1]
        rows, columns = slice(top, top + len(ys)), slice(left, left + len(xs))
        (across, down), *others = self.circles
        inside = across[columns] + down[rows]
        for across, down in others:
            np.maximum(inside, across[columns] + down[rows], out=inside)
        return inside
