"""Pictures in formats other than PNG. Their bytes may differ between versions of Pillow's codecs."""

from __future__ import annotations

import io

_QUALITY = 90


def jpeg(png: bytes) -> bytes:
    r"""The same picture as a JPEG, without what was asked for inside.

    >>> from pixelpact.mockserver.images import Picture, placeholder_png
    >>> jpeg(placeholder_png(Picture("a fox", {}, 7, 64, 64, "anime", 20, 7, None)))[:3]
    b'\xff\xd8\xff'
    """
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
