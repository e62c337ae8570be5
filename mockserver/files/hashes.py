"""Digests of content, which hash targets yield and the metadata target lists."""

from __future__ import annotations

import hashlib
import json
import zlib

from pixelpact.mockserver.files.errors import MissingDigest
from pixelpact.mockserver.files.notes import PRODUCER, printable
from pixelpact.mockserver.files.spec import FileSpec
from pixelpact.schema import catalogue

#: Checksums of 32 bits, which hashlib lacks.
_CHECKSUMS = {"crc32": zlib.crc32, "adler32": zlib.adler32}


def content_digests(content: bytes) -> dict[str, str]:
    """The digest of `content` for each hash target of the catalogue, lower-case hexadecimal.

    >>> digests = content_digests(b"123456789")
    >>> digests["crc32"], digests["md5"]
    ('cbf43926', '25f9e794323b453885f5181f1b624d0b')
    """
    return {entry.target: _digest(content, entry.target) for entry in catalogue() if entry.category == "hash"}


def digest_text(spec: FileSpec) -> bytes:
    """The digest of the first source by the algorithm of the target, and nothing else.

    Raises:
        MissingDigest: the source lacks that digest.
    """
    source, algorithm = spec.sources[0], spec.entry.target
    if algorithm not in source.digests:
        raise MissingDigest(source.name, algorithm, tuple(source.digests))
    return source.digests[algorithm].encode("ascii")


def metadata_json(spec: FileSpec) -> bytes:
    """The known facts about the first source, as a JSON object (RFC 8259)."""
    source = spec.sources[0]
    known = {
        "file_name": printable(source.name or source.stem),
        "size": source.size,
        "digests": dict(sorted(source.digests.items())),
        "producer": PRODUCER,
    }
    return (json.dumps(known, indent=2) + "\n").encode("ascii")


def _digest(content: bytes, algorithm: str) -> str:
    if algorithm in _CHECKSUMS:
        return f"{_CHECKSUMS[algorithm](content):08x}"
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
