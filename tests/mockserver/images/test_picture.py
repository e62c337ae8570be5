"""A picture's description: canonical, and within the schema."""

from __future__ import annotations

import pickle

import pytest

from pixelpact.mockserver.images.errors import (
    DamagedPng,
    ForeignPng,
    ImageError,
    NotAPng,
    PictureError,
    UnknownFormat,
)
from pixelpact.mockserver.images.formats import transcoded
from pixelpact.mockserver.images.picture import canonical_options
from pixelpact.schema import options_schema


def test_delivery_and_secrets_are_left_out():
    options = {
        "download_password": "x",
        "allow_multiple_outputs": True,
        "seed": 7.0,
        "cfg_scale": 7.5,
        "new": 1,
    }

    assert repr(canonical_options(options)) == "{'cfg_scale': 7.5, 'seed': 7}"


def test_every_secret_of_the_schema_is_left_out():
    properties = options_schema()["properties"]
    kept = canonical_options(dict.fromkeys(properties, "x"))

    assert not [name for name in kept if properties[name].get("writeOnly")]


@pytest.mark.parametrize("side", ["width", "height"])
def test_ratio_is_left_out_beside_a_side(side):
    assert repr(canonical_options({"aspect_ratio": "1:1", side: 512.0})) == repr({side: 512})


def test_ratio_alone_stays():
    assert canonical_options({"aspect_ratio": "1:1"}) == {"aspect_ratio": "1:1"}


def test_names_are_sorted_and_whole_numbers_are_integers():
    canonical = canonical_options({"width": 512.5, "seed": 9.0, "cfg_scale": 30.0})

    assert repr(canonical) == "{'cfg_scale': 30, 'seed': 9, 'width': 512.5}"


def test_equal_pictures_are_one_key(make_picture):
    assert {make_picture(cfg_scale=7.0, options={"seed": 7.0}): 1}[make_picture(options={"seed": 7})] == 1


def test_a_picture_travels_to_another_process(make_picture):
    picture = make_picture(options={"seed": 7})

    assert pickle.loads(pickle.dumps(picture)) == picture


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("style", "cubist", "one of anime, artistic, generic, photorealistic"),
        ("seed", 0, "at least 1"),
        ("seed", 2**32, "at most 4294967295"),
        ("seed", True, "an integer"),
        ("width_px", 63, "at least 64"),
        ("height_px", 5121, "at most 5120"),
        ("width_px", 64.5, "a whole number of pixels"),
        ("num_inference_steps", 61, "at most 60"),
        ("cfg_scale", 0.5, "at least 1"),
        ("cfg_scale", float("nan"), "a number"),
        ("preset", "", r"match \^.*"),
        ("prompt", b"bytes", "a text"),
        ("options", None, "a mapping"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(field, value, expected, make_picture):
    with pytest.raises(PictureError, match=f"A picture's {field} must .*{expected}[,;] got") as refusal:
        make_picture(**{field: value})

    assert refusal.value.field == field


@pytest.mark.parametrize("seed", [-5, float("inf"), "7", [7]])
def test_options_out_of_range_are_refused(seed, make_picture):
    with pytest.raises(PictureError, match=r"A picture's options\['seed'\] must be .*, got") as refusal:
        make_picture(options={"seed": seed})

    assert (refusal.value.field, refusal.value.value) == ("options['seed']", seed)


def test_an_unknown_format_is_refused_with_those_that_are_known():
    with pytest.raises(
        UnknownFormat, match=r"no picture format 'bmp'\. Use one of png, jpg, webp\."
    ) as refusal:
        transcoded(b"", extension="bmp")

    assert (refusal.value.extension, refusal.value.known) == ("bmp", ("png", "jpg", "webp"))


@pytest.mark.parametrize("error", [PictureError, UnknownFormat, NotAPng, DamagedPng, ForeignPng])
def test_every_error_is_an_image_error_and_a_value_error(error):
    assert issubclass(error, ImageError)
    assert issubclass(ImageError, ValueError)
