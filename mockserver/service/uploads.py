"""Uploads in chunks: what has arrived of each file so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
    """The range in a `Content-Range` header (RFC 9110 section 14.4).

    Raises:
        ApiError: Invalid, if that is not a possible range.

    >>> parse_range("bytes 0-4/10")
    ChunkRange(first=0, last=4, total=10)
    """
    found = _RANGE.fullmatch(text)
    span = ChunkRange(*map(int, found.groups())) if found else None
    if span is None or not span.first <= span.last < span.total:
        raise _refusal("must be bytes a-b/total, with a to b within the total")
    return span


@dataclass(frozen=True, slots=True)
class _PartialFile:
    """An incomplete file: its length, and the chunks that have arrived, by their first byte."""

    total: int
    parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of bytes that have arrived."""
        return sum(map(len, self.parts.values()))

    def overlaps(self, span: ChunkRange) -> bool:
        """Whether a chunk covers bytes of other chunks; the same chunk may arrive again."""
        return any(
            first != span.first and first <= span.last and span.first < first + len(part)
            for first, part in self.parts.items()
        )


class PartialUploads:
    """Incomplete files by job and upload id; at most `max_bytes` altogether."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._files: dict[str, dict[str, _PartialFile]] = {}

    def add(self, job_id: str, upload_uuid: str, span: ChunkRange, content: bytes) -> bytes | None:
        """The whole file, if this chunk completes it. A refused chunk changes nothing.

        Raises:
            ApiError: Invalid, if the chunk is not as long as its range says, or contradicts the chunks
                before; TooLarge, past the limit.
        """
        if len(content) != span.last - span.first + 1:
            raise _refusal(f"says {span.last - span.first + 1} bytes, but the chunk has {len(content)}")
        file = self._files.get(job_id, {}).get(upload_uuid) or _PartialFile(span.total)
        if file.total != span.total:
            raise _refusal(f"says a total of {span.total} bytes, the chunks before said {file.total}")
        if file.overlaps(span):
            raise _refusal("covers bytes that have come already, in another chunk")
        held = sum(known.size for files in self._files.values() for known in files.values())
        more = len(content) - len(file.parts.get(span.first, b""))
        if span.total > self._max_bytes or held + more > self._max_bytes:
            raise ApiError("TooLarge", message=f"At most {self._max_bytes} bytes of chunks are taken")
        file.parts[span.first] = content
        files = self._files.setdefault(job_id, {})
        files[upload_uuid] = file
        if file.size != span.total:
            return None
        del files[upload_uuid]
        return b"".join(file.parts[first] for first in sorted(file.parts))

    def forget(self, job_id: str) -> None:
        """Drop the incomplete files of a job that takes no more inputs."""
        self._files.pop(job_id, None)

    def clear(self) -> None:
        """Drop all incomplete files."""
        self._files.clear()


def _refusal(message: str) -> ApiError:
    name = headers().content_range
    return ApiError("Invalid", message=f"{name} {message}", errors={name: [message]})
