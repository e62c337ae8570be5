"""Audio is half a second long, by each format's own account, and every checksum in it holds."""

from __future__ import annotations

import hashlib
import io
import struct
import wave
from typing import Any

import pytest

from pixelpact.mockserver.files.bits import crc

Made = Any


def ogg_pages(content: bytes) -> list[tuple[int, int, list[bytes]]]:
    """Flags, position and packets of each page (RFC 3533, 6), its checksum proven."""
    pages = []
    while content:
        assert content[:5] == b"OggS\0"
        flags, position, _serial, number, checksum, count = struct.unpack_from("<BqIIIB", content, 5)
        lacing, at = content[27 : 27 + count], 27 + count
        whole = at + sum(lacing)
        assert number == len(pages)
        assert crc(content[:22] + bytes(4) + content[26:whole], polynomial=0x04C11DB7, width=32) == checksum
        packets, packet = [], b""
        for length in lacing:
            packet, at = packet + content[at : at + length], at + length
            if length < 255:
                packets.append(packet)
                packet = b""
        pages.append((flags, position, packets))
        content = content[whole:]
    return pages


def test_a_wav_plays_silence(made: Made) -> None:
    with wave.open(io.BytesIO(made("wav"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert file.getnframes() / file.getframerate() == pytest.approx(0.5, abs=0.05)
        assert not any(file.readframes(file.getnframes()))


def test_an_aiff_adds_up(made: Made) -> None:
    content = made("aiff")

    assert struct.unpack_from(">4sI4s4sI", content) == (b"FORM", len(content) - 8, b"AIFF", b"COMM", 18)
    channels, samples, bits, exponent, mantissa = struct.unpack_from(">HIHHQ", content, 20)
    assert (channels, bits, mantissa >> (63 - (exponent - 16383))) == (1, 16, 8000)
    assert struct.unpack_from(">4sI", content, 38) == (b"SSND", 8 + 2 * samples)
    assert len(content) == 38 + 8 + 8 + 2 * samples


def test_mp3_frames_follow_each_other(made: Made) -> None:
    content = made("mp3")

    # 32 kbit/s at 44.1 kHz: 104 bytes and 1152 samples a frame.
    frames = [content[at : at + 104] for at in range(0, len(content), 104)]
    assert {frame[:4] for frame in frames} == {b"\xff\xfb\x10\xc0"}
    assert {len(frame) for frame in frames} == {104}
    assert len(frames) * 1152 / 44100 == pytest.approx(0.5, abs=0.05)


def test_aac_frames_follow_each_other(made: Made) -> None:
    content, frames = made("aac"), 0
    while content:
        assert content[:2] == b"\xff\xf1"
        assert (content[2] >> 6, content[2] >> 2 & 15, content[2] & 1, content[3] >> 6) == (1, 4, 0, 1)
        length = (content[3] & 3) << 11 | content[4] << 3 | content[5] >> 5
        assert content[7:length] == b"\0\0\0\x07"
        content, frames = content[length:], frames + 1

    assert frames * 1024 / 44100 == pytest.approx(0.5, abs=0.05)


def test_a_flac_frame_holds(made: Made) -> None:
    content = made("flac")

    assert content[:8] == b"fLaC\x80\0\0\x22"
    smallest, largest = struct.unpack_from(">HH", content, 8)
    packed = int.from_bytes(content[18:26], "big")
    rate, channels, bits, samples = packed >> 44, packed >> 41 & 7, packed >> 36 & 31, packed & (1 << 36) - 1
    assert (smallest, largest, rate, channels, bits, samples) == (4096, 4096, 8000, 0, 15, 4096)
    assert content[26:42] == hashlib.md5(bytes(2 * samples)).digest()
    header, frame = content[42:47], content[42:]
    assert header == b"\xff\xf8\xc4\x08\0"
    # A checksum over what it follows, itself included, is 0.
    assert crc(content[42:48], polynomial=0x07, width=8) == 0
    assert crc(frame, polynomial=0x8005, width=16) == 0


def test_ogg_is_vorbis(made: Made) -> None:
    first, headers, audio = ogg_pages(made("ogg"))

    assert (first[0], headers[0], audio[0]) == (2, 0, 4)
    rate = struct.unpack_from("<I", first[2][0], 12)[0]
    assert [packet[:7] for packet in (*first[2], *headers[2])] == [
        b"\x01vorbis",
        b"\x03vorbis",
        b"\x05vorbis",
    ]
    assert audio[1] / rate == pytest.approx(0.5, abs=0.05)
    assert set(audio[2]) == {b"\0"}


def test_opus_is_opus(made: Made) -> None:
    first, tags, audio = ogg_pages(made("opus"))

    assert first[2] == [b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"]
    assert [packet[:8] for packet in tags[2]] == [b"OpusTags"]
    assert (audio[0], audio[1], len(audio[2])) == (4, 24000, 25)
