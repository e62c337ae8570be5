"""Contact sheets of placeholder images for a person to look at.

    python scripts/gallery.py [FOLDER]

`sheet.png`: rows are the styles; columns every aspect ratio, then the same picture from grain to clean.
`styles.png`: one picture of each style, for the README. Both go to `gallery/` unless told another folder.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from pixelpact.mockserver.images import Picture, placeholder_png
from pixelpact.schema import Profile, options_schema

PROMPTS = ("A lighthouse at dusk", "Morning in the forest", "Neon city at night", "Mountain lake in spring")
STEPS = (1, 6, 12, 20, 60)
ROW_PX, GAP_PX = 260, 8


def main() -> None:
    """Draw, shrink, lay out, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    sizes = Profile().value("ratio-sizes")
    styles = list(zip(options_schema()["properties"]["style"]["enum"], PROMPTS, strict=True))
    rows = [
        [_drawn(prompt, seed, size, style, steps=20) for size in sizes.values()]
        + [_drawn(prompt, seed, sizes["1:1"], style, steps=steps) for steps in STEPS]
        for seed, (style, prompt) in enumerate(styles, start=5)
    ]
    _write(rows, folder / "sheet.png")
    wide = [_drawn(prompt, 8, sizes["16:9"], style, steps=60) for style, prompt in styles]
    _write([wide[:2], wide[2:]], folder / "styles.png")


def _write(rows: list[list[Image.Image]], file: Path) -> None:
    width = max(sum(image.width + GAP_PX for image in row) for row in rows) + GAP_PX
    sheet = Image.new("RGB", (width, len(rows) * (ROW_PX + GAP_PX) + GAP_PX), "white")
    for number, row in enumerate(rows):
        x = GAP_PX
        for image in row:
            sheet.paste(image, (x, GAP_PX + number * (ROW_PX + GAP_PX)))
            x += image.width + GAP_PX
    sheet.save(file, optimize=True)
    print(f"{file}: {sheet.width} x {sheet.height}")  # noqa: T201


def _drawn(prompt: str, seed: int, size: tuple[int, int], style: str, *, steps: int) -> Image.Image:
    width, height = size
    data = placeholder_png(Picture(prompt, {}, seed, width, height, style, steps, 7, None))
    return (
        Image.open(io.BytesIO(data))
        .convert("RGB")
        .resize((width * ROW_PX // height, ROW_PX), Image.Resampling.LANCZOS)
    )


if __name__ == "__main__":
    main()
