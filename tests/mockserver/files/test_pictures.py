"""Pictures open in Pillow and have the size that was asked for."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from pixelpact.mockserver.files.placeholder import placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.mockserver.images.placeholder import read_image
from pixelpact.schema import find_conversion

Made = Any


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def drawn(target: str, source: Source, **options: Any) -> Image.Image:
    entry = find_conversion(target)
    assert entry is not None
    return opened(placeholder_file(entry, [source], options=options, seed=7))


@pytest.mark.parametrize(
    ("target", "kind", "size"),
    [
        ("png", "PNG", (240, 180)),
        ("jpg", "JPEG", (240, 180)),
        ("gif", "GIF", (240, 180)),
        ("webp", "WEBP", (240, 180)),
        ("bmp", "BMP", (240, 180)),
        ("tiff", "TIFF", (240, 180)),
        ("tga", "TGA", (240, 180)),
        ("ico", "ICO", (64, 64)),
        ("thumbnail", "PNG", (240, 180)),
        ("resize-image", "PNG", (240, 180)),
        ("compare-image", "PNG", (240, 180)),
        ("image-inpaint", "PNG", (240, 180)),
    ],
)
def test_a_picture_opens_and_shows_something(
    target: str, kind: str, size: tuple[int, int], fox: Source
) -> None:
    picture = drawn(target, fox)

    assert (picture.format, picture.size) == (kind, size)
    assert len(picture.convert("RGB").getcolors(maxcolors=240 * 180) or []) > 20


@pytest.mark.parametrize("target", ["bmp", "tiff", "tga", "gif"])
def test_containers_without_loss_hold_the_same_pixels(target: str, fox: Source) -> None:
    assert drawn(target, fox).convert("RGB").tobytes() == drawn("png", fox).convert("RGB").tobytes()


def test_a_png_says_what_it_was_made_of(fox: Source) -> None:
    entry = find_conversion("png")
    assert entry is not None

    picture = read_image(placeholder_file(entry, [fox], options={}, seed=7))

    assert (picture.prompt, picture.seed) == (fox.name, 7)


@pytest.mark.parametrize("seed", [0, 1, 4294967295, 4294967296, 2**70])
def test_any_seed_will_do(seed: int, fox: Source) -> None:
    entry = find_conversion("png")
    assert entry is not None

    picture = read_image(placeholder_file(entry, [fox], options={}, seed=seed))

    assert 1 <= picture.seed <= 4294967295


@pytest.mark.parametrize("target", ["thumbnail", "resize-image", "jpg", "png"])
@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 200, "height": 100}, (200, 100)),
        ({"width": 100}, (100, 75)),
        ({"height": 90}, (120, 90)),
        ({"width": 100.0}, (100, 75)),
        ({"width": 1, "height": 1}, (1, 1)),
        ({"width": 32, "height": 90}, (32, 90)),
        ({"width": 1}, (1, 1)),
        ({"width": 5121}, (240, 180)),
        ({"width": 0}, (240, 180)),
        ({"width": -5}, (240, 180)),
        ({"width": 99.5}, (240, 180)),
        ({"width": True}, (240, 180)),
        ({"width": "100"}, (240, 180)),
        ({"width": None}, (240, 180)),
        ({"width": [100]}, (240, 180)),
        ({"width": 10**400}, (240, 180)),
        ({"quality": 5}, (240, 180)),
    ],
    ids=str,
)
def test_the_size_follows_whole_numbers(
    target: str, options: dict[str, Any], size: tuple[int, int], fox: Source
) -> None:
    assert drawn(target, fox, **options).size == size


def test_an_icon_is_at_most_256_wide(fox: Source) -> None:
    assert drawn("ico", fox, width=300, height=20).size == (256, 20)


def test_the_video_gif_moves(made: Made) -> None:
    moving = opened(made("gif", "video"))
    first = moving.convert("RGB").tobytes()
    moving.seek(1)

    assert (getattr(moving, "n_frames", 0), moving.info["duration"], moving.info["loop"]) == (2, 500, 0)
    assert moving.convert("RGB").tobytes() != first
