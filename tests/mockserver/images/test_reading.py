"""`read_image` refuses what is not a whole placeholder, and says why."""

from __future__ import annotations

import io
import json
import struct
import zlib

import pytest
from PIL import Image

from pixelpact.mockserver.images.errors import DamagedPng, ForeignPng, ImageError, NotAPng
from pixelpact.mockserver.images.picture import RENDERER_VERSION
from pixelpact.mockserver.images.placeholder import placeholder_png, read_image


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_text(data, text, keyword=b"pixelpact"):
    """The picture with another description."""
    start = data.index(b"iTXtpixelpact") - 4
    (length,) = struct.unpack(">I", data[start : start + 4])
    return data[:start] + chunk(b"iTXt", keyword + bytes(5) + text) + data[start + 12 + length :]


@pytest.fixture
def data(make_picture):
    return placeholder_png(make_picture(width_px=64, height_px=64))


@pytest.mark.parametrize("rubbish", [b"", b"GIF89a", b"<html>", b"\x89PNG", b"\xff\xd8\xff\xe0" * 9])
def test_anything_but_a_png_is_refused(rubbish):
    with pytest.raises(NotAPng, match="Not a PNG: it"):
        read_image(rubbish)


@pytest.mark.parametrize(
    "thing", [None, 7, "\x89PNG", [137, 80], io.BytesIO()], ids=lambda thing: type(thing).__name__
)
def test_anything_but_bytes_is_refused(thing):
    with pytest.raises(
        NotAPng, match=f"Not a PNG: it is of type {type(thing).__name__}, not bytes. Pass the whole"
    ):
        read_image(thing)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_bytes_of_any_kind_are_read(kind, data):
    assert read_image(kind(data)) == read_image(data)


def test_every_truncation_is_refused(data):
    for length in [*range(8, 1200), *range(1200, len(data), 97), len(data) - 1]:
        with pytest.raises(DamagedPng, match=r"cut off|missing"):
            read_image(data[:length])


def test_every_changed_byte_is_noticed(data):
    for offset in [*range(1100), *range(1100, len(data), 89), *range(len(data) - 30, len(data))]:
        damaged = bytearray(data)
        damaged[offset] ^= 0x41
        with pytest.raises(ImageError):
            read_image(bytes(damaged))


@pytest.mark.parametrize("kind", [b"PLTE", b"IDAT"])
def test_a_lost_chunk_is_noticed(data, kind):
    start = data.index(kind) - 4
    (length,) = struct.unpack_from(">I", data, start)

    with pytest.raises(DamagedPng, match=f"there is no chunk {kind!r}"):
        read_image(data[:start] + data[start + 12 + length :])


def test_texts_that_inflate_to_gigabytes_are_left_as_they_are(data):
    bomb = zlib.compress(bytes(10_000_000))
    grown = data[:33] + chunk(b"zTXt", b"pixelpact\0\0" + bomb) + data[33:]

    assert read_image(grown) == read_image(data)


def test_a_giant_header_is_refused(data):
    header = chunk(b"IHDR", struct.pack(">II", 2**31 - 1, 2**31 - 1) + data[24:29])

    with pytest.raises(ForeignPng, match="2147483647 x 2147483647, but was drawn as 64 x 64"):
        read_image(data[:8] + header + data[33:])


def test_bytes_after_the_end_are_refused(data):
    with pytest.raises(DamagedPng, match="4 bytes follow the end"):
        read_image(data + b"rest")


def test_a_png_of_another_program_is_refused():
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "PNG")

    with pytest.raises(ForeignPng, match="has no text 'pixelpact'"):
        read_image(out.getvalue())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"no json", "can't be read"),
        (b"[]", "can't be read"),
        (b"7", "can't be read"),
        (b"{}", "can't be read"),
        (b'{"pixelpact":%d}' % RENDERER_VERSION, "can't be read"),
        (b'{"pixelpact":99}', "renderer 99"),
        (b"\xff", "no text"),
        (b"[" * 100_000, "can't be read"),
    ],
)
def test_a_description_that_is_not_ours_is_refused(data, text, reason):
    with pytest.raises(ForeignPng, match=reason):
        read_image(with_text(data, text))


def test_a_description_of_another_size_is_refused(data, make_picture):
    other = placeholder_png(make_picture(width_px=65, height_px=64))
    start = other.index(b"iTXtpixelpact")
    (length,) = struct.unpack(">I", other[start - 4 : start])
    text = other[start + 4 + len("pixelpact") + 5 : start + 4 + length]

    with pytest.raises(ForeignPng, match="64 x 64, but was drawn as 65 x 64"):
        read_image(with_text(data, text))


@pytest.mark.parametrize(
    "change", [{"seed": 0}, {"style": "cubist"}, {"extra": 1}, {"width_px": "64"}, {"options": {"seed": -5}}]
)
def test_a_description_out_of_range_is_refused(data, change):
    start = data.index(b"iTXtpixelpact")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    content = json.loads(data[start + 4 + len("pixelpact") + 5 : start + 4 + length]) | change

    with pytest.raises(ForeignPng, match="can't be read"):
        read_image(with_text(data, json.dumps(content).encode()))


def test_texts_of_other_tools_do_no_harm(data):
    extra = chunk(b"tEXt", b"Comment\0hello") + chunk(b"iTXt", b"x\0\1\0\0\0?") + chunk(b"iTXt", b"odd")
    grown = data[:33] + extra + data[33:]

    assert read_image(grown) == read_image(data)
