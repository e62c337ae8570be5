"""What downloads hold: pictures and archives, opened and measured."""

from __future__ import annotations

import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote

from PIL import Image

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import checksums, expect_same, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.schema import JSONObject, find_conversion

#: The signature of a PNG, and the bytes of a chunk without its data: length, kind, checksum.
_PNG, _CHUNK_BYTES = b"\x89PNG\r\n\x1a\n", 12
#: The largest member of an archive that is read, in bytes.
_LARGEST_MEMBER_BYTES = 64 * 1024 * 1024
#: A parameter of a header: a name, and a quoted text or a token.
_PARAMETER = re.compile(
    r";\s*(?P<name>[\w*!#$&+.^`|~-]+)\s*=\s*"
    r'(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<token>[^\s;]+))'
)


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """A picture that Pillow could decode: its content type and size in pixels."""

    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """An archive: its content type, and names and bytes of its members in order."""

    content_type: str
    members: tuple[tuple[str, bytes], ...]


def open_picture(content: bytes) -> OpenedPicture | None:
    """The picture that these bytes are; `None` if they are not a whole picture."""
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.load()  # decodes all of it, and finds what is cut off
            if picture.format == "PNG" and not _is_whole_png(content):
                return None
            width, height = picture.size
            return OpenedPicture(Image.MIME.get(picture.format or "", ""), width, height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _is_whole_png(content: bytes) -> bool:
    """Whether all chunks of a PNG have their checksums, and the last one is its end; Pillow is lenient."""
    place, kind = len(_PNG), b""
    while place + _CHUNK_BYTES <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + _CHUNK_BYTES + length
        if zlib.crc32(content[place + 4 : end - 4]).to_bytes(4, "big") != content[end - 4 : end]:
            return False
        place = end
    return kind == b"IEND" and place == len(content)


def open_archive(content: bytes) -> OpenedArchive | None:
    """The archive that these bytes are; `None` if they are neither a ZIP nor a TAR archive."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if info.file_size <= _LARGEST_MEMBER_BYTES]
            members = tuple((info.filename, archive.read(info)) for info in infos)
            return OpenedArchive(content_type_of("zip"), members)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        pass
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:") as archive:
            files = [info for info in archive if info.isfile() and info.size <= _LARGEST_MEMBER_BYTES]
            contents = [(info.name, archive.extractfile(info)) for info in files]
            read = tuple((name, file.read()) for name, file in contents if file is not None)
            return OpenedArchive(content_type_of("tar"), read) if read else None
    except (tarfile.TarError, OSError, EOFError):
        return None


def content_type_of(extension: str) -> str:
    """The content type of files with this extension, by the catalogue; empty if it is not known."""
    entry = find_conversion(extension)
    return entry.content_type if entry else ""


def same_type(first: str, second: str) -> bool:
    """Whether two content types are the same, parameters aside.

    >>> same_type("text/plain; charset=utf-8", "TEXT/plain")
    True
    """
    return _bare(first) == _bare(second)


def expect_as_shown(context: Context, download: Exchange, output: JSONObject) -> None:
    """Check that a download has the size, checksum, type and name that its output shows.

    Raises:
        NotConclusive: it was refused.
        ContractBroken: it has not.
    """
    __tracebackhide__ = True
    response, name = succeeded(download).response, context.profile.value("output-name-field")
    got = response.headers.get("Content-Type", "")
    expect_same(download, "the `size` that its output shows", output.get("size"), len(response.content))
    if output.get("checksum") not in checksums(context, response.content):
        raise download.broken(f"must have the `checksum` {output.get('checksum')} that its output shows")
    if not same_type(got, str(output.get("content_type"))):
        raise download.broken(f"must have the `content_type` {output.get('content_type')}, is {got}")
    named = named_file(response.headers.get("Content-Disposition", ""))
    expect_same(download, "the file name in Content-Disposition", output.get(name), named)


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def named_file(disposition: str) -> str:
    r"""The file name in a `Content-Disposition` header, by RFC 6266; empty if there is none.

    >>> named_file("attachment; filename=\"B?r.png\"; filename*=UTF-8''B%C3%A4r.png")
    'Bär.png'
    """
    parameters = _parameters(disposition)
    extended = parameters.get("filename*", "")
    charset, _, quoted = extended.partition("'")
    if quoted:
        return unquote(quoted.partition("'")[2], encoding=charset or "utf-8", errors="replace")
    return parameters.get("filename", "")


def _parameters(header: str) -> Mapping[str, str]:
    found = _PARAMETER.finditer(header)
    return {
        match["name"].lower(): re.sub(r"\\(.)", r"\1", match["quoted"])
        if match["quoted"] is not None
        else match["token"]
        for match in found
    }
