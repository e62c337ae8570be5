"""Pictures in formats other than PNG. Their bytes may differ between versions of Pillow and its codecs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from pixelpact.mockserver.images.errors import UnknownFormat

#: Arguments for `Image.save` by extension; WebP's other methods take seconds at the largest size.
_ENCODERS: Mapping[str, Mapping[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 90},
    "webp": {"format": "WEBP", "quality": 90, "method": 0},
}


def transcoded(png: bytes, *, extension: str) -> bytes:
    r"""The picture as a `png` (unchanged), `jpg` or `webp`; the latter two don't contain its options.

    Raises:
        UnknownFormat: another extension.

    >>> from pixelpact.mockserver.images import Picture, placeholder_png
    >>> png = placeholder_png(Picture("a fox", {}, 7, 64, 64, "anime", 20, 7, None))
    >>> transcoded(png, extension="jpg")[:3], transcoded(png, extension="webp")[8:12]
    (b'\xff\xd8\xff', b'WEBP')
    """
    if extension == "png":
        return png
    if extension not in _ENCODERS:
        raise UnknownFormat(extension, ("png", *_ENCODERS))
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(buffer, **_ENCODERS[extension])
    return buffer.getvalue()
