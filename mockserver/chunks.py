"""Uploads that come in chunks: what has come of each file so far."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pixelpact.mockserver.errors import ApiError
from pixelpact.schema import headers

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChunkRange:
    """`Content-Range` of a chunk: first and last byte, and the length of the whole file."""

    first: int
    last: int
    total: int


def parse_range(text: str) -> ChunkRange:
    """The range that a `Content-Range` header says (RFC 9110 section 14.4).

    Raises:
        ApiError: Invalid, where it says none that is possible.

    >>> parse_range("bytes 0-4/10")
    ChunkRange(first=0, last=4, total=10)
    """
    found = _RANGE.fullmatch(text)
    span = ChunkRange(*map(int, found.groups())) if found else None
    if span is None or not span.first <= span.last < span.total:
        raise _refusal("must be bytes a-b/total, with a to b within the total")
    return span


class Chunks:
    """Files that are on their way, by job and upload id; at most `max_bytes` of them altogether."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._partial: dict[tuple[str, str], dict[int, bytes]] = {}

    def add(self, job_id: str, upload_uuid: str, span: ChunkRange, content: bytes) -> bytes | None:
        """The whole file, if this chunk was the last that was missing.

        Raises:
            ApiError: Invalid, where the chunk is not as long as its range says, or lies across another one or
                past the end that another one says; TooLarge, past the limit.
        """
        if len(content) != span.last - span.first + 1:
            raise _refusal(f"says {span.last - span.first + 1} bytes, but the chunk has {len(content)}")
        parts = self._partial.setdefault((job_id, upload_uuid), {})
        for first, part in parts.items():
            last = first + len(part) - 1
            again = (first, last) == (span.first, span.last)
            if last >= span.total or (not again and first <= span.last and span.first <= last):
                raise _refusal(f"does not fit to the chunk of the bytes {first}-{last} that came before")
        held = sum(len(part) for each in self._partial.values() for part in each.values())
        if span.total > self._max_bytes or held + len(content) > self._max_bytes:
            del self._partial[job_id, upload_uuid]
            raise ApiError("TooLarge", message=f"At most {self._max_bytes} bytes of chunks are taken")
        parts[span.first] = content
        if sum(len(part) for part in parts.values()) != span.total:
            return None
        del self._partial[job_id, upload_uuid]
        return b"".join(parts[first] for first in sorted(parts))


def _refusal(message: str) -> ApiError:
    name = headers().content_range
    return ApiError("Invalid", message=f"{name} {message}", errors={name: [message]})
