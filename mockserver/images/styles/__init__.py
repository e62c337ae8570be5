"""The styles: each draws its own kind of picture, on palette indices, in integers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pixelpact.mockserver.images.styles import anime, artistic, generic, photorealistic
from pixelpact.mockserver.images.styles.family import Family

#: By the name the options schema has for it.
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "anime": anime.FAMILY,
        "artistic": artistic.FAMILY,
        "generic": generic.FAMILY,
        "photorealistic": photorealistic.FAMILY,
    }
)

__all__ = ["FAMILIES", "Family"]
