"""The noise that inference steps leave in a picture, and dithering, which hides steps between colours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from PIL import Image

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.palette import ART_COLORS, Ramp
from pixelpact.schema import options_schema

#: The number of random changes that a pixel may undergo.
_CLASSES = 64
#: Random numbers that all lines share, each from its own offset.
_SUPPLY = 1 << 15
#: Up to this side in pixels, grains are one pixel wide; in larger pictures they are wider.
_GRAIN_PX = 1600
_BAND_PIXELS = 1 << 16


def add_grain(pixels: npt.NDArray[np.uint8], *, steps: int, ramps: Sequence[Ramp], chance: Chance) -> None:
    """Add the noise that `steps` inference steps leave to `pixels` (`height x width`, art entries).

    At 1 step there is hardly anything else, at 20 a fine grain, at the maximum no noise.
    """
    limits = options_schema()["properties"]["num_inference_steps"]
    left = (limits["maximum"] - steps, limits["maximum"] - limits["minimum"])
    if left[0] == 0:
        return
    table = _table(left, ramps, chance)
    height, width = pixels.shape
    grain = 1 + max(height, width) // _GRAIN_PX
    supply = np.frombuffer(chance.stream("grain", _SUPPLY), dtype=np.uint8).astype(np.uint16)
    supply = np.repeat((supply % _CLASSES) << 8, grain)
    windows = np.lib.stride_tricks.sliding_window_view(supply, width)
    starts = np.repeat(
        chance.numbers("rows", -(-height // grain), 0, (len(windows) - 1) // grain) * grain, grain
    )
    band = max(1, _BAND_PIXELS // width)
    for top in range(0, height, band):
        piece = pixels[top : top + band]
        at = windows[starts[top : top + len(piece)]]
        at |= piece
        piece[:] = table.take(at)


def _table(left: tuple[int, int], ramps: Sequence[Ramp], chance: Chance) -> npt.NDArray[np.uint8]:
    """The palette entry that replaces each palette entry, for each class (256 entries each)."""
    remaining, most = left
    # How far pixels stray along their ramp, in 4096ths, and how many classes land anywhere.
    stray = 4096 * remaining**8 // most**8 + 80 * remaining // most
    lost = min(_CLASSES * 7 // 8, _CLASSES * remaining**14 // most**14)
    lows, highs = _bounds(ramps)
    entries = np.arange(ART_COLORS)
    # Sums of three uniform numbers approximate a bell curve; the classes are its quantiles.
    bell = np.sort(chance.numbers("bell", 3 * _CLASSES, -500, 500).reshape(3, -1).sum(axis=0))[:, None]
    rounding = chance.numbers("rounding", _CLASSES, 0, 4_095_999)[:, None]
    anywhere = chance.numbers("anywhere", _CLASSES, 0, ART_COLORS - 1)[:, None]
    strayed = entries + (bell * stray * (highs - lows + 1) // 2 + rounding) // 4_096_000
    np.minimum(np.maximum(strayed, lows, out=strayed), highs, out=strayed)
    is_lost = np.arange(_CLASSES)[:, None] * 37 % _CLASSES < lost
    table = np.zeros((_CLASSES, 256), dtype=np.uint8)
    table[:, :ART_COLORS] = np.where(is_lost, (entries // 4 + anywhere) % ART_COLORS, strayed)
    return table.reshape(-1)


def _bounds(ramps: Sequence[Ramp]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first and the last entry of the ramp of each art entry."""
    lengths = np.array([ramp.length for ramp in ramps])
    ends = lengths.cumsum()
    return (ends - lengths).repeat(lengths), (ends - 1).repeat(lengths)


@cache
def _tile() -> npt.NDArray[np.uint8]:
    """A square of blue noise, thresholds from 0 to 255, made by `scripts/bake_noise.py`."""
    return np.asarray(Image.open(io.BytesIO(files(__package__).joinpath("noise.png").read_bytes())))


def dither(ys: npt.NDArray[np.int64], *, width_px: int) -> npt.NDArray[np.uint8]:
    """Evenly distributed thresholds from 0 to 255 for the lines `ys`: `len(ys) x width`.

    >>> dither(np.array([5, 900]), width_px=640).shape
    (2, 640)
    """
    tile = _tile()
    wide = np.tile(tile, -(-width_px // tile.shape[1]))[:, :width_px]
    return wide.take(ys % len(tile), axis=0)
