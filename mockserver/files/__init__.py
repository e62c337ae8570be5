"""Small placeholder files for all targets: valid files of their type, with the same bytes every time."""

from pixelpact.mockserver.files.errors import FileError, MissingDigest, NoPlaceholder, NoSource
from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.files.placeholder import file_entry, placeholder_file
from pixelpact.mockserver.files.spec import Source

__all__ = [
    "FileError",
    "MissingDigest",
    "NoPlaceholder",
    "NoSource",
    "Source",
    "content_digests",
    "file_entry",
    "placeholder_file",
]
