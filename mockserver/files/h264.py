"""H.264 without an encoder (ITU-T H.264, Constrained Baseline): raw samples, then frames that repeat them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixelpact.mockserver.files.bits import exp_golomb, fixed, packed

if TYPE_CHECKING:
    from PIL import Image

#: Constrained Baseline: profile 66, sets 0 and 1; level 3.
_PROFILE = bytes([66, 0xC0, 30])
#: A macroblock is 16 x 16 pixels.
BLOCK = 16
#: NAL unit headers: reference importance and type (7.4.1).
_SPS, _PPS, _IDR, _NON_IDR = b"\x67", b"\x68", b"\x65", b"\x41"
_STOP = "1"
#: Macroblock type I_PCM (table 7-11).
_I_PCM = exp_golomb(25)


@dataclass(frozen=True, slots=True)
class Film:
    """Coded frames, each preceded by its length, and the parameters that a decoder needs before them.

    The first frame is a key frame. `config` is an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3).
    """

    width_px: int
    height_px: int
    config: bytes
    frames: tuple[bytes, ...]


def film(picture: Image.Image, *, frames: int) -> Film:
    """The picture, repeated as `frames` frames (1 to 16); its sides are multiples of 16."""
    width, height = picture.size
    sps = _SPS + packed(
        # Numbers of frames in 4 bits, output in order of decoding, one reference frame, no gaps.
        "".join((*_digits(_PROFILE), exp_golomb(0), exp_golomb(0), exp_golomb(2), exp_golomb(1), "0"))
        # Size; frames, not fields; direct inference; no cropping, no VUI.
        + "".join((exp_golomb(width // BLOCK - 1), exp_golomb(height // BLOCK - 1), "1100", _STOP))
    )
    # CAVLC; one slice group; one reference; no weights; QP 26; deblocking is switched by the slice.
    pps = _PPS + packed("1100111000111100" + _STOP)
    config = b"\x01" + _PROFILE + b"\xff\xe1" + _counted(sps, ">H") + b"\x01" + _counted(pps, ">H")
    repeats = (_repeat(number, blocks=width * height // BLOCK**2) for number in range(1, frames))
    coded = (_key_frame(picture), *repeats)
    return Film(width, height, config, tuple(_counted(unit, ">I") for unit in coded))


def _key_frame(picture: Image.Image) -> bytes:
    """A frame whose macroblocks are raw samples: 256 of luma, 64 of each chroma (7.3.5).

    Samples are at least 16, so nothing looks like a start code that must be escaped (7.4.1).
    """
    # First macroblock 0, I slice, frame 0, IDR picture 0, no marking, QP as is, deblocking off.
    header = exp_golomb(0) + exp_golomb(7) + exp_golomb(0) + "0000" + exp_golomb(0) + "001" + exp_golomb(1)
    blocks = _samples(picture)
    return _IDR + packed(header + _I_PCM) + packed(_I_PCM).join(blocks) + packed(_STOP)


def _repeat(number: int, *, blocks: int) -> bytes:
    """A frame that skips all macroblocks, which shows the previous one again."""
    # P slice; reference list as it is; no marking; QP as is, deblocking off; a run of skipped macroblocks.
    header = exp_golomb(0) + exp_golomb(5) + exp_golomb(0) + fixed(number, width=4) + "0001" + exp_golomb(1)
    return _NON_IDR + packed(header + exp_golomb(blocks) + _STOP)


def _samples(picture: Image.Image) -> list[bytes]:
    """The bytes of each macroblock, row by row; ITU-R BT.601 with narrow range, from 16 to 235 and 240."""
    import numpy as np

    full = np.asarray(picture.convert("RGB").convert("YCbCr")).astype(np.int32)
    luma = (16 + full[:, :, 0] * 219 // 255).astype(np.uint8)
    chroma = [(16 + full[::2, ::2, plane] * 224 // 255).astype(np.uint8) for plane in (1, 2)]
    half = BLOCK // 2
    return [
        luma[y : y + BLOCK, x : x + BLOCK].tobytes()
        + b"".join(plane[y // 2 : y // 2 + half, x // 2 : x // 2 + half].tobytes() for plane in chroma)
        for y in range(0, luma.shape[0], BLOCK)
        for x in range(0, luma.shape[1], BLOCK)
    ]


def _counted(unit: bytes, length: str) -> bytes:
    return struct.pack(length, len(unit)) + unit


def _digits(data: bytes) -> list[str]:
    return [fixed(byte, width=8) for byte in data]
