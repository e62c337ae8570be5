"""Half a second of silence, in formats without a container or with a simple one."""

from __future__ import annotations

import hashlib
import struct

from pixelpact.mockserver.files.bits import crc, fixed, packed

#: Formats of plain samples: samples per second, and their number.
_RATE_HZ, _SAMPLES = 8000, 4096
_SILENCE = bytes(2 * _SAMPLES)
#: AAC: samples per second, and the index of that rate in MPEG-4 (ISO/IEC 14496-3, table 1.18).
AAC_RATE_HZ, _AAC_RATE_INDEX = 44100, 4
#: Samples per AAC frame, and the number of frames.
AAC_FRAME_SAMPLES, _AAC_FRAMES = 1024, 22
#: A frame of silence: one channel, no scale factor bands, no tools, then the END element.
_AAC_SILENCE = packed("0000000" + fixed(0, width=8) + "00000000000000111")
#: MPEG-4 AudioSpecificConfig (1.6.2.1): AAC LC, 44.1 kHz, one channel.
AAC_CONFIG = packed(fixed(2, width=5) + fixed(_AAC_RATE_INDEX, width=4) + fixed(1, width=4) + "000")
#: A frame header of MPEG-1 layer III: 32 kbit/s, 44.1 kHz, one channel (ISO/IEC 11172-3, 2.4.1.3); all zero
#: after it means silence. A frame has 144 * bit rate / sample rate bytes and 1152 samples.
_MP3_HEADER, _MP3_FRAME_BYTES, _MP3_FRAMES = b"\xff\xfb\x10\xc0", 144 * 32000 // 44100, 20


def wav() -> bytes:
    """PCM of 16 bits, one channel (Multimedia Programming Interface 1.0, RIFF WAVE)."""
    form = struct.pack("<HHIIHH", 1, 1, _RATE_HZ, 2 * _RATE_HZ, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(_SILENCE)) + _SILENCE
    return b"RIFF" + struct.pack("<I", len(body)) + body


def aiff() -> bytes:
    """PCM of 16 bits, one channel (Audio Interchange File Format 1.3)."""
    # The rate is an 80-bit float: exponent biased by 16383, mantissa with its leading one.
    exponent = _RATE_HZ.bit_length() - 1
    rate = struct.pack(">HQ", 16383 + exponent, _RATE_HZ << (63 - exponent))
    common = struct.pack(">HIH", 1, _SAMPLES, 16) + rate
    sound = struct.pack(">II", 0, 0) + _SILENCE
    body = b"AIFFCOMM" + struct.pack(">I", len(common)) + common
    body += b"SSND" + struct.pack(">I", len(sound)) + sound
    return b"FORM" + struct.pack(">I", len(body)) + body


def mp3() -> bytes:
    """MPEG-1 layer III: frames without data."""
    return _MP3_HEADER.ljust(_MP3_FRAME_BYTES, b"\0") * _MP3_FRAMES


def aac_frames() -> tuple[bytes, ...]:
    """Frames of AAC LC, as a container holds them."""
    return (_AAC_SILENCE,) * _AAC_FRAMES


def aac() -> bytes:
    """AAC LC in an ADTS stream (ISO/IEC 13818-7, 6.2)."""
    length = 7 + len(_AAC_SILENCE)
    # Syncword, MPEG-4, layer 0, no checksum; profile LC - 1; one channel; length; variable rate; one frame.
    header = "1" * 12 + "0001" + "01" + fixed(_AAC_RATE_INDEX, width=4) + "0" + "001" + "0000"
    header += fixed(length, width=13) + "1" * 11 + "00"
    return (packed(header) + _AAC_SILENCE) * _AAC_FRAMES


def flac() -> bytes:
    """One frame of a constant (RFC 9639, 8.2 streaminfo, 9.1 frame header, 9.2.3 constant subframe)."""
    digest = hashlib.md5(_SILENCE, usedforsecurity=False).digest()
    # Block sizes, frame sizes (0: unknown), rate, channels - 1, bits - 1, samples.
    info = struct.pack(">HH", _SAMPLES, _SAMPLES) + bytes(6)
    info += packed(fixed(_RATE_HZ, width=20) + "000" + "01111" + fixed(_SAMPLES, width=36)) + digest
    # Sync code, fixed block size; 4096 samples (1100), 8 kHz (0100); one channel, 16 bits (100); frame 0.
    header = b"\xff\xf8" + packed("1100010000001000") + b"\0"
    header += bytes([crc(header, polynomial=0x07, width=8)])
    frame = header + bytes(3)
    frame += struct.pack(">H", crc(frame, polynomial=0x8005, width=16))
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + frame
