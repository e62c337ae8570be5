"""What a style consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.palette import Ramp, Scheme

#: Palette indices on which a style draws, `height x width`.
Pixels = npt.NDArray[np.uint8]
#: How much of a picture is worked on at a time: small enough for a processor's cache, but of so many lines
#: that a wide picture isn't cut into slivers.
_BAND_PIXELS, _BAND_LINES = 1 << 16, 24


@dataclass(frozen=True, slots=True)
class Family:
    """A style: `ramps` gives its colours (`ART_COLORS` in all), `draw` covers every pixel with them.

    `draw` makes the same composition at every size of the same shape; it knows neither steps nor scale.
    """

    ramps: Callable[[Scheme], tuple[Ramp, ...]]
    draw: Callable[[Pixels, Chance], None]


def bands(pixels: Pixels) -> Iterator[tuple[Pixels, npt.NDArray[np.int64]]]:
    """The picture in bands of whole lines: each with the numbers of its lines."""
    height, width = pixels.shape
    lines = max(_BAND_LINES, _BAND_PIXELS // width)
    for top in range(0, height, lines):
        piece = pixels[top : top + lines]
        yield piece, np.arange(top, top + len(piece), dtype=np.int64)


def wave(phase: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A smooth wave between -1000 and 1000, one period for each 1024: parabolas that pass for a sine."""
    half = phase & 511
    arch = half * (512 - half) * 1000 >> 16
    return np.where(phase & 512, -arch, arch)
