"""The parts of a style, and helpers that styles share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.palette import Ramp, Scheme

#: Palette indices on which a style draws, `height x width`.
Pixels = npt.NDArray[np.uint8]
#: Size of a band in pixels, which should fit into a processor's cache, and its minimum number of lines.
_BAND_PIXELS, _BAND_LINES = 1 << 16, 24


@dataclass(frozen=True, slots=True)
class Family:
    """A style: `ramps` returns its colours (`ART_COLORS` in total), `draw` covers every pixel with them.

    `draw` gives the same composition for all sizes of the same shape; steps and scale don't affect it.
    """

    ramps: Callable[[Scheme], tuple[Ramp, ...]]
    draw: Callable[[Pixels, Chance], None]


def bands(pixels: Pixels) -> Iterator[tuple[Pixels, npt.NDArray[np.int64]]]:
    """The picture in bands of whole lines, each with the numbers of its lines."""
    height, width = pixels.shape
    lines = max(_BAND_LINES, _BAND_PIXELS // width)
    for top in range(0, height, lines):
        piece = pixels[top : top + lines]
        yield piece, np.arange(top, top + len(piece), dtype=np.int64)


def wave(phase: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A smooth wave from -1000 to 1000 with a period of 1024, in which parabolas approximate a sine."""
    half = phase & 511
    arch = half * (512 - half) * 1000 >> 16
    return np.where(phase & 512, -arch, arch)
