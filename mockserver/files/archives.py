"""Archives with uncompressed members and fixed dates, so that no compressor or clock affects a byte."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from pixelpact.mockserver.files.notes import printable

#: The maximum size of a stored block of deflate, in bytes (RFC 1951, 3.2.4).
_STORED = 0xFFFF


class Member(NamedTuple):
    """A file in an archive."""

    name: str
    content: bytes


def named_apart(members: Iterable[Member]) -> tuple[Member, ...]:
    """The members under plain file names, with a number appended to names that are already taken.

    >>> [member.name for member in named_apart([Member("../a.txt", b""), Member("a.txt", b"")])]
    ['a.txt', 'a-2.txt']
    """
    kept: dict[str, Member] = {}
    for member in members:
        plain = printable(member.name).replace("\\", "/").rsplit("/", 1)[-1].strip(" .") or "unnamed"
        path, number, name = PurePosixPath(plain), 1, plain
        while name in kept:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        kept[name] = Member(name, member.content)
    return tuple(kept.values())


def zip_archive(members: Iterable[Member]) -> bytes:
    """A ZIP (APPNOTE.TXT 6.3), its members in the given order and under the given names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            # A ZipInfo created by hand is dated 1980; its system would otherwise be that of this machine.
            entry = zipfile.ZipInfo(member.name)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, member.content)
    return buffer.getvalue()


def tar_archive(members: Iterable[Member]) -> bytes:
    """A tar (POSIX.1-2001 pax), its members without an owner and dated 1970."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.size = len(member.content)
            archive.addfile(entry, io.BytesIO(member.content))
    return buffer.getvalue()


def gzip_file(content: bytes, *, name: str = "") -> bytes:
    """A gzip file (RFC 1952) without a date or a system; `name` is that of the file inside, in Latin-1.

    >>> import gzip
    >>> gzip.decompress(gzip_file(b"a fox", name="fox.txt"))
    b'a fox'
    """
    flags, latin = (8, name.encode("latin-1", "replace") + b"\0") if name else (0, b"")
    header = b"\x1f\x8b\x08" + bytes([flags, 0, 0, 0, 0, 0, 255]) + latin
    pieces = [content[at : at + _STORED] for at in range(0, len(content) or 1, _STORED)]
    blocks = b"".join(
        struct.pack("<BHH", piece is pieces[-1], len(piece), len(piece) ^ 0xFFFF) + piece for piece in pieces
    )
    return header + blocks + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
