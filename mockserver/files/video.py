"""A second of a still placeholder picture, in each kind of video file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pixelpact.mockserver.files.avi import avi
from pixelpact.mockserver.files.h264 import film
from pixelpact.mockserver.files.matroska import Track, matroska
from pixelpact.mockserver.files.mp4 import video_file
from pixelpact.mockserver.files.order import Order
from pixelpact.mockserver.files.pictures import drawn, encoded

if TYPE_CHECKING:
    from PIL import Image

#: Whole macroblocks, and small: H.264 stores the samples as they are.
_SIZE = (128, 96)
_FRAMES = _RATE_HZ = 5
#: Brands of ISO files by extension (mp4ra.org), the major one first.
_BRANDS: Mapping[str, tuple[bytes, ...]] = {
    "mp4": (b"isom", b"iso2", b"avc1", b"mp41"),
    "mov": (b"qt  ",),
    "3gp": (b"3gp5", b"isom"),
}


def iso_video(order: Order) -> bytes:
    """H.264 in an MP4, a QuickTime or a 3GPP file, as the order's extension says."""
    return video_file(
        film(_still(order), frames=_FRAMES), rate_hz=_RATE_HZ, brands=_BRANDS[order.entry.extension]
    )


def mkv(order: Order) -> bytes:
    """H.264 in Matroska."""
    coded = film(_still(order), frames=_FRAMES)
    track = Track("V_MPEG4/ISO/AVC", *_SIZE, frames=coded.frames, config=coded.config)
    return matroska(track, rate_hz=_RATE_HZ, kind="matroska")


def webm(order: Order) -> bytes:
    """VP8 in WebM: a lossy WebP file holds nothing but one key frame of it (RFC 9649, 2.5)."""
    file = encoded(_still(order), true_color=True, format="WEBP", quality=60, method=4)
    kind, length = struct.unpack_from("<4sI", file, 12)
    if kind != b"VP8 ":
        raise RuntimeError(f"Pillow wrote a WebP whose first chunk is {kind!r}, not a plain 'VP8 ' one.")
    frame = file[20 : 20 + length]
    return matroska(
        Track("V_VP8", *_SIZE, frames=(frame,) * _FRAMES, all_keys=True), rate_hz=_RATE_HZ, kind="webm"
    )


def motion_jpeg(order: Order) -> bytes:
    """Motion JPEG in AVI."""
    frame = encoded(_still(order), true_color=True, format="JPEG", quality=60, subsampling="4:2:0")
    return avi((frame,) * _FRAMES, size=_SIZE, rate_hz=_RATE_HZ)


def _still(order: Order) -> Image.Image:
    return drawn(order, size=_SIZE)
