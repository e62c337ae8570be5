"""Bake the dithering pattern: blue noise, 64 x 64 thresholds from 0 to 255.

    python scripts/bake_noise.py

Writes `mockserver/images/noise.png`. Each round keeps the high frequencies of the pattern and distributes its
values evenly again. Fourier transforms of other machines may round differently, so a new bake needs a new
RENDERER_VERSION.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

FILE = Path(__file__).parent.parent / "mockserver" / "images" / "noise.png"
SIDE, ROUNDS, SIGMA = 64, 60, 1.5


def main() -> None:
    """Filter, rank, repeat, write."""
    pattern = np.random.default_rng(7).random((SIDE, SIDE))
    frequency = np.fft.fftfreq(SIDE)
    square = frequency[:, None] ** 2 + frequency[None, :] ** 2
    high = 1 - np.exp(-2 * (np.pi * SIGMA) ** 2 * square)
    for _ in range(ROUNDS):
        pattern = np.fft.ifft2(np.fft.fft2(pattern) * high).real
        pattern = pattern.argsort(axis=None).argsort().reshape(SIDE, SIDE) / pattern.size
    Image.fromarray((pattern * 256).astype(np.uint8)).save(FILE, optimize=True)


if __name__ == "__main__":
    main()
