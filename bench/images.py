"""What a placeholder image costs, beside what Pillow's own encoder takes for the same pixels.

    python bench/images.py [side ...]

For each style: milliseconds of processor time for drawing plus encoding, for `Image.save(compress_level=1)`
of the same pixels as RGB, and their ratio; the best of several runs of each, in turn.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

from PIL import Image

from pixelpact.mockserver.images import Picture, placeholder_png
from pixelpact.schema import options_schema

#: Side in pixels -> how much of the encoder's time drawing plus encoding may take.
BARS = {512: 1.0, 1024: 0.8, 5120: 0.5}


def main() -> None:
    """Measure and print a table."""
    sides = [int(argument) for argument in sys.argv[1:]] or list(BARS)
    print(f"{'size':>6} {'style':<16}{'ours ms':>9}{'Pillow ms':>11}{'ratio':>7}{'bar':>6}")
    for side in sides:
        for style in options_schema()["properties"]["style"]["enum"]:
            picture = Picture("A lighthouse at dusk, oil painting", {}, 7, side, side, style, 20, 7, None)
            pixels = Image.open(io.BytesIO(placeholder_png(picture))).convert("RGB")
            ours, pillow = [], []
            for _ in range(7 if side <= 1024 else 2):
                ours.append(_milliseconds(lambda picture=picture: placeholder_png(picture)))
                pillow.append(
                    _milliseconds(lambda pixels=pixels: pixels.save(io.BytesIO(), "PNG", compress_level=1))
                )
            ratio, bar = min(ours) / min(pillow), BARS.get(side, 0)
            print(f"{side:>6} {style:<16}{min(ours):>9.1f}{min(pillow):>11.1f}{ratio:>7.2f}{bar:>6}")


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()
