"""Contact sheets of placeholder images, for people to look at.

    python scripts/gallery.py [FOLDER]

`sheet.png` shows every style at every number of `STEPS`, one row each, in every aspect ratio. `styles.png`
shows some of these for the README, one row for each style. The default folder is `gallery/`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from pixelpact.mockserver.images.picture import Picture
from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.schema import Profile, options_schema

PROMPTS = ("A lighthouse at dusk", "Morning in the forest", "Neon city at night", "Mountain lake in spring")
STEPS = (1, 6, 12, 60)
#: Aspect ratios and steps of the pictures in the README.
SHOWN = (("16:9", 60), ("1:1", 1), ("1:1", 8), ("1:1", 20), ("9:16", 60))
SEED, ROW_PX, GAP_PX = 5, 160, 8


def main() -> None:
    """Draw, shrink, lay out, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    ratios = Profile().value("ratio-sizes")
    styles = list(zip(options_schema()["properties"]["style"]["enum"], PROMPTS, strict=True))
    rows = [
        [_drawn(prompt, size, style, steps=steps) for size in ratios.values()]
        for style, prompt in styles
        for steps in STEPS
    ]
    _write(rows, folder / "sheet.png")
    shown = [
        [_drawn(prompt, ratios[ratio], style, steps=steps) for ratio, steps in SHOWN]
        for style, prompt in styles
    ]
    _write(shown, folder / "styles.png")


def _write(rows: list[list[Image.Image]], file: Path) -> None:
    width = max(sum(image.width + GAP_PX for image in row) for row in rows) + GAP_PX
    sheet = Image.new("RGB", (width, len(rows) * (ROW_PX + GAP_PX) + GAP_PX), "white")
    for number, row in enumerate(rows):
        x = GAP_PX
        for image in row:
            sheet.paste(image, (x, GAP_PX + number * (ROW_PX + GAP_PX)))
            x += image.width + GAP_PX
    sheet.save(file, optimize=True)
    print(f"{file}: {sheet.width} x {sheet.height}")


def _drawn(prompt: str, size: tuple[int, int], style: str, *, steps: int) -> Image.Image:
    width, height = size
    data = placeholder_png(Picture(prompt, {}, SEED, width, height, style, steps, 7, None))
    return (
        Image.open(io.BytesIO(data))
        .convert("RGB")
        .resize((width * ROW_PX // height, ROW_PX), Image.Resampling.LANCZOS)
    )


if __name__ == "__main__":
    main()
