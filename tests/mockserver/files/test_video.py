"""Videos are a second long, and their indexes lead to frames."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from pixelpact.mockserver.files import video

Made = Any
#: Boxes that hold boxes, and what stands before these.
NESTED = {b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"dinf": 0, b"stbl": 0, b"dref": 8, b"stsd": 8}
NESTED |= {b"avc1": 78, b"mp4a": 28}
#: EBML elements that hold elements.
MASTERS = {"1a45dfa3", "18538067", "1549a966", "1654ae6b", "ae", "e0", "1f43b675"}


def boxes(content: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of all boxes (ISO/IEC 14496-12, 4.2), the outer before the inner; they fill their parent."""
    end = len(content) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", content, start)
        assert 8 <= size <= end - start
        yield kind, content[start + 8 : start + size]
        if kind in NESTED:
            yield from boxes(content, start + 8 + NESTED[kind], start + size)
        start += size


def elements(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Id and body of all EBML elements (RFC 8794, 4-6), the outer before the inner; they fill their parent."""
    while content:
        id_length = 9 - content[0].bit_length()
        id_, rest = content[:id_length].hex(), content[id_length:]
        size_length = 9 - rest[0].bit_length()
        size = int.from_bytes(rest[:size_length], "big") & (1 << 7 * size_length) - 1
        assert size <= len(rest) - size_length
        body, content = rest[size_length : size_length + size], rest[size_length + size :]
        yield id_, body
        if id_ in MASTERS:
            yield from elements(body)


def units(sample: bytes) -> Iterator[bytes]:
    """NAL units with their lengths in front (ISO/IEC 14496-15); none holds a start code."""
    while sample:
        size = int.from_bytes(sample[:4], "big")
        unit, sample = sample[4 : 4 + size], sample[4 + size :]
        assert len(unit) == size
        assert not any(unit.count(bytes([0, 0, last])) for last in range(3))
        yield unit


def digits(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)


def samples(content: bytes, parts: dict[bytes, bytes]) -> list[bytes]:
    count = struct.unpack_from(">I", parts[b"stsz"], 8)[0]
    sizes = struct.unpack_from(f">{count}I", parts[b"stsz"], 12)
    offset = struct.unpack_from(">I", parts[b"stco"], 8)[0]
    assert sum(sizes) == len(parts[b"mdat"])
    assert content[offset:] == parts[b"mdat"]
    return [content[offset + sum(sizes[:each]) :][: sizes[each]] for each in range(count)]


@pytest.mark.parametrize("target", ["mp4", "mov", "3gp"])
def test_an_mp4_leads_to_its_frames(target: str, made: Made) -> None:
    content = made(target)
    parts = dict(boxes(content))

    scale, length = struct.unpack_from(">II", parts[b"mvhd"], 12)
    frames = samples(content, parts)
    assert length / scale == 1
    assert struct.unpack_from(">HH", parts[b"avc1"], 24) == (128, 96)
    assert [[unit[0] & 31 for unit in units(frame)] for frame in frames] == [[5], [1], [1], [1], [1]]
    # 48 macroblocks of 384 samples in the first frame, next to nothing in the others.
    assert len(frames[0]) > 48 * 384
    assert max(map(len, frames[1:])) < 20


def test_the_decoder_is_told_profile_and_sets(made: Made) -> None:
    config = dict(boxes(made("mp4")))[b"avcC"]

    sps_length = int.from_bytes(config[6:8], "big")
    sps, rest = config[8 : 8 + sps_length], config[8 + sps_length :]
    assert config[:6] == b"\x01\x42\xc0\x1e\xff\xe1"
    assert sps[:4] == b"\x67" + config[1:4]
    assert (rest[0], int.from_bytes(rest[1:3], "big"), rest[3]) == (1, len(rest) - 3, 0x68)
    # Ids, frame numbers, order, references, gaps; 8 x 6 macroblocks, less one; frames, no cropping; stop.
    assert digits(sps[4:]) == "11011010000010000011011001000000"


def test_the_other_frames_skip_all_macroblocks(made: Made) -> None:
    content = made("mp4")

    skips = [digits(frame[5:]) for frame in samples(content, dict(boxes(content)))[1:]]

    # First macroblock 0, P slice, picture set 0; number; lists and QP as they are; no deblocking; 48; stop.
    assert skips == [
        ("1001101" + number + "0001010000001100011").ljust(32, "0")
        for number in ("0001", "0010", "0011", "0100")
    ]


def test_an_m4a_leads_to_its_frames(made: Made) -> None:
    content = made("m4a")
    parts = dict(boxes(content))

    scale, length = struct.unpack_from(">II", parts[b"mdhd"], 12)
    assert set(samples(content, parts)) == {b"\0\0\0\x07"}
    assert length / scale == pytest.approx(0.5, abs=0.05)
    assert b"\x05\x02\x12\x08" in parts[b"esds"]


@pytest.mark.parametrize(
    ("target", "kind", "codec"),
    [("mkv", b"matroska", b"V_MPEG4/ISO/AVC"), ("webm", b"webm", b"V_VP8")],
)
def test_a_matroska_holds_a_second(target: str, kind: bytes, codec: bytes, made: Made) -> None:
    found = list(elements(made(target)))
    values = dict(found)
    blocks = [body for id_, body in found if id_ == "a3"]

    assert (values["4282"], values["86"]) == (kind, codec)
    assert struct.unpack(">d", values["4489"])[0] * int.from_bytes(values["2ad7b1"], "big") == 1e9
    assert (values["b0"], values["ba"]) == (b"\x80", b"\x60")
    assert [struct.unpack_from(">BhB", block)[:2] for block in blocks] == [
        (0x81, 200 * each) for each in range(5)
    ]
    assert blocks[0][3] == 0x80


def test_mkv_and_mp4_hold_the_same_film(made: Made) -> None:
    parts = dict(boxes(made("mp4")))
    found = list(elements(made("mkv")))

    assert b"".join(body[4:] for id_, body in found if id_ == "a3") == parts[b"mdat"]
    assert dict(found)["63a2"] == parts[b"avcC"]


def test_the_frame_of_a_webm_is_a_picture(made: Made) -> None:
    frame = dict(elements(made("webm")))["a3"][4:]
    chunk = b"WEBPVP8 " + struct.pack("<I", len(frame)) + frame

    picture = Image.open(io.BytesIO(b"RIFF" + struct.pack("<I", len(chunk)) + chunk))
    picture.load()

    assert (picture.format, picture.size) == ("WEBP", (128, 96))


def test_a_webp_that_is_no_plain_frame_is_refused(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def lossless(picture: Image.Image, **_: Any) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", lossless=True)
        return buffer.getvalue()

    monkeypatch.setattr(video, "encoded", lossless)

    with pytest.raises(RuntimeError, match="first chunk is b'VP8L'"):
        made.__wrapped__("webm")


def test_an_avi_leads_to_its_frames(made: Made) -> None:
    content = made("avi")
    movi, index = content.index(b"movi"), content.index(b"idx1")

    assert struct.unpack_from("<4sI4s", content) == (b"RIFF", len(content) - 8, b"AVI ")
    period, count = struct.unpack_from("<I12xI", content, content.index(b"avih") + 8)
    assert period * count == 1_000_000
    assert struct.unpack_from("<I", content, index + 4)[0] == 16 * count
    for number in range(count):
        name, key, offset, size = struct.unpack_from("<4sIII", content, index + 8 + 16 * number)
        chunk = content[movi + offset :]
        assert (name, key, chunk[:8]) == (b"00dc", 0x10, b"00dc" + struct.pack("<I", size))
        picture = Image.open(io.BytesIO(chunk[8 : 8 + size]))
        picture.load()
        assert (picture.format, picture.size) == ("JPEG", (128, 96))
