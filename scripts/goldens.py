"""Golden hashes of placeholder images: compare them, or write new ones.

    python scripts/goldens.py                          # compare; exit 1 if bytes differ
    python scripts/goldens.py --workers 4 --order 2    # by four processes, in random order
    python scripts/goldens.py --write                  # after raising RENDERER_VERSION

It doesn't need pytest or other development tools, so it runs with any supported version of Python, NumPy,
Pillow and zlib.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy
import PIL
from PIL import features

from pixelpact.mockserver.images.picture import RENDERER_VERSION, Picture
from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.schema import options_schema

FILE = Path(__file__).parent.parent / "tests" / "mockserver" / "images" / "goldens.json"
PROMPTS = (
    "A lighthouse at dusk, oil painting",
    "",
    "\u05de\u05d2\u05d3\u05dc\u05d5\u05e8 7 \u05d1\u05d9\u05dd",
    "cat \U0001f431\u200d\U0001f4bb caf\u00e9 cafe\u0301 Vi\u1ec7t",
    "word " * 90,
    "\u706f\u53f0\nat night",
    "\ud800 alone\0",
)
SIZES = (
    (64, 64),
    (512, 512),
    (64, 700),
    (701, 64),
    (333, 517),
    (1024, 576),
    (96, 200),
    (640, 97),
    (257, 255),
    (512, 64),
    (64, 512),
)


def pictures() -> Iterator[Picture]:
    """Every style at every size, with varying options; then a few large ones."""
    properties = options_schema()["properties"]
    for number, (width, height) in enumerate(SIZES):
        for style_number, style in enumerate(properties["style"]["enum"]):
            turn = number * 4 + style_number
            options = {"width": width, "height": height, "seed": turn + 1, "style": style}
            yield Picture(
                prompt=PROMPTS[turn % len(PROMPTS)],
                options=options,
                seed=(turn + 1) * 104_729_057 % properties["seed"]["maximum"],
                width_px=width,
                height_px=height,
                style=style,
                num_inference_steps=(1, 5, 12, 20, 20, 33, 50, 60)[turn % 8],
                cfg_scale=(7, 1, 30, 7.5, 12.25, 3)[turn % 6],
                preset=(None, None, "studio", "n\u00e9on\n")[turn % 4],
            )
    for style, (width, height) in zip(
        properties["style"]["enum"], ((1920, 1080), (2900, 2500), (2560, 1100), (1700, 2300)), strict=True
    ):
        yield Picture("a mountain lake", {}, 7, width, height, style, 20, 7, None)


def sha256(picture: Picture) -> str:
    """The hash of a picture's bytes."""
    return hashlib.sha256(placeholder_png(picture)).hexdigest()


def main() -> int:
    """Write the hashes, or compare them and print the differences."""
    parser = argparse.ArgumentParser(description="Golden hashes of placeholder images.")
    parser.add_argument("--write", action="store_true", help="write new hashes")
    parser.add_argument("--workers", type=int, default=1, help="number of processes that draw")
    parser.add_argument("--order", type=int, help="seed of a random order")
    arguments = parser.parse_args()
    if arguments.write:
        entries = [{**asdict(picture), "sha256": sha256(picture)} for picture in pictures()]
        content = {"renderer_version": RENDERER_VERSION, "pictures": entries}
        FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")
        print(f"{len(entries)} hashes written to {FILE.name}")
        return 0
    return _compare(workers=arguments.workers, order=arguments.order)


def _compare(*, workers: int, order: int | None) -> int:
    entries = json.loads(FILE.read_text(encoding="ascii"))["pictures"]
    if order is not None:
        Random(order).shuffle(entries)  # noqa: S311  # any order will do
    expected = [entry.pop("sha256") for entry in entries]
    drawn = _drawn([Picture(**entry) for entry in entries], workers=workers)
    differing = [entry for entry, *pair in zip(entries, expected, drawn, strict=True) if pair[0] != pair[1]]
    for entry in differing:
        print("differs:", entry)
    print(f"{len(entries) - len(differing)} of {len(entries)} equal  {_surroundings()}", end="")
    print(f"  workers {workers}  order {'as listed' if order is None else order}")
    return 1 if differing else 0


def _drawn(pictures: list[Picture], *, workers: int) -> list[str]:
    if workers == 1:
        return list(map(sha256, pictures))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(sha256, pictures))


def _surroundings() -> str:
    """The versions of everything that could matter; the first zlib is Python's, the second Pillow's."""
    ours = getattr(zlib, "ZLIBNG_VERSION", None)
    pythons = f"zlib-ng {ours}" if ours else f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
    pillows = features.version("zlib_ng") if "zlib_ng" in features.features else None
    pillows = f"zlib-ng {pillows}" if pillows else f"zlib {features.version('zlib')}"
    return (
        f"Python {platform.python_version():<7} NumPy {numpy.__version__:<7} Pillow {PIL.__version__:<7} "
        f"{pythons + ', ' + pillows:<28} {platform.system()} {platform.machine()}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
