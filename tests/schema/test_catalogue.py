"""The catalogue is complete, consistent, and speaks the vendor's words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from pixelpact.schema import (
    CatalogueEntry,
    catalogue,
    component_validator,
    find_conversion,
    find_violations,
    validator,
)

#: What the vendor's conformance scenarios convert to; each with the category they name or expect.
NEEDED = [
    ("png", "image"),
    ("jpg", "image"),
    ("pdf", "document"),
    ("thumbnail", "operation"),
    ("compress", "operation"),
    ("extract-assets", "operation"),
    ("compare-image", "operation"),
    ("resize-image", "operation"),
    ("text-to-image", "operation"),
    ("zip", "archive"),
    ("sha256", "hash"),
    ("json", "metadata"),
    ("aac", "audio"),
    ("mp4", "video"),
]
EVERY_ROW = pytest.mark.parametrize(
    "entry", [pytest.param(row, id=f"{row.category}/{row.target}") for row in catalogue()]
)


@pytest.mark.parametrize(("target", "category"), NEEDED)
def test_vendor_clients_find_their_targets(target: str, category: str) -> None:
    first = find_conversion(target)

    assert first is not None
    assert first.category == category
    assert find_conversion(target, category) is first


def test_ids_and_pairs_are_unique() -> None:
    rows = catalogue()

    assert len({row.id for row in rows}) == len(rows)
    assert len({(row.category, row.target) for row in rows}) == len(rows)


@EVERY_ROW
def test_a_row_is_well_formed(entry: CatalogueEntry) -> None:
    assert entry.id.isdigit()
    assert re.fullmatch(r"[a-z]+", entry.category)
    assert re.fullmatch(r"[a-z0-9-]+", entry.target)
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", entry.content_type)
    assert re.fullmatch(r"[a-z0-9]+", entry.extension)
    assert set(entry.keeps_type) <= {row.category for row in catalogue()}


@EVERY_ROW
def test_a_row_is_shown_as_the_api_shows_it(entry: CatalogueEntry) -> None:
    shown = entry.document()

    assert list(shown) == ["id", "target", "category", "options"]
    assert find_violations(component_validator("CatalogueEntry"), shown) == []


@EVERY_ROW
def test_options_are_a_schema_or_unknown(entry: CatalogueEntry) -> None:
    Draft202012Validator.check_schema(dict(entry.options or {}))


def test_one_extension_has_one_content_type() -> None:
    pairs = {(row.extension, row.content_type) for row in catalogue()}

    assert len({extension for extension, _ in pairs}) == len(pairs)


def test_a_target_stands_in_several_categories() -> None:
    categories = [row.category for row in catalogue() if row.target == "gif"]

    assert categories == ["image", "video"]
    assert find_conversion("gif", "audio") is None
    assert find_conversion("no-such-target") is None


def test_unknown_options_are_shown_as_none() -> None:
    entry = find_conversion("zip")

    assert entry is not None
    assert entry.options is None
    assert entry.document()["options"] == {}


def test_the_quality_of_a_jpg_is_known_by_name_only() -> None:
    entry = find_conversion("jpg")

    assert entry is not None
    assert entry.options is not None
    assert set(entry.document()["options"]["quality"]) == {"description"}
    assert find_violations(validator(entry.options), {"quality": "any", "other": 1}) == []


def test_what_is_known_of_an_open_target_is_checked() -> None:
    entry = find_conversion("image-inpaint")
    assert entry is not None
    assert entry.options is not None

    options = validator(entry.options)

    assert find_violations(options, {"denoising_strength": 0.5, "other": 1}) == []
    assert [found.keyword for found in find_violations(options, {"denoising_strength": 2})] == ["maximum"]


@EVERY_ROW
def test_a_download_password_is_secret_everywhere(entry: CatalogueEntry) -> None:
    assert entry.secrets == {"download_password"}


def test_archives_and_comparisons_merge() -> None:
    assert {row.target for row in catalogue() if row.merges} == {"zip", "tar", "tgz", "7z", "compare-image"}


def test_only_an_option_that_is_true_merges() -> None:
    merging = {row.target: row.merge_option for row in catalogue() if row.merge_option}
    (pdf, *_) = (row for row in catalogue() if row.target == "pdf")

    assert merging == {"pdf": "merge"}
    assert [pdf.merges_inputs({"merge": value}) for value in (True, False, "true", 1, None)] == [True] + [
        False
    ] * 4


def test_a_category_chooses_between_targets_of_one_name() -> None:
    found = [find_conversion("gif", category) for category in (None, "image", "video")]

    assert [entry.category for entry in found if entry] == ["image", "image", "video"]


def test_the_first_example_of_an_option_is_shown() -> None:
    options = {"properties": {"color": {"type": "string", "examples": ["red", "blue"]}}}
    entry = replace(catalogue()[0], options=options)

    assert entry.document()["options"] == {"color": {"type": "string", "example": "red"}}
