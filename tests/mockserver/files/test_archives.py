"""Archives list their sources, without a trace of the clock or the machine."""

from __future__ import annotations

import gzip
import io
import struct
import sys
import tarfile
import zipfile
import zlib
from typing import Any

import pytest

from pixelpact.mockserver.files.archives import Member, gzip_file
from pixelpact.mockserver.files.placeholder import placeholder_file
from pixelpact.mockserver.files.sevenzip import seven_zip
from pixelpact.mockserver.files.spec import Source
from pixelpact.schema import find_conversion

Made = Any
FOX, PHOTO = "a fox & <owl>.txt", "photo.jpeg"


def archive(target: str, *sources: Source) -> bytes:
    entry = find_conversion(target)
    assert entry is not None
    return placeholder_file(entry, sources, options={}, seed=7)


def test_a_zip_holds_each_source(made: Made, fox: Source) -> None:
    with zipfile.ZipFile(io.BytesIO(made("zip"))) as file:
        assert file.testzip() is None
        assert file.namelist() == [FOX, PHOTO]
        assert file.read(FOX).decode() == fox.text
        assert file.read(PHOTO).startswith(b"\xff\xd8\xff")
        assert {
            (member.date_time, member.create_system, member.compress_type) for member in file.infolist()
        } == {((1980, 1, 1, 0, 0, 0), 3, zipfile.ZIP_STORED)}


def test_a_zip_is_the_same_on_windows(fox: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    here = archive("zip", fox)

    monkeypatch.setattr(sys, "platform", "win32")

    assert archive("zip", fox) == here


@pytest.mark.parametrize("target", ["tar", "tgz"])
def test_a_tar_holds_each_source(target: str, made: Made, fox: Source) -> None:
    with tarfile.open(fileobj=io.BytesIO(made(target)), mode="r:*") as file:
        content = file.extractfile(FOX)
        assert content is not None
        assert content.read().decode() == fox.text
        assert file.getnames() == [FOX, PHOTO]
        assert {
            (member.mtime, member.uid, member.gid, member.uname, member.mode) for member in file.getmembers()
        } == {(0, 0, 0, "", 0o644)}


def test_a_gz_holds_its_source_and_its_name(made: Made, fox: Source) -> None:
    content = made("gz")

    assert gzip.decompress(content).decode() == fox.text
    assert content[3:10] == b"\x08\0\0\0\0\0\xff"
    assert content[10:].startswith(FOX.encode() + b"\0")


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0x10000, 200_000])
def test_gzip_blocks_join(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)

    assert gzip.decompress(gzip_file(content[:size])) == content[:size]


def test_a_7z_adds_up(made: Made) -> None:
    content = made("7z")

    crc, offset, size, header_crc = struct.unpack_from("<IQQI", content, 8)
    header = content[32 + offset :]
    assert zlib.crc32(content[12:32]) == crc
    assert (len(header), zlib.crc32(header)) == (size, header_crc)
    assert (header[0], header[-1]) == (1, 0)
    for name in (FOX, PHOTO):
        assert f"{name}\0".encode("utf-16-le") in header


def test_a_7z_lists_sizes_and_sums() -> None:
    content = seven_zip([Member("a", b"x" * 300), Member("b", b"yy")])

    sums = struct.pack("<II", zlib.crc32(b"x" * 300), zlib.crc32(b"yy"))
    streams = bytes.fromhex("06 00 01 09 81 2e 00  07 0b 01 00 01 01 00 0c 81 2e 00  08 0d 02 09 81 2c 0a 01")
    files = bytes.fromhex("05 02 11 09 00 6100 0000 6200 0000 00 00")
    assert content[32:] == b"x" * 300 + b"yy" + b"\x01\x04" + streams + sums + bytes(2) + files


def test_a_7z_of_one_file_has_no_sizes() -> None:
    content = archive("7z", Source("a", "x", 1, {}))

    assert b"\x08\x0d\x01\x0a\x01" + struct.pack("<I", zlib.crc32(b"x")) in content


def test_names_are_told_apart_and_stay_inside() -> None:
    names = ["../../fox.txt", "fox.txt", "C:\\fox.txt", "/etc/passwd", ""]
    sources = [Source(name, "x", 1, {}) for name in names]

    with zipfile.ZipFile(io.BytesIO(archive("zip", *sources))) as file:
        listed = file.namelist()

    assert listed == ["fox.txt", "fox-2.txt", "fox-3.txt", "passwd", "unnamed"]
    assert "\0".join(listed).encode("utf-16-le") in archive("7z", *sources)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("song.mp3", b"\xff\xfb"),
        ("paper.pdf", b"%PDF"),
        ("old.zip", b"MOCK: stands for 9 bytes"),
        ("thing", b"MOCK: stands for 9 bytes"),
    ],
)
def test_what_has_no_text_is_stood_in_for(name: str, start: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(archive("zip", Source(name, "", 9, {})))) as file:
        assert file.read(name).startswith(start)


def test_assets_are_a_picture_for_each_source(made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made("extract-assets"))) as file:
        assert file.namelist() == ["a fox & <owl>-1.png", "photo-1.png"]
        assert all(file.read(name).startswith(b"\x89PNG") for name in file.namelist())
