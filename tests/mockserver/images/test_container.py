"""The file is a PNG as the standard wants it: by our own reading, and by `pngcheck` where that is installed."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib

import pytest

from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.mockserver.images.png import SIGNATURE

PNGCHECK = shutil.which("pngcheck")
SIZES = [(64, 64), (65, 67), (512, 64), (64, 512), (5120, 64), (64, 5120), (1025, 769)]
PROMPTS = ["A lighthouse", "", "\ud800 \0 \U0001f431 \u05d0", "x" * 5000]


def chunks(data):
    """Kind, body and checksum of each chunk."""
    offset = len(SIGNATURE)
    while offset < len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        body = data[offset + 8 : offset + 8 + length]
        yield kind, body, struct.unpack_from(">I", data, offset + 8 + length)[0]
        offset += length + 12


@pytest.mark.parametrize("prompt", PROMPTS, ids=["usual", "empty", "odd", "long"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_chunks_come_in_order_and_their_checksums_fit(width, height, prompt, make_picture):
    data = placeholder_png(
        make_picture(width_px=width, height_px=height, prompt=prompt, preset="n\u00e9on\n")
    )

    found = list(chunks(data))

    assert data.startswith(SIGNATURE)
    assert [kind for kind, _, _ in found] == [b"IHDR", b"PLTE", b"iTXt", b"iTXt", b"IDAT", b"IEND"]
    assert [zlib.crc32(kind + body) for kind, body, _ in found] == [crc for _, _, crc in found]
    assert found[0][1] == struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    assert len(found[1][1]) == 3 * 256
    assert found[-1][1] == b""


@pytest.mark.skipif(PNGCHECK is None, reason="pngcheck (a Debian package) is not installed")
@pytest.mark.parametrize("prompt", PROMPTS, ids=["usual", "empty", "odd", "long"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_pngcheck_has_nothing_to_say(width, height, prompt, make_picture, tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(placeholder_png(make_picture(width_px=width, height_px=height, prompt=prompt)))

    result = subprocess.run([PNGCHECK, "-q", file], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
