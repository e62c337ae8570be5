"""The styles of pictures, drawn with palette indices and integer arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pixelpact.mockserver.images.styles import anime, artistic, generic, photorealistic
from pixelpact.mockserver.images.styles.family import Family

#: Families by the style's name in the options schema.
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "anime": anime.FAMILY,
        "artistic": artistic.FAMILY,
        "generic": generic.FAMILY,
        "photorealistic": photorealistic.FAMILY,
    }
)

__all__ = ["FAMILIES", "Family"]
