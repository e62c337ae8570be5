"""The caption: a card at the bottom with a MOCK badge, the details of the picture, and its prompt.

A strip of coloured cells above the card is a fingerprint: it differs for any two different pictures. A
picture too small for text has only the badge and the strip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.font import FULL, Coverage, Font, font_of, is_right_to_left, readable
from pixelpact.mockserver.images.palette import (
    ART_COLORS,
    BADGE,
    BADGE_SHADES,
    EDGE,
    EDGE_SHADES,
    QUIET,
    QUIET_SHADES,
    TEXT,
    TEXT_SHADES,
)
from pixelpact.mockserver.images.picture import Picture, to_json

BADGE_WORD = "MOCK"
_ELLIPSIS = "\u2026"
#: Characters at the beginning of a prompt that are considered.
_SHOWN = 1200
_CELLS = 32
#: Maximum number of lines of the prompt.
_MOST_LINES = 2
#: Minimum width of a prompt beside the details, in heights of a line.
_LEAST_BESIDE = 4

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Card:
    """The layout, in pixels: `rows` are the details, with several pieces in each.

    The prompt is above them in lines, or, if the picture is low and wide, `beside` the last row.
    """

    prompt_font: Font
    small_font: Font
    prompt: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    beside: str
    margin: int
    gap: int
    strip: int
    right_to_left: bool

    @property
    def row_height(self) -> int:
        return self.small_font.height_px + 2 * (self.gap // 3)

    @property
    def height(self) -> int:
        lines = len(self.prompt) * self.prompt_font.height_px + len(self.rows) * self.row_height
        return self.strip + 2 * self.gap + lines + (self.gap // 2 if self.prompt else 0)


def draw_caption(pixels: Pixels, *, picture: Picture) -> None:
    """Draw the caption of `picture` over the lower edge of `pixels` (`height x width`)."""
    height, width = pixels.shape
    card = _card(picture, width, height)
    top = height - min(height, card.height)
    pixels[top:] = TEXT
    _fingerprint(pixels[top : top + card.strip], picture)
    y = top + card.strip + card.gap
    for line in card.prompt:
        ink = card.prompt_font.line(line)
        x = width - card.margin - ink.shape[1] if card.right_to_left else card.margin
        _lay(pixels, ink, x, y, TEXT, TEXT_SHADES)
        y += card.prompt_font.height_px
    y += card.gap // 2 if card.prompt else 0
    for row in card.rows:
        end = _lay_row(pixels, row, y, card)
        y += card.row_height
    if card.beside:
        ink = card.small_font.line(card.beside)
        x = width - card.margin - ink.shape[1] if card.right_to_left else end
        _lay(pixels, ink, x, y - card.row_height + card.gap // 3, TEXT, TEXT_SHADES)


def _card(picture: Picture, width: int, height: int) -> _Card:
    base = min(width, 2 * height)
    size = 8 + base * 5 // 256
    prompt_font, small_font = font_of(size), font_of(max(10, size * 3 // 4))
    gap = max(2, size // 2)
    margin = max(2, min(size, width // 16))
    strip = max(2, size // 5)
    room = width - 2 * margin
    steps = "step" if picture.num_inference_steps == 1 else "steps"
    details = (
        BADGE_WORD,
        f"{picture.width_px} x {picture.height_px}",
        f"seed {picture.seed}",
        f"{picture.num_inference_steps} {steps}",
    )
    rows = _flow(details, small_font, room, gap)
    prompt = readable(picture.prompt[:_SHOWN])
    lines = _wrapped(prompt, prompt_font, room)
    # The first layout that fits into 45 % of the height: two lines of prompt, one, beside, fewer details.
    for shown, kept in ((2, rows), (1, rows), (0, rows), (1, rows[:1]), (0, rows[:1])):
        card = _Card(
            prompt_font=prompt_font,
            small_font=small_font,
            prompt=_shortened(lines, shown, prompt_font, room),
            rows=kept,
            beside="" if shown or kept != rows else _beside(prompt, rows[-1], small_font, room, gap),
            margin=margin,
            gap=gap,
            strip=strip,
            right_to_left=is_right_to_left(prompt),
        )
        if 20 * card.height <= 9 * height:
            break
    return card


def _flow(pieces: tuple[str, ...], font: Font, room: int, gap: int) -> tuple[tuple[str, ...], ...]:
    """`pieces` in rows of at most `room` pixels; pieces that are wider than a row are left out."""
    rows: list[list[str]] = []
    left = -1
    for piece in pieces:
        need = _piece_width(piece, font, gap)
        if need > room and piece != BADGE_WORD:
            continue
        if rows and left >= need + 2 * gap:
            rows[-1].append(piece)
            left -= need + 2 * gap
        else:
            rows.append([piece])
            left = room - need
    return tuple(tuple(row) for row in rows)


def _piece_width(piece: str, font: Font, gap: int) -> int:
    return font.width_px(piece) + (2 * gap if piece == BADGE_WORD else 0)


def _beside(prompt: str, row: tuple[str, ...], font: Font, room: int, gap: int) -> str:
    """The beginning of `prompt` that fits on a line after `row`; empty if that is too short to read."""
    left = room - sum(_piece_width(piece, font, gap) + 2 * gap for piece in row)
    if not prompt or left < min(font.width_px(prompt), _LEAST_BESIDE * font.height_px):
        return ""
    return _shortened(_wrapped(prompt, font, left), 1, font, left)[0]


def _wrapped(text: str, font: Font, room: int) -> list[str]:
    """`text` in lines no wider than `room`, broken at spaces, or within words that are too long."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and font.width_px(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
            continue
        while word and font.width_px(word) > room:
            fits = max(1, _fitting(word, font, room))
            lines.append(word[:fits])
            word = word[fits:]
        if word:
            lines.append(word)
        if len(lines) > _MOST_LINES:
            break
    return lines


def _shortened(lines: list[str], count: int, font: Font, room: int) -> tuple[str, ...]:
    """The first `count` lines, with an ellipsis if there are more; words reversed in right-to-left text."""
    shown = lines[:count]
    if shown and len(lines) > count:
        fits = _fitting(shown[-1], font, room - font.width_px(_ELLIPSIS))
        shown[-1] = shown[-1][:fits].rstrip(" ") + _ELLIPSIS
    return tuple(
        " ".join(reversed(line.split(" "))) if is_right_to_left(lines[0]) else line for line in shown
    )


def _fitting(text: str, font: Font, room: int) -> int:
    """The number of characters of `text` that fit into `room` pixels."""
    used = 0
    for count, sign in enumerate(text):
        used += font.width_px(sign)
        if used > room:
            return count
    return len(text)


def _lay_row(pixels: Pixels, row: tuple[str, ...], y: int, card: _Card) -> int:
    """Draw a row of details; the result is the column where another piece would start."""
    x, inset = card.margin, card.gap // 3
    for piece in row:
        ink = card.small_font.line(piece)
        if piece == BADGE_WORD:
            # Bold: a dark letter on a light ground looks thinner than it is.
            ink = np.minimum(ink * np.uint8(2), np.uint8(FULL))
            for _ in range(card.small_font.height_px // 17):
                ink[:, 1:] = np.maximum(ink[:, 1:], ink[:, :-1])
            wide = min(ink.shape[1] + 2 * card.gap, pixels.shape[1] - x)
            _lay_badge(pixels[y : y + card.row_height, x : x + wide])
            _lay(pixels, ink, x + (wide - ink.shape[1]) // 2, y + inset, BADGE, BADGE_SHADES)
            x += wide + card.gap
        else:
            _lay(pixels, ink, x, y + inset, QUIET, QUIET_SHADES)
            x += ink.shape[1] + 2 * card.gap
    return x


def _lay_badge(place: Pixels) -> None:
    """Draw a plate with rounded corners."""
    rows, columns = place.shape
    radius = max(1, rows // 4)
    ys, xs = (
        (np.abs(2 * np.arange(side) - side + 1) - (side - 2 * radius)).clip(0, None)
        for side in (rows, columns)
    )
    square = ys[:, None] ** 2 + xs[None, :] ** 2
    cover = ((4 * radius * radius - square) * FULL // (8 * radius) + FULL).clip(0, FULL).astype(np.uint8)
    shades = cover * np.uint8(EDGE_SHADES - 1) // np.uint8(FULL)
    place[:] = np.where(cover == FULL, BADGE, EDGE + shades)


def _lay(pixels: Pixels, ink: Coverage, x: int, y: int, ramp: int, shades: int) -> None:
    """Draw `ink` in `shades` palette entries from `ramp`, which is the background, to full ink."""
    left, top = max(0, x), max(0, y)
    place = pixels[top : y + ink.shape[0], left : x + ink.shape[1]]
    part = ink[top - y : top - y + place.shape[0], left - x : left - x + place.shape[1]]
    table = np.array([ramp + cover * (shades - 1) // FULL for cover in range(FULL + 1)], dtype=np.uint8)
    np.copyto(place, table[part], where=part > 0)


def _fingerprint(strip: Pixels, picture: Picture) -> None:
    cells = Chance.of("fingerprint", to_json(picture)).numbers("cells", _CELLS, 0, ART_COLORS - 1)
    strip[:] = cells.astype(np.uint8)[np.arange(strip.shape[1]) * _CELLS // strip.shape[1]]
