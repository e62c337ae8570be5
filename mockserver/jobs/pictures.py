"""The picture that a set of options asks for: its size, seed and settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pixelpact.mockserver.images.picture import Picture, canonical_options
from pixelpact.schema import Profile


def resolve_picture(*, prompt: str, options: Mapping[str, Any], seed: int, profile: Profile) -> Picture:
    """The picture that valid `options` ask for; `seed` and the profile supply what they omit.

    >>> picture = resolve_picture(prompt="a fox", options={"aspect_ratio": "16:9"}, seed=7, profile=Profile())
    >>> picture.width_px, picture.height_px, picture.style
    (1280, 720, 'generic')
    """
    settings = {**profile.value("default-settings"), **options}
    width_px, height_px = picture_size(options, profile=profile)
    return Picture(
        prompt=prompt,
        options=canonical_options(options),
        seed=int(options.get("seed", seed)),
        width_px=width_px,
        height_px=height_px,
        style=settings["style"],
        num_inference_steps=int(settings["num_inference_steps"]),
        cfg_scale=settings["cfg_scale"],
        preset=options.get("preset"),
    )


def picture_size(options: Mapping[str, Any], *, profile: Profile) -> tuple[int, int]:
    """Width and height in pixels; the options of these names override aspect_ratio (option table)."""
    default: list[int] = profile.value("default-size")
    width, height = options.get("width"), options.get("height")
    if width is None and height is None:
        ratios: dict[str, list[int]] = profile.value("ratio-sizes")
        size = ratios.get(options.get("aspect_ratio", ""), default)
        return size[0], size[1]
    if profile["single-side"] == "same":
        default = [options.get("width", height), options.get("height", width)]
    whole = math.floor if profile["fractional-pixels"] == "floor" else _round_half_up
    return whole(options.get("width", default[0])), whole(options.get("height", default[1]))


def _round_half_up(number: float) -> int:
    return math.floor(number + 0.5)
