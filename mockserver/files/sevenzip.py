"""A 7z archive of one uncompressed folder (7zFormat.txt of the LZMA SDK, coder Copy)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from pixelpact.mockserver.files.archives import Member

_SIGNATURE, _VERSION = b"7z\xbc\xaf\x27\x1c", b"\x00\x04"
#: Property ids.
_END, _HEADER, _STREAMS, _FILES, _PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER, _UNPACK_SIZE = (
    bytes([number]) for number in (0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12)
)
_COUNT, _NAMES = b"\x0d", b"\x11"
#: One coder with an id of one byte: Copy.
_COPY = b"\x01\x01\x00"
_INLINE = b"\x00"
_ALL_DEFINED = b"\x01"


def seven_zip(members: Sequence[Member]) -> bytes:
    """The archive of `members`: at least one, none of them empty."""
    sizes = [len(member.content) for member in members]
    total = _number(sum(sizes))
    pack = _PACK + _number(0) + _number(1) + _SIZE + total + _END
    unpack = _UNPACK + _FOLDER + _number(1) + _INLINE + _COPY + _UNPACK_SIZE + total + _END
    sums = b"".join(struct.pack("<I", zlib.crc32(member.content)) for member in members)
    substreams = _SUBSTREAMS + _COUNT + _number(len(members))
    # The size of the last member follows from the others; without any other, the property is left out.
    if len(members) > 1:
        substreams += _SIZE + b"".join(map(_number, sizes[:-1]))
    substreams += _CRC + _ALL_DEFINED + sums + _END
    names = _INLINE + b"".join(f"{member.name}\0".encode("utf-16-le") for member in members)
    files = _FILES + _number(len(members)) + _NAMES + _number(len(names)) + names + _END
    header = _HEADER + _STREAMS + pack + unpack + substreams + _END + files + _END
    start = struct.pack("<QQI", sum(sizes), len(header), zlib.crc32(header))
    content = b"".join(member.content for member in members)
    return _SIGNATURE + _VERSION + struct.pack("<I", zlib.crc32(start)) + start + content + header


def _number(value: int) -> bytes:
    """A variable-length number below 2**56: the leading ones of the first byte count the bytes that follow.

    >>> _number(5).hex(), _number(300).hex()
    ('05', '812c')
    """
    more = max(0, value.bit_length() - 1) // 7
    top = (0xFF00 >> more) & 0xFF | value >> (8 * more)
    return bytes([top]) + (value & ((1 << (8 * more)) - 1)).to_bytes(more, "little")
