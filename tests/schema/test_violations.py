"""Places of violations, and the keys that a refusal's `errors` has for them."""

from __future__ import annotations

import pytest

from pixelpact.schema import error_key, place_of


@pytest.mark.parametrize(
    ("path", "place", "key"),
    [
        ((), None, "body"),
        (("",), "", ""),
        (("process",), "process", "process"),
        (("download_passwords", 1), "download_passwords[1]", "download_passwords[1]"),
        (("conversion", 0, "target"), "conversion[0].target", "conversion[0].target"),
        (("conversion", 0, "options"), "conversion[0].options", "conversion[0].options"),
        (("conversion", 0, "options", "seed"), "conversion[0].options.seed", "seed"),
        (("conversion", 0, "options", ""), "conversion[0].options.", ""),
        (("conversion", 0, "options", "options"), "conversion[0].options.options", "options"),
        (("conversion", 0, "options", "crop", "width"), "conversion[0].options.crop.width", "crop.width"),
        (("options", "pages", 2), "options.pages[2]", "pages[2]"),
        (("options",), "options", "options"),
    ],
    ids=repr,
)
def test_the_key_is_the_place_or_within_options_the_place_from_there_on(
    path: tuple[str | int, ...], place: str | None, key: str
) -> None:
    assert (place_of(path), error_key(path)) == (place, key)
