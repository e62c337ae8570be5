"""The caption: readable at every size, in every script."""

from __future__ import annotations

import numpy as np
import pytest

from pixelpact.mockserver.images import caption
from pixelpact.mockserver.images.font import font_of, is_right_to_left, readable
from pixelpact.mockserver.images.palette import ART_COLORS

HEBREW = "\u05de\u05d2\u05d3\u05dc\u05d5\u05e8 \u05d1\u05d9\u05dd"
PROMPTS = {
    "usual": "A lighthouse at dusk",
    "empty": "",
    "long": "a very long prompt " * 200,
    "one word": "x" * 5000,
    "right to left": HEBREW,
    "emoji": "\U0001f431\u200d\U0001f4bb \U0001f44d\U0001f3fd",
    "ideographs": "\u706f\u53f0",
    "controls": "\0\x1b[31m\r\n",
}
SIZES = [
    (64, 64),
    (64, 80),
    (64, 110),
    (64, 700),
    (700, 64),
    (100, 100),
    (160, 120),
    (512, 512),
    (300, 1200),
    (1200, 300),
]


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_caption_leaves_more_than_half_of_the_picture(prompt, width, height, make_picture):
    pixels = np.zeros((height, width), dtype=np.uint8)

    caption.draw_caption(pixels, picture=make_picture(prompt=prompt, width_px=width, height_px=height))

    covered = (pixels >= ART_COLORS).any(axis=1).sum()
    assert 8 <= covered <= height * 45 // 100
    assert pixels.max() > ART_COLORS


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_mock_is_always_said_in_full(width, height, make_picture):
    card = caption._card(make_picture(width_px=width, height_px=height), width, height)

    assert card.rows[0][0] == "MOCK"
    assert card.small_font.width_px("MOCK") <= width - 2 * card.margin


def test_details_are_all_there_where_there_is_room(make_picture):
    card = caption._card(make_picture(width_px=512, height_px=512), 512, 512)

    assert card.rows == (("MOCK", "512 x 512", "seed 7", "20 steps"),)
    assert card.prompt == ("A lighthouse at dusk",)


def test_details_wrap_where_it_is_narrow(make_picture):
    card = caption._card(make_picture(width_px=130, height_px=900), 130, 900)

    assert len(card.rows) > 1
    assert [piece for row in card.rows for piece in row] == ["MOCK", "130 x 900", "seed 7", "20 steps"]


def test_a_long_prompt_ends_in_an_ellipsis_within_its_room(make_picture):
    card = caption._card(make_picture(prompt=PROMPTS["long"], width_px=512, height_px=512), 512, 512)

    assert len(card.prompt) == 2
    assert card.prompt[-1].endswith("\u2026")
    assert all(card.prompt_font.width_px(line) <= 512 - 2 * card.margin for line in card.prompt)


@pytest.mark.parametrize(
    ("width", "height", "prompt", "expected"),
    [
        (512, 64, PROMPTS["usual"], "A lighthouse at dusk"),
        (300, 80, PROMPTS["usual"], "A lighthouse at\u2026"),
        (300, 80, "fox", "fox"),
        (400, 64, PROMPTS["long"], "a very long prompt a very long prompt\u2026"),
        (5120, 64, HEBREW, " ".join(reversed(HEBREW.split(" ")))),
    ],
)
def test_a_low_and_wide_picture_has_its_prompt_beside_the_details(
    width, height, prompt, expected, make_picture
):
    card = caption._card(make_picture(prompt=prompt, width_px=width, height_px=height), width, height)

    assert (card.prompt, card.beside) == ((), expected)


def test_beside_the_details_a_prompt_from_right_to_left_ends_at_the_margin(make_picture):
    pixels = np.zeros((64, 512), dtype=np.uint8)

    caption.draw_caption(pixels, picture=make_picture(prompt=HEBREW, width_px=512, height_px=64))

    details = pixels[40:, 200:]
    columns = np.nonzero((details > ART_COLORS).any(axis=0))[0]
    assert columns.min() > 200
    assert 290 < columns.max() < 312


@pytest.mark.parametrize(("width", "height"), [(64, 64), (96, 96), (512, 512)])
def test_beside_the_details_is_nothing_where_there_is_no_room_or_no_need(width, height, make_picture):
    card = caption._card(make_picture(width_px=width, height_px=height), width, height)

    assert card.beside == ""


def test_a_prompt_from_right_to_left_stands_on_the_right(make_picture):
    pixels = np.zeros((256, 256), dtype=np.uint8)

    caption.draw_caption(pixels, picture=make_picture(prompt=HEBREW, width_px=256, height_px=256))

    card = caption._card(make_picture(prompt=HEBREW, width_px=256, height_px=256), 256, 256)
    line = pixels[256 - card.height + card.strip + card.gap :][: card.prompt_font.height_px]
    columns = np.nonzero((line > ART_COLORS).any(axis=0))[0]
    assert columns.min() > 128
    assert card.prompt == (" ".join(reversed(HEBREW.split(" "))),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \n b  ", "a b"),
        ("cafe\u0301", "caf\u00e9"),
        ("x\u0301 \u0301y", "x y"),
        ("Ti\u1ebfng Vie\u0323\u0302t", "Ti\u00eang Vi\u00eat"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468"),
        ("\U0001f44d\U0001f3fd!", "\U0001f44d!"),
        ("stra\u00dfe \u2013 a", "strasse - a"),
        ("\0\x07", ""),
    ],
)
def test_text_is_made_readable(text, expected):
    assert readable(text) == expected


@pytest.mark.parametrize("sign", ["\u05d0", "\u706f", "\U0001f431", "\u0416", "\ud800"])
@pytest.mark.parametrize("size", [10, 20, 50, 108])
def test_what_the_font_lacks_has_a_substitute(sign, size):
    ink = font_of(size).line(f" {sign} ")

    assert ink.any()
    assert ink.max() <= 15


@pytest.mark.parametrize("size", range(8, 160))
def test_text_is_nearly_as_large_as_asked(size):
    font = font_of(size)

    ink = font.line("Mg")

    assert ink.shape == (font.height_px, font.width_px("Mg"))
    assert size * 0.6 <= font.height_px <= max(13, size * 1.5)


def test_the_first_letter_gives_the_direction():
    assert is_right_to_left("7 " + HEBREW)
    assert not is_right_to_left("a " + HEBREW)
    assert not is_right_to_left("")
