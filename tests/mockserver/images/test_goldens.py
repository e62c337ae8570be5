"""Same picture, same bytes: against hashes taken once, in any order, in threads."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pixelpact.mockserver.images import RENDERER_VERSION, Picture, placeholder_png
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


def test_order_and_threads_leave_no_trace():
    entries = ENTRIES[:12]

    with ThreadPoolExecutor(4) as pool:
        backwards = list(pool.map(sha256, reversed(entries)))

    assert backwards[::-1] == [entry["sha256"] for entry in entries]
