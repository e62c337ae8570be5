"""What a placeholder shows, and that it says what it was asked."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pixelpact.mockserver.images.chance import Chance
from pixelpact.mockserver.images.palette import ART_COLORS, scheme_of
from pixelpact.mockserver.images.picture import Picture
from pixelpact.mockserver.images.placeholder import placeholder_png, read_image
from pixelpact.mockserver.images.styles import FAMILIES
from pixelpact.schema import options_schema

LIMITS = options_schema()["properties"]
STYLES = LIMITS["style"]["enum"]
SMALLEST, LARGEST = LIMITS["width"]["minimum"], LIMITS["width"]["maximum"]
ODD_SIZES = [(SMALLEST, SMALLEST), (65, 67), (127, 509), (509, 127), (SMALLEST, LARGEST), (LARGEST, SMALLEST)]


def whole(option):
    return st.integers(LIMITS[option]["minimum"], LIMITS[option]["maximum"])


numbers = st.integers(1, 30) | st.floats(1, 30)
some_options = st.fixed_dictionaries(
    {},
    optional={
        "seed": whole("seed"),
        "cfg_scale": numbers,
        "width": st.floats(64, 5120),
        "aspect_ratio": st.sampled_from(LIMITS["aspect_ratio"]["enum"]),
        "preset": st.text(min_size=1, max_size=20),
        "download_password": st.text(max_size=5),
        "allow_multiple_outputs": st.booleans(),
    },
)
pictures = st.builds(
    Picture,
    prompt=st.text(st.characters(), max_size=60),
    options=some_options,
    seed=whole("seed"),
    width_px=st.integers(64, 150),
    height_px=st.integers(64, 150),
    style=st.sampled_from(STYLES),
    num_inference_steps=whole("num_inference_steps"),
    cfg_scale=numbers,
    preset=st.none() | st.text(min_size=1, max_size=20),
)


@settings(max_examples=60, deadline=None)
@given(pictures)
def test_what_was_asked_can_be_read_back(picture):
    data = placeholder_png(picture)

    assert read_image(data) == picture
    assert placeholder_png(read_image(data)) == data


@pytest.mark.parametrize(
    "prompt", ["\ud800", "\0 a\0b", "\U0001f468\u200d\U0001f469", "x" * 300_000, "a\nb\t\u2028"]
)
def test_every_prompt_comes_back(prompt, make_picture):
    picture = make_picture(prompt=prompt)

    assert read_image(placeholder_png(picture)) == picture


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("width", "height"), ODD_SIZES)
def test_size_is_exact_and_the_file_sound(style, width, height, make_picture):
    data = placeholder_png(make_picture(style=style, width_px=width, height_px=height))

    with Image.open(io.BytesIO(data)) as image:
        image.verify()
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert (image.size, image.mode) == ((width, height), "P")
        assert image.info["parameters"].startswith("A lighthouse at dusk\nSteps: 20, CFG scale: 7, Seed: 7, ")


def test_the_stream_inflates_to_lines_without_filter(make_picture):
    data = placeholder_png(make_picture(width_px=101, height_px=77))
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])

    lines = zlib.decompress(data[start + 4 : start + 4 + length])

    assert len(lines) == 77 * 102
    assert set(lines[::102]) == {0}


def test_every_block_of_the_stream_is_stored(make_picture):
    """RFC 1951, 3.2.3: the final flag, then the type of the block, 00 for one without compression."""
    data = placeholder_png(make_picture(width_px=101, height_px=77))
    start = data.index(b"IDAT") + 4 + len(b"\x78\x01")

    blocks = [data[start + line * 107 : start + line * 107 + 5] for line in range(77)]

    assert {block[0] for block in blocks[:-1]} == {0}
    assert blocks[-1][0] == 1
    assert {struct.unpack("<xHH", block) for block in blocks} == {(102, 0xFFFF - 102)}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "A lighthouse at dawn"},
        {"seed": 8},
        {"width_px": 161},
        {"height_px": 129},
        {"num_inference_steps": 21},
        {"cfg_scale": 7.001},
        {"preset": "studio"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_matters_changes_the_picture(style, change, make_picture, colors_of):
    plain, changed = (colors_of(make_picture(style=style, **more)) for more in ({}, change))

    assert plain.shape != changed.shape or (plain != changed).any()


def test_styles_differ_everywhere(make_picture, colors_of):
    shown = [colors_of(make_picture(style=style)) for style in STYLES]

    shares = [
        (one != other).any(axis=2).mean() for index, one in enumerate(shown) for other in shown[index + 1 :]
    ]

    assert min(shares) > 0.5


@pytest.mark.parametrize("name", ["download_password", "allow_multiple_outputs", "unknown"])
def test_what_does_not_matter_leaves_the_bytes_alone(name, make_picture):
    plain, with_option = (
        make_picture(options=options) for options in ({"seed": 7}, {"seed": 7, name: "s3cret-value"})
    )

    data = placeholder_png(with_option)

    assert data == placeholder_png(plain)
    assert b"s3cret-value" not in data


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seeds", [(1, 2), (7, 2**32 - 1), (1000, 1001)])
@pytest.mark.parametrize(
    ("width", "height"), [(300, 300), (64, 80), (64, 110), (103, 160), (640, 64), (64, 640)]
)
def test_two_seeds_differ_in_more_than_half_of_the_pixels(
    style, seeds, width, height, make_picture, colors_of
):
    one, other = (
        colors_of(
            make_picture(style=style, seed=seed, width_px=width, height_px=height, num_inference_steps=60)
        )
        for seed in seeds
    )

    assert (one != other).any(axis=2).mean() > 0.5


@pytest.mark.parametrize("style", STYLES)
def test_seed_changes_the_composition_not_only_the_light(style):
    family = FAMILIES[style]
    sheets = [np.zeros((200, 200), dtype=np.uint8) for _ in range(2)]
    for seed, sheet in enumerate(sheets):
        family.draw(sheet, Chance.of(seed))

    assert (sheets[0] != sheets[1]).mean() > 0.4


@pytest.mark.parametrize("style", STYLES)
def test_noise_falls_with_every_step(style, make_picture, colors_of):
    clean = colors_of(make_picture(style=style, num_inference_steps=60)).astype(int)

    noise = [
        np.abs(colors_of(make_picture(style=style, num_inference_steps=steps)).astype(int) - clean)[
            :70
        ].mean()
        for steps in (1, 4, 8, 14, 20, 40)
    ]

    assert noise == sorted(noise, reverse=True)
    assert noise[0] > 20
    assert noise[-1] < 3


def test_scale_raises_contrast(make_picture, colors_of):
    spread = [colors_of(make_picture(cfg_scale=scale))[:70].std() for scale in (1, 7, 30)]

    assert spread == sorted(spread)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_uses_the_palette_it_has(style, make_picture):
    ramps = FAMILIES[style].ramps(scheme_of(make_picture()))
    sheet = np.full((240, 320), 255, dtype=np.uint8)
    FAMILIES[style].draw(sheet, Chance.of(1))

    assert sum(ramp.length for ramp in ramps) == ART_COLORS
    assert sheet.max() < ART_COLORS


def test_families_are_the_styles_of_the_schema():
    assert list(FAMILIES) == STYLES


def test_the_whole_picture_is_small_in_memory_beside_its_pixels():
    side = 1024
    picture = Picture("p", {}, 7, side, side, "photorealistic", 20, 7, None)
    placeholder_png(picture)
    tracemalloc.start()
    try:
        placeholder_png(picture)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak <= 4 * side * side + 40_000_000


def test_a_sun_far_from_the_corner_is_drawn(make_picture):
    """Seed 570 once put a corner beyond the last ring of the sky."""
    picture = make_picture(prompt="", seed=570, width_px=64, height_px=64, style="anime")

    assert read_image(placeholder_png(picture)) == picture
