"""What is kept of the bytes of an input: their number, their digests and, where they are text, the text."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pixelpact.mockserver.files.hashes import content_digests

#: So much of a text is kept as it is; nobody reads more in a picture.
_LONGEST_TEXT = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
#: More bytes are looked at in a thread: their digests would keep everybody waiting for a millisecond or more.
_MANY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """Length in bytes, the digest for each hash target, and the text (`None` where the bytes are none)."""

    size: int
    digests: Mapping[str, str]
    text: str | None


async def examined(content: bytes) -> Content:
    """What is kept of some bytes; nobody waits while many are looked at."""
    if len(content) > _MANY_BYTES:
        return await asyncio.to_thread(_examined, content)
    return _examined(content)


def readable(content: bytes) -> str | None:
    """The content as text, if it is UTF-8 without control characters; `None` otherwise.

    Of a long text the beginning, followed by a digest of the whole: different texts stay different.

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
