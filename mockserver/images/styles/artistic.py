"""artistic: an impressionist landscape of brush strokes, from coarse to fine, along a flow.

A stroke is a stamp (bristles with ragged ends, lit at one edge), of which a picture has a few hundred; its
colour is that of the scene at its middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.noise import Ints, curve, grid
from pixelpact.mockserver.images.palette import ART_COLORS, Ramp, Scheme, mix
from pixelpact.mockserver.images.styles.family import Family, Pixels

_SHADES = 16
#: The reach of each hair of a brush from the middle of a stroke, times `_SHADES`, plus its shade.
_Hairs = npt.NDArray[np.int32]
#: Names of the ramps, in the order of the palette.
_SKY, _SUN, _HALO, _HILL, _FIELD, _BLOOM = 0, 4, 5, 6, 9, 12
#: cos and sin of k * 15 degrees, in 1024ths.
_TURNS = ((1024, 0), (989, 265), (887, 512), (724, 724), (512, 887), (265, 989),
          (0, 1024), (-265, 989), (-512, 887), (-724, 724), (-887, 512), (-989, 265))  # fmt: skip
#: Straight, bent to one side, bent to the other.
_VARIANTS = 3
#: Below this scale, hairs are one pixel wide; in larger pictures they are wider.
_COARSE_PX = 2600
#: Lines of a stamp that are painted at a time.
_SLAB = 128
#: Squares along each side of the primed canvas.
_PRIMED = 32
#: Breadth, length and distance of the strokes of each layer of paint, in 1000ths of the scale.
_LAYERS = ((80, 230, 84), (40, 136, 64), (19, 80, 68))


def ramps(scheme: Scheme) -> tuple[Ramp, ...]:
    """Fourteen paints, each from its light to its shade."""
    ink, deep, main, second, accent, light = (
        scheme.ink, scheme.deep, scheme.main, scheme.second, scheme.accent, scheme.light,
    )  # fmt: skip
    paints = (
        mix(deep, main, part=90), main, second, mix(second, accent, part=128),
        mix(accent, light, part=150), accent,
        mix(deep, second, part=130), mix(deep, main, part=60), mix(ink, deep, part=170),
        mix(main, accent, part=140), mix(main, second, part=120), mix(deep, accent, part=110),
        light, mix(accent, main, part=90),
    )  # fmt: skip
    return tuple(
        Ramp(
            (mix(paint, light, part=90), paint, mix(paint, deep, part=70), mix(paint, ink, part=120)), _SHADES
        )
        for paint in paints
    )


@dataclass(frozen=True, slots=True)
class _Brush:
    """A brush: breadth and length of its strokes, and width of its hairs (`pixel`), all in pixels."""

    breadth: int
    length: int
    pixel: int


@dataclass(frozen=True, slots=True)
class _Stamp:
    """One stroke: `shades` (0 to 15, height x width) where `covers` says that there is paint.

    `slabs` are the parts with paint: first line, last, first column, last, neither last included.
    """

    shades: npt.NDArray[np.uint8]
    covers: npt.NDArray[np.bool_]
    slabs: tuple[tuple[int, int, int, int], ...]

    @classmethod
    def of(cls, shades: npt.NDArray[np.uint8], covers: npt.NDArray[np.bool_]) -> _Stamp:
        """A stamp; a large oblique one is mostly empty, so it is cut into slabs without the empty parts."""
        if len(covers) <= _SLAB:
            whole = ((0, covers.shape[0], 0, covers.shape[1]),)
            return cls(np.ascontiguousarray(shades), np.ascontiguousarray(covers), whole)
        slabs = []
        for first in range(0, len(covers), _SLAB):
            last = min(first + _SLAB, len(covers))
            painted = np.flatnonzero(covers[first:last].any(axis=0))
            if len(painted):
                slabs.append((first, last, int(painted[0]), int(painted[-1]) + 1))
        return cls(shades, covers, tuple(slabs))


def draw(pixels: Pixels, chance: Chance) -> None:
    """Three layers of paint over a primed canvas, which shows through in places."""
    height, width = pixels.shape
    scale = isqrt(width * height)
    scene = _Scene.of(chance, width, height)
    _prime(pixels, scene, chance)
    inks = list(np.arange(0, ART_COLORS, _SHADES, dtype=np.uint8))
    for layer, (breadth, length, distance) in enumerate(_LAYERS):
        xs, ys = _places(chance, layer, width, height, max(3, scale * distance // 1000))
        turns, paints = scene.look(xs, ys, chance, layer)
        variants = chance.numbers(f"variant {layer}", len(xs), 0, _VARIANTS - 1)
        brush = _Brush(
            max(3, scale * breadth // 1000), max(6, scale * length // 1000), 1 + scale // _COARSE_PX
        )
        hairs = [_hairs(chance, brush, variant) for variant in range(2)]
        stamps: dict[tuple[int, int], _Stamp] = {}
        strokes = zip(*(numbers.tolist() for numbers in (xs, ys, turns, paints, variants)), strict=True)
        for x, y, turn, paint, variant in strokes:
            stamp = stamps.get((turn, variant))
            if stamp is None:
                stamp = _turned(brush, hairs, stamps, turn, variant)
                stamps[turn, variant] = stamp
            _press(pixels, stamp, x, y, inks[paint])


def _prime(pixels: Pixels, scene: _Scene, chance: Chance) -> None:
    """The scene in coarse squares."""
    height, width = pixels.shape
    down, across = (np.arange(_PRIMED, dtype=np.int64) * side // _PRIMED for side in pixels.shape)
    ys, xs = np.meshgrid(down, across, indexing="ij")
    _, paints = scene.look(xs.reshape(-1), ys.reshape(-1), chance, 0)
    squares = (paints.reshape(_PRIMED, _PRIMED) * _SHADES + _SHADES // 2).astype(np.uint8)
    wide = squares.take(np.arange(width) * _PRIMED // width, axis=1)
    for row in range(_PRIMED):
        pixels[-(-row * height // _PRIMED) : -(-(row + 1) * height // _PRIMED)] = wide[row]


def _press(pixels: Pixels, stamp: _Stamp, x: int, y: int, paint: np.uint8) -> None:
    """Paint one stroke with its middle at `x`, `y`, clipped to the canvas."""
    rows, columns = stamp.shades.shape
    top, left = y - rows // 2, x - columns // 2
    height, width = pixels.shape
    if len(stamp.slabs) == 1 and 0 <= top <= height - rows and 0 <= left <= width - columns:
        # The usual case in small pictures, where slicing would take as long as painting.
        np.copyto(pixels[top : top + rows, left : left + columns], stamp.shades + paint, where=stamp.covers)
        return
    for first, last, start, end in stamp.slabs:
        first, last = max(first, -top), min(last, height - top)
        start, end = max(start, -left), min(end, width - left)
        if first < last and start < end:
            target = pixels[top + first : top + last, left + start : left + end]
            shades = stamp.shades[first:last, start:end] + paint
            np.copyto(target, shades, where=stamp.covers[first:last, start:end])


def _hairs(chance: Chance, brush: _Brush, variant: int) -> _Hairs:
    """The hairs of a brush from side to side; those at the rims don't touch the canvas."""
    breadth, length = brush.breadth // brush.pixel + 1, brush.length // brush.pixel + 1
    count = 2 * breadth + 1
    ragged = curve(chance, f"ends {variant}", length=count, cells=8, octaves=3) * length // 7000
    tone = curve(chance, f"tone {variant}", length=count, cells=10, octaves=3) * 4 // 1000
    side = (np.arange(count, dtype=np.int64) - breadth) * 1000 // max(1, breadth // 2)
    # The tip is round: hairs are shorter the further they are from the middle.
    reach = (length // 2 - ragged - length // 12 - side * side * breadth // 3_000_000).clip(0, None)
    reach[abs(side) > 1000] = -1
    shade = (7 + tone + side * 5 // 2000).clip(0, _SHADES - 1)
    hairs: _Hairs = (reach * _SHADES + shade).astype(np.int32)
    return hairs


def _turned(
    brush: _Brush, hairs: list[_Hairs], stamps: dict[tuple[int, int], _Stamp], turn: int, variant: int
) -> _Stamp:
    """The stamp of a turn and a variant: the mirror image of an existing one, or a new one.

    Variants are straight, bent to one side and bent to the other.
    """
    if variant == _VARIANTS - 1:
        near = stamps.get((turn, 1)) or _turned(brush, hairs, stamps, turn, 1)
        stamps[turn, 1] = near
        return _Stamp.of(near.shades[::-1, ::-1], near.covers[::-1, ::-1])
    if 2 * turn > len(_TURNS):
        mirror = (len(_TURNS) - turn, variant)
        near = stamps.get(mirror) or _cut(brush, hairs[variant], *mirror)
        stamps[mirror] = near
        return _Stamp.of(near.shades[::-1], near.covers[::-1])
    return _cut(brush, hairs[variant], turn, variant)


def _cut(brush: _Brush, hairs: _Hairs, turn: int, bend: int) -> _Stamp:
    """A stamp for strokes turned by `turn` times 15 degrees, straight (0) or bent (1)."""
    breadth, length = brush.breadth // brush.pixel + 1, brush.length // brush.pixel + 1
    cos, sin = _TURNS[turn]
    half_width = (abs(cos) * length + abs(sin) * 2 * breadth) // 2048 + 1
    half_height = (abs(sin) * length + abs(cos) * 2 * breadth) // 2048 + 1
    xs = np.arange(-half_width, half_width + 1, dtype=np.int32)[None, :]
    ys = np.arange(-half_height, half_height + 1, dtype=np.int32)[:, None]
    along = xs * cos + ys * sin
    along >>= 10
    aside = (ys * cos + (breadth << 10)) - xs * sin
    aside >>= 10
    if bend:
        aside += along * along * ((brush.breadth << 13) // (brush.length * length)) >> 12
    reach = hairs.take(aside, mode="clip")
    shades = (reach & (_SHADES - 1)).astype(np.uint8)
    np.abs(along, out=along)
    along *= _SHADES
    covers = along <= reach
    if brush.pixel > 1:
        shades = shades.repeat(brush.pixel, 0).repeat(brush.pixel, 1)
        covers = covers.repeat(brush.pixel, 0).repeat(brush.pixel, 1)
    return _Stamp.of(shades, covers)


def _places(chance: Chance, layer: int, width: int, height: int, distance: int) -> tuple[Ints, Ints]:
    """The middles of strokes, one near each point of a lattice, in random order."""
    columns, rows = width // distance + 2, height // distance + 2
    count = columns * rows
    order = np.argsort(chance.numbers(f"order {layer}", count, 0, 1 << 30), kind="stable")
    shift_x = chance.numbers(f"x {layer}", count, 0, distance)
    shift_y = chance.numbers(f"y {layer}", count, 0, distance)
    return (order % columns - 1) * distance + shift_x, (order // columns - 1) * distance + shift_y


@dataclass(frozen=True, slots=True)
class _Scene:
    """The scene: a sun in a swirling sky, three rows of hills, a field in bloom."""

    width: int
    height: int
    sun: tuple[int, int, int]
    hills: tuple[Ints, ...]
    flow: Ints

    @classmethod
    def of(cls, chance: Chance, width: int, height: int) -> _Scene:
        """The scene of a seed."""
        scale = min(width, height)
        horizon = height * chance.number("horizon", 45, 62) // 100
        sun = (
            width * chance.number("sun x", 150, 850) // 1000,
            horizon * chance.number("sun y", 300, 750) // 1000,
            scale * chance.number("sun size", 70, 120) // 1000,
        )
        hills = tuple(
            horizon + (height - horizon) * row // 5
            + curve(chance, f"hill {row}", length=width, cells=2 + row, octaves=3) * scale // 11_000
            for row in range(3)
        )  # fmt: skip
        flow = grid(chance, "flow", shape=(64, 64), cells=3, octaves=2)
        return cls(width, height, sun, hills, flow)

    def look(self, xs: Ints, ys: Ints, chance: Chance, layer: int) -> tuple[Ints, Ints]:
        """Directions (in units of 15 degrees) and paints of the strokes at `xs`, `ys`."""
        xs, ys = xs.clip(0, self.width - 1), ys.clip(0, self.height - 1)
        count = len(xs)
        flow = self.flow[ys * 64 // self.height, xs * 64 // self.width]
        taste = chance.numbers(f"taste {layer}", count, -500, 500)
        sun_x, sun_y, radius = self.sun
        dx, dy = xs - sun_x, ys - sun_y
        rings = (dx * dx + dy * dy) * 16 // (radius * radius)
        scale = min(self.width, self.height)
        # The sky: bands of paint bent by the flow, a halo around the sun, strokes that circle it.
        depth = (self.hills[0][xs] - ys) * 1000 // scale + flow // 3 + taste // 4
        paint = _SKY + 3 - (depth // 190).clip(0, 3)
        paint = np.where(rings + taste // 40 < 16 * 7, np.where(taste > -150, _SUN, paint), paint)
        paint = np.where(rings + taste // 80 < 16 * 2, _HALO, paint)
        paint = np.where(rings < 16, _BLOOM, paint)
        turn = np.where(rings < 16 * 40, _circling(dx, dy), (flow // 130) % len(_TURNS))
        for row, hill in enumerate(self.hills):
            on = ys > hill[xs]
            slope = hill[(xs + 8).clip(0, self.width - 1)] - hill[(xs - 8).clip(0, self.width - 1)]
            lean = np.where(abs(slope) > 4, np.where(slope > 0, 1, 11), 0)
            near = np.where(taste > 250, _HILL + (row + 1) % 3, _HILL + row)
            if row == len(self.hills) - 1:
                near = _FIELD + (flow // 200 + taste // 250) % 3
                bloom = (taste > 300 - (ys - hill[xs]) * 300 // scale) & (layer > 0)
                near = np.where(bloom, _BLOOM + (taste & 1), near)
                near = np.where(bloom & (taste % 5 == 0), _HALO, near)
                lean = (5 + taste // 250 + flow // 500) % len(_TURNS)
            paint, turn = np.where(on, near, paint), np.where(on, lean, turn)
        return turn, paint


def _circling(dx: Ints, dy: Ints) -> Ints:
    """The directions perpendicular to the line to the sun, in units of 15 degrees."""
    turns = np.array(_TURNS, dtype=np.int64)
    # The perpendicular direction is the one with the smallest product with the radius.
    across = abs(dx[:, None] * turns[None, :, 0] + dy[:, None] * turns[None, :, 1])
    turn: Ints = across.argmin(axis=1)
    return turn


FAMILY = Family(ramps, draw)
