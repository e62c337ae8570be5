"""From options to the bytes of a picture: its exact size, and which options matter."""

from __future__ import annotations

import math
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixelpact.mockserver import placeholder_png, resolve_picture
from pixelpact.mockserver.images.png import size_of
from pixelpact.mockserver.jobs.pictures import picture_size
from pixelpact.schema import Profile, options_schema
from tests.bodies import runnable

LIMITS = options_schema()["properties"]
SHORTEST, LONGEST = LIMITS["width"]["minimum"], LIMITS["width"]["maximum"]
sides = st.integers(SHORTEST, LONGEST) | st.floats(SHORTEST, LONGEST)
short_sides = st.integers(SHORTEST, 100) | st.floats(SHORTEST, 100)


def drawn_size(options: dict[str, Any], profile: Profile) -> tuple[int, int]:
    return size_of(placeholder_png(resolve_picture(prompt="", options=options, seed=7, profile=profile)))


def checksum(http: httpx.Client, options: dict[str, Any]) -> str:
    job = http.post("/jobs", json=runnable(options)).json()
    found: str = http.get(f"/jobs/{job['id']}").json()["output"][0]["checksum"]
    return found


@pytest.mark.parametrize("sizes", ["exact", "half"])
@pytest.mark.parametrize("ratio", LIMITS["aspect_ratio"]["enum"])
def test_a_picture_has_its_ratio_to_the_pixel(ratio: str, sizes: str) -> None:
    profile = Profile({"ratio-sizes": sizes})
    across, down = map(int, ratio.split(":"))

    width, height = drawn_size({"aspect_ratio": ratio}, profile)

    assert [width, height] == profile.value("ratio-sizes")[ratio]
    assert width * down == height * across


@settings(max_examples=60)
@given(short=short_sides, long=sides, names=st.permutations(["width", "height"]))
def test_a_picture_has_its_size_to_the_pixel(short: float, long: float, names: list[str]) -> None:
    options = dict(zip(names, (short, long), strict=True))

    size = drawn_size(options, Profile())

    assert size == (math.floor(options["width"]), math.floor(options["height"]))


@given(width=sides, height=sides)
def test_fractions_of_a_pixel_follow_the_profile(width: float, height: float) -> None:
    options = {"width": width, "height": height}

    floor, rounded = (
        picture_size(options, profile=Profile({"fractional-pixels": way})) for way in ("floor", "round")
    )

    assert floor == (int(width), int(height))
    assert rounded == (int(width + 0.5), int(height + 0.5))


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 8},
        {"style": "anime"},
        {"num_inference_steps": 21},
        {"cfg_scale": 7.25},
        {"preset": "studio"},
        {"width": 65},
        {"height": 65},
    ],
    ids=lambda options: next(iter(options)),
)
def test_an_option_that_matters_changes_the_checksum(http: httpx.Client, options: dict[str, Any]) -> None:
    assert checksum(http, options) != checksum(http, {})


@pytest.mark.parametrize(
    "options",
    [
        {"download_password": "sesame"},
        {"allow_multiple_outputs": True},
        {"allow_multiple_outputs": False},
        {"aspect_ratio": "16:9"},
    ],
    ids=str,
)
def test_an_option_of_no_matter_leaves_what_is_shown_alone(
    http: httpx.Client, options: dict[str, Any]
) -> None:
    assert checksum(http, options) == checksum(http, {})
