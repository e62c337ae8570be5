"""The PNG container, written and read without a codec (PNG 3rd edition, W3C 2025; RFC 1950, RFC 1951).

Pixels are palette indices in stored deflate blocks, one block per line, so the picture is a plain array
within the file: nothing is compressed, and the version of zlib doesn't affect a byte.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pixelpact.mockserver.images.errors import DamagedPng, NotAPng

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: CMF and FLG of RFC 1950: deflate, window of 32 KiB, no dictionary, fastest.
_ZLIB_HEADER = b"\x78\x01"
#: Bytes before each line: final flag, LEN and NLEN of a stored block (RFC 1951, 3.2.4), filter type None.
_LINE_HEADER = 6
#: The colour type of pictures with a palette, and its offset in a file (PNG 11.2.1).
_INDEXED, _COLOR_TYPE_AT = 3, 25
#: Size of the pieces in which lines are checksummed and written.
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture being drawn: `lines` is the content of the file, `pixels` the view to draw on."""

    lines: npt.NDArray[np.uint8]

    @classmethod
    def blank(cls, *, width_px: int, height_px: int) -> Sheet:
        """A sheet filled with index 0; sides may have 1 to 65534 pixels."""
        lines = np.zeros((height_px, _LINE_HEADER + width_px), dtype=np.uint8)
        header = struct.pack("<BHHB", 0, width_px + 1, 0xFFFF - (width_px + 1), 0)
        lines[:, :_LINE_HEADER] = np.frombuffer(header, dtype=np.uint8)
        lines[-1, 0] = 1
        return cls(lines)

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """Palette indices, `height x width`."""
        return self.lines[:, _LINE_HEADER:]

    def encoded(self, *, palette: npt.NDArray[np.uint8], texts: Mapping[str, str]) -> bytes:
        """The bytes of the file: `palette` is `entries x 3`, `texts` maps keywords (ASCII) to texts.

        >>> palette = np.zeros((1, 3), dtype=np.uint8)
        >>> file = Sheet.blank(width_px=2, height_px=3).encoded(palette=palette, texts={"Title": "Nothing"})
        >>> len(file), texts_of(file)
        (131, {'Title': 'Nothing'})
        """
        height, stride = self.lines.shape
        header = struct.pack(">IIBBBBB", stride - _LINE_HEADER, height, 8, _INDEXED, 0, 0, 0)
        bodies = [
            keyword.encode("ascii") + bytes(5) + text.encode("utf-8") for keyword, text in texts.items()
        ]
        # `join` releases the lock while it copies many bytes, so other threads can run. A growing buffer is
        # moved while holding it, for up to 90 ms at 26 MB.
        return b"".join(
            [
                SIGNATURE,
                _chunk(b"IHDR", header),
                _chunk(b"PLTE", palette.tobytes()),
                *(_chunk(b"iTXt", body) for body in bodies),
                *self._pixel_chunk(),
                _chunk(b"IEND", b""),
            ]
        )

    def _pixel_chunk(self) -> Iterator[bytes]:
        """The chunk with the pixels, in pieces."""
        start = b"IDAT" + _ZLIB_HEADER
        yield struct.pack(">I", len(_ZLIB_HEADER) + self.lines.size + 4) + start
        crc, adler = zlib.crc32(start), 1
        height, stride = self.lines.shape
        for top in range(0, height, max(1, _PIECE_BYTES // stride)):
            piece = self.lines[top : top + max(1, _PIECE_BYTES // stride)]
            content = piece.tobytes()
            yield content
            crc = zlib.crc32(content, crc)
            # The checksum is that of the content of the blocks, without their headers.
            adler = zlib.adler32(np.ascontiguousarray(piece[:, _LINE_HEADER - 1 :]).data, adler)
        end = struct.pack(">I", adler)
        yield end + struct.pack(">I", zlib.crc32(end, crc))


def texts_of(data: bytes) -> dict[str, str]:
    """The iTXt texts of a PNG by keyword; it may come from any program, but must be intact.

    Raises:
        NotAPng: it doesn't start like a PNG.
        DamagedPng: it ends early, continues beyond its end, lacks a chunk, or has a wrong checksum.

    >>> texts_of(b"GIF89a")
    Traceback (most recent call last):
    pixelpact.mockserver.images.errors.NotAPng: Not a PNG: it has 6 bytes and starts with b'GIF89a'. ...
    """
    return dict(text for kind, body in _chunks(data) if kind == b"iTXt" and (text := _text(body)) is not None)


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG that `texts_of` accepts."""
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(data: object) -> Iterator[tuple[bytes, bytes]]:
    if not isinstance(data, bytes) or not data.startswith(SIGNATURE):
        raise NotAPng(data)
    offset, kind, view = len(SIGNATURE), b"", memoryview(data)
    missing = {b"IDAT"}
    while kind != b"IEND":
        if len(data) < offset + 8:
            raise DamagedPng(len(data), "it is cut off")
        length, kind = struct.unpack_from(">I4s", data, offset)
        end = offset + 8 + length
        if offset == len(SIGNATURE) and (kind, length) != (b"IHDR", 13):
            raise DamagedPng(offset, "the header is missing")
        if len(data) < end + 4:
            raise DamagedPng(len(data), f"it is cut off within a chunk {kind!r}")
        if zlib.crc32(view[offset + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise DamagedPng(offset, f"the checksum of a chunk {kind!r} is wrong")
        if kind == b"IHDR" and data[_COLOR_TYPE_AT] == _INDEXED:
            missing.add(b"PLTE")
        missing.discard(kind)
        yield kind, b"" if kind == b"IDAT" else data[offset + 8 : end]
        offset = end + 4
    if missing:
        raise DamagedPng(len(data), f"there is no chunk {min(missing)!r}")
    if offset != len(data):
        raise DamagedPng(offset, f"{len(data) - offset} bytes follow the end")


def _text(body: bytes) -> tuple[str, str] | None:
    """Keyword and text of an uncompressed iTXt chunk (PNG 11.3.3.4); `None` for any other."""
    keyword, zero, rest = body.partition(b"\0")
    if not zero or rest[:2] != b"\0\0" or rest.count(b"\0", 2) < 2:
        return None
    _language, _translated, text = rest[2:].split(b"\0", 2)
    try:
        return keyword.decode("latin-1"), text.decode("utf-8")
    except UnicodeDecodeError:
        return None
