"""Raster pictures: placeholder pixels in the requested container.

PNG bytes are the same everywhere. Pillow writes the other containers, with fixed parameters, so their bytes
depend on the versions of Pillow and its codecs alone.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixelpact.mockserver.files.notes import title
from pixelpact.mockserver.files.spec import FileSpec
from pixelpact.schema import options_schema

if TYPE_CHECKING:
    from PIL import Image

#: Width and height in pixels; formats without compression stay below 50 KB.
_SIZE = (240, 180)
_ICON_SIZE = (64, 64)
#: Maximum side of an ICO in pixels: one byte, in which 0 means 256.
_ICON_SIDE = 256
#: Arguments for `Image.save` by extension.
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 75, "subsampling": "4:2:0"},
    "gif": {"format": "GIF"},
    "webp": {"format": "WEBP", "quality": 75, "method": 4},
    "bmp": {"format": "BMP"},
    "tiff": {"format": "TIFF", "compression": "raw"},
    "tga": {"format": "TGA"},
    "ico": {"format": "ICO", "bitmap_format": "bmp"},
}
#: Extensions of formats with three channels; the others keep the palette.
_TRUE_COLOR = frozenset({"jpg", "webp", "ico"})


def picture_file(spec: FileSpec) -> bytes:
    """The picture in the format of the extension: PNG, JPEG, GIF, WebP, BMP, TIFF, TGA or ICO."""
    extension = spec.entry.extension
    size = requested_size(spec.options, default=_ICON_SIZE if extension == "ico" else _SIZE)
    if extension == "png":
        return _png(spec, size=size)
    if extension == "ico":
        size = min(size[0], _ICON_SIDE), min(size[1], _ICON_SIDE)
    settings = dict(_FORMATS[extension])
    if extension == "ico":
        settings["sizes"] = [size]
    return encoded(drawn(spec, size=size), true_color=extension in _TRUE_COLOR, **settings)


def animated_gif(spec: FileSpec) -> bytes:
    """Two alternating pictures of half a second each, in an endless loop."""
    first, second = drawn(spec, size=_SIZE), drawn(spec, size=_SIZE, variant=1)
    return encoded(first, format="GIF", save_all=True, append_images=[second], duration=500, loop=0)


def requested_size(options: Mapping[str, Any], *, default: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels, from the options of these names; one alone keeps the default's shape.

    Values other than whole numbers from 1 to the largest side of a text-to-image picture are ignored.

    >>> requested_size({"width": 100}, default=(240, 180))
    (100, 75)
    >>> requested_size({"height": "9"}, default=(240, 180))
    (240, 180)
    """
    width, height = _side(options, "width"), _side(options, "height")
    if width and height:
        return width, height
    if width:
        return width, max(1, width * default[1] // default[0])
    if height:
        return max(1, height * default[0] // default[1]), height
    return default


def drawn(spec: FileSpec, *, size: tuple[int, int], variant: int = 0) -> Image.Image:
    """The picture of the sources, in indexed colors; each `variant` of the same spec differs."""
    from PIL import Image

    picture = Image.open(io.BytesIO(_placeholder(spec, size=size, variant=variant)))
    return picture.crop((0, 0, *size)) if picture.size != size else picture.copy()


def encoded(picture: Image.Image, *, true_color: bool = False, **settings: Any) -> bytes:
    """The picture in a format given by Pillow's `settings`, without the text chunks of the drawn PNG."""
    plain = picture.convert("RGB") if true_color else picture
    plain.info = {}
    buffer = io.BytesIO()
    plain.save(buffer, **settings)
    return buffer.getvalue()


def _png(spec: FileSpec, *, size: tuple[int, int]) -> bytes:
    whole = _placeholder(spec, size=size, variant=0)
    picture = drawn(spec, size=size)
    if whole[16:24] == size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big"):
        return whole
    import numpy as np

    from pixelpact.mockserver.images.png import Sheet

    sheet = Sheet.blank(width_px=size[0], height_px=size[1])
    sheet.pixels[:] = np.asarray(picture)
    palette = np.frombuffer(bytes(picture.getpalette() or []), dtype=np.uint8).reshape(-1, 3)
    return sheet.encoded(palette=palette, texts={})


def _placeholder(spec: FileSpec, *, size: tuple[int, int], variant: int) -> bytes:
    """The drawn PNG, enlarged to the smallest size of a text-to-image picture where necessary."""
    from pixelpact.mockserver.images.picture import Picture
    from pixelpact.mockserver.images.placeholder import placeholder_png

    sides, seeds = options_schema()["properties"]["width"], options_schema()["properties"]["seed"]
    return placeholder_png(
        Picture(
            prompt=title(spec),
            options={},
            seed=seeds["minimum"] + (spec.seed + variant - seeds["minimum"]) % seeds["maximum"],
            width_px=max(size[0], sides["minimum"]),
            height_px=max(size[1], sides["minimum"]),
            style="generic",
            num_inference_steps=options_schema()["properties"]["num_inference_steps"]["maximum"],
            cfg_scale=7,
            preset=None,
        )
    )


def _side(options: Mapping[str, Any], name: str) -> int | None:
    value, largest = options.get(name), options_schema()["properties"][name]["maximum"]
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return int(value) if value is not None and whole and 1 <= value <= largest else None
