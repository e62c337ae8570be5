"""Colours come from the prompt, and the options bend them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pixelpact.mockserver.images.palette import ART_COLORS, palette_of, scheme_of
from pixelpact.mockserver.images.styles import FAMILIES


def colors(picture):
    scheme = scheme_of(picture)
    return palette_of(picture, scheme=scheme, ramps=FAMILIES[picture.style].ramps(scheme))[:ART_COLORS]


@pytest.mark.parametrize(
    ("prompt", "channel"),
    [("a forest", 1), ("the ocean", 2), ("fire", 0), ("Forests!", 1)],
    ids=["green", "blue", "red", "plural"],
)
def test_a_word_of_the_prompt_names_its_colour(prompt, channel, make_picture):
    means = colors(make_picture(prompt=prompt)).mean(axis=0)

    assert means.argmax() == channel


def test_the_last_such_word_wins(make_picture):
    dusk, lighthouse = (scheme_of(make_picture(prompt=prompt)) for prompt in ("lighthouse at dusk", "dusk"))

    assert abs(dusk.main[0] - lighthouse.main[0]) < 40


def test_prompts_without_known_words_differ(make_picture):
    schemes = {scheme_of(make_picture(prompt=f"x{number}")) for number in range(20)}

    assert len(schemes) > 15


def test_low_scale_lets_go_of_the_prompt(make_picture):
    def saturation(scale):
        shown = colors(make_picture(prompt="fire", cfg_scale=scale)).astype(int)
        return (shown.max(axis=1) - shown.min(axis=1)).mean()

    assert saturation(1) < saturation(7) < saturation(30)


def test_a_preset_tints_every_colour(make_picture):
    plain, tinted = (colors(make_picture(preset=preset)) for preset in (None, "studio"))

    assert (plain != tinted).any(axis=1).mean() > 0.95


def test_the_seed_lights_every_colour_anew(make_picture):
    one, other = (colors(make_picture(seed=seed)) for seed in (1, 2))

    assert (one != other).any(axis=1).mean() > 0.95


@pytest.mark.parametrize("preset", [None, "red"])
@pytest.mark.parametrize("scale", [1, 7, 30])
def test_no_colour_is_often_the_same_in_two_lights(scale, preset, make_picture):
    """Neither white nor black, where a light could have no room to differ."""
    lit = [
        colors(make_picture(prompt="ember", style="anime", cfg_scale=scale, preset=preset, seed=seed))
        for seed in range(1, 80)
    ]

    same = [(one == other).all(axis=1) for one, other in combinations(lit, 2)]

    assert np.mean(same, axis=0).max() < 0.01
