"""Half a second of silence in Ogg (RFC 3533): Vorbis and Opus."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from pixelpact.mockserver.files.bits import crc, packed_low_first
from pixelpact.mockserver.files.notes import PRODUCER

_SERIAL = 1
#: Flags of a page: first, last.
_BEGIN, _END = 2, 4
_RATE_HZ = 48000
#: Samples of a Vorbis block, as a power of two. The first packet yields none, the others half a block each.
_BLOCK_POWER, _VORBIS_PACKETS = 11, 25
#: An Opus packet of 20 ms of silence (RFC 6716, 3.1: CELT, full band, one channel, one frame).
_OPUS_SILENCE, _OPUS_SAMPLES, _OPUS_PACKETS = b"\xf8\xff\xfe", 960, 25
#: Samples to discard at the start, as libopus does (RFC 7845, 4.2).
_PRE_SKIP = 312
#: The vendor string with its length, then the number of comments: none.
_COMMENTS = struct.pack("<I", len(PRODUCER)) + PRODUCER.encode("ascii") + struct.pack("<I", 0)


def ogg_vorbis() -> bytes:
    """One channel of blocks with an unused floor (Vorbis I, 4.2 headers, 4.3.2 floor curve)."""
    identification = b"\x01vorbis" + struct.pack(
        "<IBIiiiBB", 0, 1, _RATE_HZ, 0, 0, 0, _BLOCK_POWER << 4 | _BLOCK_POWER, 1
    )
    packets = (b"\0",) * _VORBIS_PACKETS
    samples = (_VORBIS_PACKETS - 1) << (_BLOCK_POWER - 1)
    return _stream(identification, b"\x03vorbis" + _COMMENTS + b"\x01", _vorbis_setup(), packets, samples)


def ogg_opus() -> bytes:
    """One channel (RFC 7845, 5)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, _PRE_SKIP, _RATE_HZ, 0, 0)
    packets = (_OPUS_SILENCE,) * _OPUS_PACKETS
    return _stream(head, b"OpusTags" + _COMMENTS, b"", packets, _OPUS_PACKETS * _OPUS_SAMPLES)


def _vorbis_setup() -> bytes:
    """The minimum that a decoder accepts: one entry of each kind (Vorbis I, 4.2.4)."""
    codebook = [(0x564342, 24), (1, 16), (2, 24), (0, 1), (0, 1), (0, 5), (0, 5), (0, 4)]
    time = [(0, 6), (0, 16)]
    # Type 1, no partition, multiplier 1, a range of one bit.
    floor = [(0, 6), (1, 16), (0, 5), (0, 2), (1, 4)]
    # Type 0, from 0 to 0 in partitions of 1, one classification, by codebook 0, which codes nothing.
    residue = [(0, 6), (0, 16), (0, 24), (0, 24), (0, 24), (0, 6), (0, 8), (0, 3), (0, 1)]
    mapping = [(0, 6), (0, 16), (0, 1), (0, 1), (0, 2), (0, 8), (0, 8), (0, 8)]
    mode = [(0, 6), (0, 1), (0, 16), (0, 16), (0, 8)]
    fields = [(0, 8), *codebook, *time, *floor, *residue, *mapping, *mode, (1, 1)]
    return b"\x05vorbis" + packed_low_first(*fields)


def _stream(head: bytes, comments: bytes, setup: bytes, packets: Sequence[bytes], samples: int) -> bytes:
    """Three pages: the first header, the other headers, and all packets."""
    others = (comments, setup) if setup else (comments,)
    return (
        _page((head,), number=0, flags=_BEGIN, position=0)
        + _page(others, number=1, flags=0, position=0)
        + _page(packets, number=2, flags=_END, position=samples)
    )


def _page(packets: Sequence[bytes], *, number: int, flags: int, position: int) -> bytes:
    """A page of whole packets, with their lengths in steps of 255 (RFC 3533, 6)."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    body = bytes([len(lacing)]) + lacing + b"".join(packets)
    start = b"OggS" + struct.pack("<BBqII", 0, flags, position, _SERIAL, number)
    checksum = crc(start + bytes(4) + body, polynomial=0x04C11DB7, width=32)
    return start + struct.pack("<I", checksum) + body
