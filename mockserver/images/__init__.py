"""Placeholder images: seeded pictures with the same bytes everywhere, which contain their own options."""

from pixelpact.mockserver.images.errors import (
    DamagedPng,
    ForeignPng,
    ImageError,
    NotAPng,
    PictureError,
    UnknownFormat,
)
from pixelpact.mockserver.images.formats import transcoded
from pixelpact.mockserver.images.picture import RENDERER_VERSION, Picture, canonical_options
from pixelpact.mockserver.images.placeholder import placeholder_png, read_image

__all__ = [
    "RENDERER_VERSION",
    "DamagedPng",
    "ForeignPng",
    "ImageError",
    "NotAPng",
    "Picture",
    "PictureError",
    "UnknownFormat",
    "canonical_options",
    "placeholder_png",
    "read_image",
    "transcoded",
]
