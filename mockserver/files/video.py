"""A still placeholder picture for one second, in each kind of video file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pixelpact.mockserver.files.avi import avi
from pixelpact.mockserver.files.h264 import film
from pixelpact.mockserver.files.matroska import Track, matroska
from pixelpact.mockserver.files.mp4 import video_file
from pixelpact.mockserver.files.pictures import drawn, encoded
from pixelpact.mockserver.files.spec import FileSpec

if TYPE_CHECKING:
    from PIL import Image

#: Width and height in pixels: small, because H.264 stores raw samples, and multiples of 16.
_SIZE = (128, 96)
_FRAMES = _RATE_HZ = 5
#: Brands of ISO files by extension (mp4ra.org), the major one first.
_BRANDS: Mapping[str, tuple[bytes, ...]] = {
    "mp4": (b"isom", b"iso2", b"avc1", b"mp41"),
    "mov": (b"qt  ",),
    "3gp": (b"3gp5", b"isom"),
}


def iso_video(spec: FileSpec) -> bytes:
    """H.264 in an MP4, QuickTime or 3GPP file, depending on the extension."""
    return video_file(
        film(_still(spec), frames=_FRAMES), rate_hz=_RATE_HZ, brands=_BRANDS[spec.entry.extension]
    )


def mkv(spec: FileSpec) -> bytes:
    """H.264 in Matroska."""
    coded = film(_still(spec), frames=_FRAMES)
    track = Track("V_MPEG4/ISO/AVC", *_SIZE, frames=coded.frames, config=coded.config)
    return matroska(track, rate_hz=_RATE_HZ, kind="matroska")


def webm(spec: FileSpec) -> bytes:
    """VP8 in WebM: a lossy WebP file contains exactly one key frame of VP8 (RFC 9649, 2.5)."""
    file = encoded(_still(spec), true_color=True, format="WEBP", quality=60, method=4)
    kind, length = struct.unpack_from("<4sI", file, 12)
    if kind != b"VP8 ":
        # A defect of the codec, not of the request, so it is not a FileError.
        raise RuntimeError(f"Pillow wrote a WebP whose first chunk is {kind!r}, not a plain 'VP8 ' one.")
    frame = file[20 : 20 + length]
    return matroska(
        Track("V_VP8", *_SIZE, frames=(frame,) * _FRAMES, all_keys=True), rate_hz=_RATE_HZ, kind="webm"
    )


def motion_jpeg(spec: FileSpec) -> bytes:
    """Motion JPEG in AVI."""
    frame = encoded(_still(spec), true_color=True, format="JPEG", quality=60, subsampling="4:2:0")
    return avi((frame,) * _FRAMES, size=_SIZE, rate_hz=_RATE_HZ)


def _still(spec: FileSpec) -> Image.Image:
    return drawn(spec, size=_SIZE)
