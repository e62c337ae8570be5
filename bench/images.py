"""The cost of a placeholder image, compared with Pillow's own encoder for the same pixels.

    python bench/images.py [side ...]

For each style: milliseconds of processor time for drawing plus encoding, for `Image.save(compress_level=1)`
of the same pixels as RGB, and their ratio; the best of several alternating runs. Then the peak memory that a
separate process needs for the picture (Linux only), beyond the 60 MB of Python and its libraries.
"""

from __future__ import annotations

import io
import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from pixelpact.mockserver.images.picture import Picture
from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.schema import options_schema

#: Maximum ratio of drawing plus encoding to Pillow's encoder, by side in pixels.
BARS = {512: 1.0, 1024: 0.8, 5120: 0.5}
#: Maximum memory: bytes per pixel, and a constant number of bytes.
BYTES_PER_PIXEL, MORE_BYTES = 4, 40_000_000


def main() -> int:
    """Measure and print a table; 1 if a bar is missed."""
    sides = [int(argument) for argument in sys.argv[1:]] or list(BARS)
    styles = options_schema()["properties"]["style"]["enum"]
    print(
        f"{'size':>6} {'style':<16}{'ours ms':>9}{'Pillow ms':>11}{'ratio':>7}{'bar':>6}{'MB':>7}{'bar':>6}"
    )
    missed = sum(_measured(side, style) for side in sides for style in styles)
    return int(missed > 0)


def _measured(side: int, style: str) -> bool:
    """Whether a picture misses a bar; prints its line."""
    picture = Picture("A lighthouse at dusk, oil painting", {}, 7, side, side, style, 20, 7, None)
    pixels = Image.open(io.BytesIO(placeholder_png(picture))).convert("RGB")
    ours, pillow = [], []
    for _ in range(15 if side <= 1024 else 3):
        ours.append(_milliseconds(lambda: placeholder_png(picture)))
        pillow.append(_milliseconds(lambda: pixels.save(io.BytesIO(), "PNG", compress_level=1)))
    ratio, bar = min(ours) / min(pillow), BARS.get(side, 1.0)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        memory = pool.apply(_needed_bytes, (picture,)) / 1e6
    most = (BYTES_PER_PIXEL * side * side + MORE_BYTES) / 1e6
    missed = ratio > bar or memory > most
    print(f"{side:>6} {style:<16}{min(ours):>9.1f}{min(pillow):>11.1f}{ratio:>7.2f}{bar:>6}", end="")
    print(f"{memory:>7.0f}{most:>6.0f}  {'MISSED' if missed else 'ok'}", flush=True)
    return missed


def _needed_bytes(picture: Picture) -> int:
    placeholder_png(
        Picture("", {}, 1, 64, 64, "generic", 1, 1, None)
    )  # imports everything that drawing needs
    before = _status_bytes("VmRSS")
    placeholder_png(picture)
    return _status_bytes("VmHWM") - before


def _status_bytes(name: str) -> int:
    """A value of the process's status, which unlike `getrusage` doesn't include the parent's peak."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
