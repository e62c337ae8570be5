"""The content of an input: its size, digests and, if it is text, the text. The bytes are not kept."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pixelpact.mockserver.files.hashes import content_digests

#: Characters of a text that are kept; no picture shows more.
_LONGEST_TEXT = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
#: Larger contents are examined in a thread: their digests would block the event loop for over a millisecond.
_MANY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """Size in bytes, the digest for each hash target, and the text (`None` if the bytes are not text)."""

    size: int
    digests: Mapping[str, str]
    text: str | None


async def examined(content: bytes) -> Content:
    """The content that consists of some bytes; large ones are examined in a thread."""
    if len(content) > _MANY_BYTES:
        return await asyncio.to_thread(_examined, content)
    return _examined(content)


def readable(content: bytes) -> str | None:
    """The content as text if it is UTF-8 without control characters, otherwise `None`.

    A long text is cut, and a digest of the whole is appended so that different texts stay different.

    >>> readable(b"a fox"), readable(bytes([0x89, 0x50]))
    ('a fox', None)
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text):
        return None
    if len(text) > _LONGEST_TEXT:
        return f"{text[:_LONGEST_TEXT]}... ({hashlib.sha256(content).hexdigest()})"
    return text


def _examined(content: bytes) -> Content:
    return Content(len(content), content_digests(content), readable(content))
