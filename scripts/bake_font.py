"""Bake the caption's font: draw Pillow's built-in Aileron once, and store it as integers.

    python scripts/bake_font.py

Writes `mockserver/images/font.png` (coverage of every glyph at every size, 16 levels) and
`mockserver/images/font.json` (the position of each glyph, and its metrics in pixels). Aileron is by Sora
Sagano and in the public domain (CC0 1.0). Pillow >= 10.1 contains its ASCII part as its default font, so
this script composes the letters with accents. Other versions of FreeType draw other pixels, so a new bake
needs a new RENDERER_VERSION.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from PIL import Image, ImageChops, ImageFont

FOLDER = Path(__file__).parent.parent / "mockserver" / "images"
#: Font sizes in pixels; larger text is a multiple of one of these.
SIZES = (10, 12, 14, 17, 21, 26, 32, 40, 50)
SPACED_BELOW_PX = 16
#: Code points of Latin with accents, punctuation and symbols; those that the font lacks are skipped.
CODES = [*range(0x21, 0x7F), *range(0xA1, 0x180), *range(0x218, 0x21C), *range(0x2010, 0x2070), 0x2122]
SHEET_PX = 1024
#: Combining marks: the glyph to draw, its size in percent, and its place.
MARKS = {
    "\u0300": ("`", 100, "above"),
    "\u0301": ("\u00b4", 100, "above"),
    "\u0302": ("^", 65, "above"),
    "\u0303": ("~", 70, "above"),
    "\u0304": ("-", 100, "above"),
    "\u0306": ("^", 65, "flipped"),
    "\u0307": (".", 100, "above"),
    "\u0308": ("..", 90, "above"),
    "\u030a": ("\u00b0", 85, "above"),
    "\u030b": ("\u00b4\u00b4", 100, "above"),
    "\u030c": ("^", 65, "flipped"),
    "\u0326": (",", 90, "below"),
    "\u0327": (",", 90, "below"),
    "\u0328": (",", 90, "below"),
}
#: Letters without a decomposition: the base letter, and the glyph of the stroke through it.
STRUCK = {
    "ø": ("o", "/"),
    "Ø": ("O", "/"),
    "ł": ("l", "-"),
    "Ł": ("L", "-"),
    "đ": ("d", "-"),
    "Đ": ("D", "-"),
}


class Face:
    """The font at one size."""

    def __init__(self, size: int) -> None:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise SystemExit("This Pillow was built without FreeType. Install a wheel from PyPI.")
        self.font = font
        self.box = (4 * size, 2 * size)
        self.missing = bytes(font.getmask("\U0010ffff"))

    def has(self, text: str) -> bool:
        """Whether the font holds the character."""
        return bytes(self.font.getmask(text)) != self.missing

    def plain(self, text: str) -> Image.Image:
        """The text with its pen at (size, size / 2)."""
        canvas = Image.new("L", self.box)
        mask, (left, top) = self.font.getmask2(text, mode="L")
        size = self.box[1] // 2
        glyph = Image.frombytes("L", mask.size, bytes(mask))
        canvas.paste(glyph, (size + left, size // 2 + top))
        return canvas

    def letter(self, character: str) -> tuple[Image.Image, int] | None:
        """Coverage with its pen at (size, size / 2), and the advance; `None` if it can't be composed."""
        if self.has(character):
            return self.plain(character), round(self.font.getlength(character))
        if character in STRUCK:
            base, stroke = STRUCK[character]
            drawn, mark = self.plain(base), self.plain(stroke)
            return _over(drawn, mark, _center(drawn), _center(mark)), round(self.font.getlength(base))
        parts = unicodedata.normalize("NFD", character)
        if len(parts) != 2 or not self.has(parts[0]) or parts[1] not in MARKS:
            return None
        base, (sign, percent, place) = parts[0], MARKS[parts[1]]
        drawn = self._dotless() if base == "i" and place != "below" else self.plain(base)
        mark = self.plain(sign)
        mark = mark.crop(mark.getbbox())
        scaled = (max(2, mark.width * percent // 100), max(2, mark.height * percent // 100))
        mark = mark.resize(scaled, Image.Resampling.BOX)
        if place == "flipped":
            mark = mark.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
        x = (left + right - mark.width + 1) // 2
        y = bottom if place == "below" else top - mark.height - max(1, self.box[1] // 60)
        canvas = Image.new("L", self.box)
        canvas.paste(mark, (x, y))
        return ImageChops.lighter(drawn, canvas), round(self.font.getlength(base))

    def _dotless(self) -> Image.Image:
        """An i without its dot: cut off at the height of an n."""
        drawn, like = self.plain("i"), self.plain("n").getbbox() or (0, 0, 0, 0)
        drawn.paste(0, (0, 0, drawn.width, like[1]))
        return drawn


def _center(image: Image.Image) -> tuple[int, int]:
    left, top, right, bottom = image.getbbox() or (0, 0, 0, 0)
    return (left + right) // 2, (top + bottom) // 2


def _over(base: Image.Image, mark: Image.Image, at: tuple[int, int], center: tuple[int, int]) -> Image.Image:
    return ImageChops.lighter(base, ImageChops.offset(mark, at[0] - center[0], at[1] - center[1]))


def main() -> None:
    """Draw, pack and write."""
    sheet = Image.new("L", (SHEET_PX, 8192))
    x = y = shelf = 0
    sizes = []
    for size in SIZES:
        face, glyphs = Face(size), {}
        ascent, descent = face.font.getmetrics()
        for character in map(chr, CODES):
            letter = face.letter(character)
            if letter is None or (box := letter[0].getbbox()) is None:
                continue
            glyph = letter[0].crop(box)
            if x + glyph.width > SHEET_PX:
                x, y, shelf = 0, y + shelf, 0
            sheet.paste(glyph.point(lambda cover: (cover * 15 + 127) // 255 * 17), (x, y))
            place = [x, y, *glyph.size, box[0] - size, box[1] - size // 2]
            glyphs[character] = [*place, letter[1]]
            x, shelf = x + glyph.width, max(shelf, glyph.height)
        # Small letters fill their advance, so the space is a pixel wider to keep words apart.
        space = round(face.font.getlength(" ")) + (size < SPACED_BELOW_PX)
        metrics = {"ascent_px": ascent, "descent_px": descent, "space_px": space}
        sizes.append({"size_px": size, **metrics, "glyphs": glyphs})
    sheet.crop((0, 0, SHEET_PX, y + shelf)).save(FOLDER / "font.png", optimize=True)
    text = json.dumps(
        {"font": "Aileron Regular, CC0 1.0, from Pillow", "sizes": sizes}, separators=(",", ":")
    )
    (FOLDER / "font.json").write_text(text.replace('{"size_px"', '\n{"size_px"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
