"""Same picture, same bytes: against hashes taken once, in any order, in threads."""

from __future__ import annotations

import hashlib
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from pixelpact.mockserver.images.picture import RENDERER_VERSION, Picture
from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.schema import options_schema

GOLDENS = json.loads(Path(__file__).with_name("goldens.json").read_text(encoding="ascii"))
ENTRIES = GOLDENS["pictures"]
STYLES = options_schema()["properties"]["style"]["enum"]


def sha256(entry: dict[str, object]) -> str:
    fields = {name: value for name, value in entry.items() if name != "sha256"}
    return hashlib.sha256(placeholder_png(Picture(**fields))).hexdigest()


@pytest.mark.parametrize(
    "entry", ENTRIES, ids=[f"{e['style']}-{e['width_px']}x{e['height_px']}" for e in ENTRIES]
)
def test_bytes_are_those_of_the_golden_picture(entry):
    digest = sha256(entry)

    assert digest == entry["sha256"], (
        "Bytes changed: raise RENDERER_VERSION and run scripts/goldens.py --write."
    )


def test_goldens_are_of_this_renderer():
    assert GOLDENS["renderer_version"] == RENDERER_VERSION


def test_goldens_cover_forty_pictures_and_every_style():
    assert len({entry["sha256"] for entry in ENTRIES}) >= 40
    assert {entry["style"] for entry in ENTRIES} == set(STYLES)


@pytest.mark.parametrize(("workers", "order"), [(1, 1), (4, 2)])
def test_order_and_number_of_workers_leave_no_trace(workers, order):
    entries = Random(order).sample(ENTRIES, k=len(ENTRIES))

    with ThreadPoolExecutor(workers) as pool:
        digests = list(pool.map(sha256, entries))

    assert digests == [entry["sha256"] for entry in entries]


def test_no_compressor_and_no_encoder_has_a_say(monkeypatch):
    """Of zlib only the checksums are used, of Pillow only what opens our own font and noise."""
    for owner, name in [(zlib, "compress"), (zlib, "compressobj"), (Image.Image, "save")]:
        monkeypatch.setattr(owner, name, None)

    digests = [sha256(entry) for entry in ENTRIES[:8]]

    assert digests == [entry["sha256"] for entry in ENTRIES[:8]]
