"""Golden hashes of placeholder images: check them here, or write them anew.

    python scripts/goldens.py            # compare; exit 1 where bytes differ
    python scripts/goldens.py --write    # after raising RENDERER_VERSION

It needs neither pytest nor the other development tools, so it runs on any Python, NumPy, Pillow and zlib
that the package admits.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy
import PIL

from pixelpact.mockserver.images import RENDERER_VERSION, Picture, placeholder_png
from pixelpact.schema import options_schema

FILE = Path(__file__).parent.parent / "tests" / "mockserver" / "images" / "goldens.json"
PROMPTS = (
    "A lighthouse at dusk, oil painting",
    "",
    "\u05de\u05d2\u05d3\u05dc\u05d5\u05e8 7 \u05d1\u05d9\u05dd",
    "cat \U0001f431\u200d\U0001f4bb caf\u00e9",
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
    """Every style at every size, with other options each time; then a few large ones."""
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
    """Write, or compare and say where."""
    if "--write" in sys.argv:
        entries = [{**asdict(picture), "sha256": sha256(picture)} for picture in pictures()]
        content = {"renderer_version": RENDERER_VERSION, "pictures": entries}
        FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")
        print(f"{len(entries)} hashes written to {FILE.name}")  # noqa: T201
        return 0
    entries = json.loads(FILE.read_text(encoding="ascii"))["pictures"]
    differing = []
    for entry in entries:
        expected = entry.pop("sha256")
        if sha256(Picture(**entry)) != expected:
            differing.append(entry)
            print("differs:", entry)  # noqa: T201
    print(  # noqa: T201
        f"{len(entries) - len(differing)} of {len(entries)} equal: Python {platform.python_version()}, "
        f"NumPy {numpy.__version__}, Pillow {PIL.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION}, "
        f"{platform.system()} {platform.machine()}"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
