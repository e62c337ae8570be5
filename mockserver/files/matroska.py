"""Matroska and WebM files of one video track (RFC 8794 EBML, RFC 9559 Matroska)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from pixelpact.mockserver.files.notes import PRODUCER

#: The unit of time, in nanoseconds: a millisecond.
_UNIT_NS = 1_000_000
#: The first size that doesn't fit in one byte: seven ones mean "unknown".
_LONG = 0x7F


@dataclass(frozen=True, slots=True)
class Track:
    """Coded frames; `config` is the codec's header, if any; `all_keys` says that all are key frames."""

    codec: Literal["V_VP8", "V_MPEG4/ISO/AVC"]
    width_px: int
    height_px: int
    frames: tuple[bytes, ...]
    config: bytes = b""
    all_keys: bool = False


def matroska(track: Track, *, rate_hz: int, kind: Literal["webm", "matroska"]) -> bytes:
    """A file of the track at `rate_hz` frames per second; a WebM may hold VP8 only."""
    unit_ms = 1000 // rate_hz
    head = _element(
        "1A45DFA3",
        *(_number(key, value) for key, value in (("4286", 1), ("42F7", 1), ("42F2", 4), ("42F3", 8))),
        _element("4282", kind.encode()),
        *(_number(key, 2) for key in ("4287", "4285")),
    )
    info = _element(
        "1549A966",
        _number("2AD7B1", _UNIT_NS),
        _element("4489", struct.pack(">d", len(track.frames) * unit_ms)),
        *(_element(key, PRODUCER.encode()) for key in ("4D80", "5741")),
    )
    size = _element("E0", _number("B0", track.width_px), _number("BA", track.height_px))
    entry = [
        # Number, unique id, type (video), no lacing.
        *(_number(key, value) for key, value in (("D7", 1), ("73C5", 1), ("83", 1), ("9C", 0))),
        _number("23E383", unit_ms * _UNIT_NS),
        _element("86", track.codec.encode()),
        *([_element("63A2", track.config)] if track.config else []),
        size,
    ]
    tracks = _element("1654AE6B", _element("AE", *entry))
    blocks = (_block(track, index, time_ms=index * unit_ms) for index in range(len(track.frames)))
    cluster = _element("1F43B675", _number("E7", 0), *blocks)
    return head + _element("18538067", info, tracks, cluster)


def _block(track: Track, index: int, *, time_ms: int) -> bytes:
    """A SimpleBlock (RFC 9559, 10.2): track 1, time within the cluster, flag of a key frame."""
    key = 0x80 if track.all_keys or index == 0 else 0
    return _element("A3", b"\x81" + struct.pack(">hB", time_ms, key) + track.frames[index])


def _element(key: str, *parts: bytes) -> bytes:
    """An element with the hexadecimal id `key`; its size takes one byte or four (RFC 8794, 4)."""
    body = b"".join(parts)
    size = bytes([0x80 | len(body)]) if len(body) < _LONG else struct.pack(">I", 0x10000000 | len(body))
    return bytes.fromhex(key) + size + body


def _number(key: str, value: int) -> bytes:
    return _element(key, value.to_bytes((value.bit_length() + 7) // 8 or 1, "big"))
