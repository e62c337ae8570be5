"""MP4 and QuickTime files of one track (ISO/IEC 14496-12), with the index at the start."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from pixelpact.mockserver.files.audio import AAC_CONFIG, AAC_FRAME_SAMPLES, AAC_RATE_HZ, aac_frames
from pixelpact.mockserver.files.h264 import Film

#: Units per second in which the duration of the file is given.
_SCALE_HZ = 1000
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
#: The language `und`, as three letters of five bits (8.4.2.3).
_UNDETERMINED = 0x55C4


@dataclass(frozen=True, slots=True)
class _Track:
    handler: Literal["vide", "soun"]
    scale_hz: int
    sample_units: int
    samples: tuple[bytes, ...]
    description: bytes
    width_px: int = 0
    height_px: int = 0

    @property
    def length(self) -> int:
        """The duration, in units of the file."""
        return len(self.samples) * self.sample_units * _SCALE_HZ // self.scale_hz


def video_file(film: Film, *, rate_hz: int, brands: tuple[bytes, ...]) -> bytes:
    """The film at `rate_hz` frames per second; the first of `brands` is the major one."""
    size = struct.pack(">HH", film.width_px, film.height_px)
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + size + struct.pack(">II", 0x480000, 0x480000)
    entry += bytes(4) + struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    description = _box(b"avc1", entry, _box(b"avcC", film.config))
    track = _Track("vide", rate_hz, 1, film.frames, description, film.width_px, film.height_px)
    return _file(track, brands=brands)


def audio_file() -> bytes:
    """Half a second of silent AAC (ISO/IEC 14496-14)."""
    entry = bytes(6) + struct.pack(">H8xHHHHI", 1, 1, 16, 0, 0, AAC_RATE_HZ << 16)
    # Descriptors (ISO/IEC 14496-1, 7.2.6): MPEG-4 audio (0x40), an audio stream, no limits given.
    decoder = b"\x40\x15" + bytes(11) + _descriptor(5, AAC_CONFIG)
    stream = _descriptor(3, struct.pack(">HB", 1, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02"))
    description = _box(b"mp4a", entry, _full(b"esds", stream))
    track = _Track("soun", AAC_RATE_HZ, AAC_FRAME_SAMPLES, aac_frames(), description)
    return _file(track, brands=(b"M4A ", b"mp42", b"isom"))


def _file(track: _Track, *, brands: tuple[bytes, ...]) -> bytes:
    head = _box(b"ftyp", brands[0], struct.pack(">I", 0x200), *brands)
    # The index holds the offset of the samples, on which its own length doesn't depend.
    start = len(head) + len(_movie(track, offset=0)) + 8
    return head + _movie(track, offset=start) + _box(b"mdat", *track.samples)


def _movie(track: _Track, *, offset: int) -> bytes:
    rest = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + struct.pack(">I", 2)
    header = _full(b"mvhd", struct.pack(">IIII", 0, 0, _SCALE_HZ, track.length), rest)
    volume = 0x100 if track.handler == "soun" else 0
    placing = struct.pack(">8xhhHxx", 0, 0, volume) + _MATRIX
    size = struct.pack(">II", track.width_px << 16, track.height_px << 16)
    times = struct.pack(">IIIII", 0, 0, 1, 0, track.length)
    # Flags: the track is enabled, and used in the presentation.
    head = _full(b"tkhd", times, placing, size, flags=3)
    return _box(b"moov", header, _box(b"trak", head, _media(track, offset=offset)))


def _media(track: _Track, *, offset: int) -> bytes:
    length = len(track.samples) * track.sample_units
    header = _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, track.scale_hz, length, _UNDETERMINED, 0))
    handler = _full(b"hdlr", bytes(4), track.handler.encode(), bytes(12), b"pixelpact\0")
    sound = track.handler == "soun"
    media = _full(b"smhd", bytes(4)) if sound else _full(b"vmhd", bytes(8), flags=1)
    # Flag of the location: the samples are in this file.
    data = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    return _box(b"mdia", header, handler, _box(b"minf", media, data, _samples(track, offset=offset)))


def _samples(track: _Track, *, offset: int) -> bytes:
    """The sample table (8.5): one chunk of samples of equal duration, of which the first is a key frame."""
    count = len(track.samples)
    sizes = struct.pack(f">{count}I", *map(len, track.samples))
    boxes = [
        _full(b"stsd", struct.pack(">I", 1), track.description),
        _full(b"stts", struct.pack(">III", 1, count, track.sample_units)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, count, 1)),
        _full(b"stsz", struct.pack(">II", 0, count), sizes),
        _full(b"stco", struct.pack(">II", 1, offset)),
    ]
    if track.handler == "vide":
        boxes.append(_full(b"stss", struct.pack(">II", 1, 1)))
    return _box(b"stbl", *boxes)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    """A box with a version (0) and flags."""
    return _box(kind, struct.pack(">I", flags), *parts)


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes([tag, len(body)]) + body
