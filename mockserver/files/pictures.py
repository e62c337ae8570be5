"""Raster pictures: the project's placeholder pixels, in the container that was asked for.

PNG bytes are the same everywhere. The other containers are written by Pillow with fixed parameters: the same
bytes wherever Pillow and its codecs have the same version.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixelpact.mockserver.files.notes import title
from pixelpact.mockserver.files.order import Order
from pixelpact.schema import options_schema

if TYPE_CHECKING:
    from PIL import Image

#: Small enough for a file of less than 50 KB in formats that don't compress.
_SIZE = (240, 180)
_ICON_SIZE = (64, 64)
#: The largest picture of an ICO: its byte for a side counts 0 as 256.
_ICON_SIDE = 256
#: What Pillow is told for each extension.
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 75, "subsampling": "4:2:0"},
    "gif": {"format": "GIF"},
    "webp": {"format": "WEBP", "quality": 75, "method": 4},
    "bmp": {"format": "BMP"},
    "tiff": {"format": "TIFF", "compression": "raw"},
    "tga": {"format": "TGA"},
    "ico": {"format": "ICO", "bitmap_format": "bmp"},
}
#: Formats with three channels; the others keep the palette.
_TRUE_COLOR = frozenset({"jpg", "webp", "ico"})


def picture_file(order: Order) -> bytes:
    """The picture as the order's extension says: PNG, JPEG, GIF, WebP, BMP, TIFF, TGA or ICO."""
    extension = order.entry.extension
    size = asked_size(order.options, default=_ICON_SIZE if extension == "ico" else _SIZE)
    if extension == "png":
        return _png(order, size=size)
    if extension == "ico":
        size = min(size[0], _ICON_SIDE), min(size[1], _ICON_SIDE)
    settings = dict(_FORMATS[extension])
    if extension == "ico":
        settings["sizes"] = [size]
    return encoded(drawn(order, size=size), true_color=extension in _TRUE_COLOR, **settings)


def animated_gif(order: Order) -> bytes:
    """Two pictures in turn, half a second each, for ever."""
    first, second = drawn(order, size=_SIZE), drawn(order, size=_SIZE, variant=1)
    return encoded(first, format="GIF", save_all=True, append_images=[second], duration=500, loop=0)


def asked_size(options: Mapping[str, Any], *, default: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels from options of these names; one alone keeps the default's shape.

    What is no whole number from 1 to the largest side of a text-to-image picture counts as not said.

    >>> asked_size({"width": 100}, default=(240, 180)), asked_size({"height": "9"}, default=(240, 180))
    ((100, 75), (240, 180))
    """
    width, height = _side(options, "width"), _side(options, "height")
    if width and height:
        return width, height
    if width:
        return width, max(1, width * default[1] // default[0])
    if height:
        return max(1, height * default[0] // default[1]), height
    return default


def drawn(order: Order, *, size: tuple[int, int], variant: int = 0) -> Image.Image:
    """The picture of the order's sources, indexed colors; `variant` makes another one of the same order."""
    from PIL import Image

    picture = Image.open(io.BytesIO(_placeholder(order, size=size, variant=variant)))
    return picture.crop((0, 0, *size)) if picture.size != size else picture.copy()


def encoded(picture: Image.Image, *, true_color: bool = False, **settings: Any) -> bytes:
    """The picture in the format that `settings` (Pillow's) name, without the texts of the drawn PNG."""
    plain = picture.convert("RGB") if true_color else picture
    plain.info = {}
    buffer = io.BytesIO()
    plain.save(buffer, **settings)
    return buffer.getvalue()


def _png(order: Order, *, size: tuple[int, int]) -> bytes:
    whole = _placeholder(order, size=size, variant=0)
    picture = drawn(order, size=size)
    if whole[16:24] == size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big"):
        return whole
    import numpy as np

    from pixelpact.mockserver.images.png import Sheet

    sheet = Sheet.blank(width_px=size[0], height_px=size[1])
    sheet.pixels[:] = np.asarray(picture)
    palette = np.frombuffer(bytes(picture.getpalette() or []), dtype=np.uint8).reshape(-1, 3)
    return sheet.encoded(palette=palette, texts={})


def _placeholder(order: Order, *, size: tuple[int, int], variant: int) -> bytes:
    """The PNG, at least as large as a text-to-image picture has to be."""
    from pixelpact.mockserver.images.picture import Picture
    from pixelpact.mockserver.images.placeholder import placeholder_png

    sides, seeds = options_schema()["properties"]["width"], options_schema()["properties"]["seed"]
    return placeholder_png(
        Picture(
            prompt=title(order),
            options={},
            seed=seeds["minimum"] + (order.seed + variant - seeds["minimum"]) % seeds["maximum"],
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
