"""Placeholder files for all targets: small, the same every time, and of the type that they claim."""

from pixelpact.mockserver.files.errors import FileError, MissingDigest, NoPlaceholder
from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.files.order import Source
from pixelpact.mockserver.files.placeholder import file_entry, placeholder_file

__all__ = [
    "FileError",
    "MissingDigest",
    "NoPlaceholder",
    "Source",
    "content_digests",
    "file_entry",
    "placeholder_file",
]
