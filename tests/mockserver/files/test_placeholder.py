"""Every row of the catalogue has a file, of its type, the same every time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pixelpact.mockserver.files.errors import FileError, MissingDigest, NoPlaceholder, NoSource
from pixelpact.mockserver.files.placeholder import file_entry, placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.schema import CatalogueEntry, catalogue, find_conversion

#: How files of each type begin; text has no mark of its own.
MAGIC = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
    "image/bmp": b"BM",
    "image/tiff": b"II*\x00",
    "image/vnd.microsoft.icon": b"\x00\x00\x01\x00\x01\x00",
    "image/x-tga": b"\x00\x01\x01",
    "image/svg+xml": b"<?xml",
    "application/postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "application/pdf": b"%PDF-1.4\n",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": b"PK\x03\x04",
    "application/vnd.oasis.opendocument.text": b"PK\x03\x04",
    "application/vnd.oasis.opendocument.spreadsheet": b"PK\x03\x04",
    "application/rtf": b"{\\rtf1",
    "text/plain": b"",
    "text/html": b"<!DOCTYPE html>",
    "text/csv": b"source,",
    "application/epub+zip": b"PK\x03\x04",
    "application/x-fictionbook+xml": b"<?xml",
    "audio/mpeg": b"\xff\xfb",
    "audio/wav": b"RIFF",
    "audio/aac": b"\xff\xf1",
    "audio/flac": b"fLaC",
    "audio/ogg": b"OggS",
    "audio/mp4": b"\x00\x00\x00\x1cftypM4A ",
    "audio/aiff": b"FORM",
    "video/mp4": b"\x00\x00\x00\x20ftypisom",
    "video/webm": b"\x1aE\xdf\xa3",
    "video/x-matroska": b"\x1aE\xdf\xa3",
    "video/x-msvideo": b"RIFF",
    "video/quicktime": b"\x00\x00\x00\x14ftypqt  ",
    "video/3gpp": b"\x00\x00\x00\x18ftyp3gp5",
    "application/zip": b"PK\x03\x04",
    "application/x-tar": b"a fox",
    "application/gzip": b"\x1f\x8b\x08",
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c",
    "application/json": b"{",
}
#: Targets whose files don't show what they were made from: silence, and numbers.
WORDLESS = {"audio"}

EVERY_ROW = pytest.mark.parametrize(
    "entry", [pytest.param(row, id=f"{row.category}/{row.target}") for row in catalogue()]
)


@EVERY_ROW
def test_a_file_begins_as_its_type_does(entry: CatalogueEntry, fox: Source) -> None:
    content = placeholder_file(entry, [fox], options={}, seed=7)

    assert content.startswith(MAGIC[file_entry(entry, [fox]).content_type])
    assert 0 < len(content) < 50_000


@EVERY_ROW
def test_same_arguments_give_same_bytes(entry: CatalogueEntry, photo: Source) -> None:
    first = placeholder_file(entry, [photo], options={"width": 100}, seed=7)

    assert placeholder_file(entry, [photo], options={"width": 100}, seed=7) == first


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(row, id=f"{row.category}/{row.target}")
        for row in catalogue()
        if row.category not in (*WORDLESS, "hash")
    ],
)
def test_another_source_shows(entry: CatalogueEntry, fox: Source) -> None:
    owl = replace(fox, name="owl.txt", text="an owl")

    ours, other = (placeholder_file(entry, [source], options={}, seed=7) for source in (fox, owl))

    assert ours != other


@pytest.mark.parametrize("target", ["png", "jpg", "thumbnail", "mp4", "webm", "avi", "svg"])
def test_another_seed_shows_in_a_picture(target: str, fox: Source) -> None:
    entry = find_conversion(target)
    assert entry is not None

    seven, eight = (placeholder_file(entry, [fox], options={}, seed=seed) for seed in (7, 8))

    assert seven != eight


@pytest.mark.parametrize(
    ("target", "name", "content_type"),
    [
        ("compress", "fox.png", "image/png"),
        ("compress", "FOX.JPEG", "image/jpeg"),
        ("compress", "fox.pdf", "application/pdf"),
        ("compress", "fox.mp4", "video/mp4"),
        ("compress", "fox.unknown", "application/zip"),
        ("compress", "fox", "application/zip"),
        ("resize-image", "fox.tif", "image/tiff"),
        ("resize-image", "fox.pdf", "image/png"),
        ("thumbnail", "fox.jpg", "image/png"),
    ],
)
def test_some_operations_keep_the_type(target: str, name: str, content_type: str) -> None:
    entry, source = find_conversion(target), Source(name, "", 9, {})
    assert entry is not None

    content = placeholder_file(entry, [source], options={}, seed=7)

    assert file_entry(entry, [source]).content_type == content_type
    assert content.startswith(MAGIC[content_type])


def test_without_a_source_the_row_itself_counts() -> None:
    entry = find_conversion("compress")
    assert entry is not None

    assert file_entry(entry, []) is entry


@pytest.mark.parametrize("name", ["", "..", "/", "\ud800\x00\u202e\U0001f98a", "a/../" + "x" * 3000, "\n\t"])
@EVERY_ROW
def test_names_can_be_anything(entry: CatalogueEntry, name: str) -> None:
    source = Source(name, "\ud800\x00 <&>\\{}()\u2028", 9, {"md5": "0"})
    digests = dict.fromkeys([row.target for row in catalogue() if row.category == "hash"], "0")

    assert placeholder_file(entry, [replace(source, digests=digests)], options={"height": 64}, seed=0)


def test_a_file_needs_a_source() -> None:
    with pytest.raises(NoSource, match="at least one source"):
        placeholder_file(catalogue()[0], [], options={}, seed=7)


@pytest.mark.parametrize("error", [NoPlaceholder, NoSource, MissingDigest])
def test_every_error_is_a_file_error_and_a_value_error(error: type[Exception]) -> None:
    assert issubclass(error, FileError)
    assert issubclass(FileError, ValueError)


def test_a_row_without_a_writer_is_named(fox: Source) -> None:
    entry = replace(catalogue()[0], category="cad", target="dwg", extension="dwg")

    with pytest.raises(NoPlaceholder, match="No placeholder for cad/dwg") as caught:
        placeholder_file(entry, [fox], options={}, seed=7)

    assert (caught.value.category, caught.value.target, caught.value.extension) == ("cad", "dwg", "dwg")
