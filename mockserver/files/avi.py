"""AVI files of Motion JPEG (AVI RIFF File Reference, Microsoft)."""

from __future__ import annotations

import struct

#: Flag of a file with an index, and of a frame that decodes on its own.
_HAS_INDEX = _KEY_FRAME = 0x10
_FRAME = b"00dc"


def avi(frames: tuple[bytes, ...], *, size: tuple[int, int], rate_hz: int) -> bytes:
    """The JPEG files `frames`, each of `size` pixels, at `rate_hz` frames a second."""
    width, height = size
    count, largest = len(frames), max(map(len, frames))
    main = struct.pack(
        "<14I",
        1_000_000 // rate_hz,
        largest * rate_hz,
        0,
        _HAS_INDEX,
        count,
        0,
        1,
        largest,
        width,
        height,
        *[0] * 4,
    )
    stream = b"vidsMJPG" + struct.pack(
        "<IHHIIIIIIiI4H", 0, 0, 0, 0, 1, rate_hz, 0, count, largest, -1, 0, 0, 0, width, height
    )
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", 3 * width * height, 0, 0, 0, 0)
    header = _list(
        b"hdrl", _chunk(b"avih", main), _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", form))
    )
    chunks = [_chunk(_FRAME, frame) for frame in frames]
    # Offsets count from the word movi.
    offsets = [4 + sum(map(len, chunks[:number])) for number in range(count)]
    index = b"".join(
        _FRAME + struct.pack("<III", _KEY_FRAME, offset, len(frame))
        for offset, frame in zip(offsets, frames, strict=True)
    )
    body = b"AVI " + header + _list(b"movi", *chunks) + _chunk(b"idx1", index)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk, padded to an even length."""
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _list(kind: bytes, *parts: bytes) -> bytes:
    return _chunk(b"LIST", kind + b"".join(parts))
