"""Files of all kinds, made once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.files.placeholder import placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.schema import find_conversion

Made = Callable[..., bytes]


@pytest.fixture(scope="session")
def fox() -> Source:
    """A text, with a name that markup has to escape."""
    content = "a fox\nin (the) snow"
    return Source("a fox & <owl>.txt", content, len(content), content_digests(content.encode()))


@pytest.fixture(scope="session")
def photo() -> Source:
    """A picture whose content is not known."""
    return Source("photo.jpeg", "", 12345, content_digests(b"\xff\xd8"))


@pytest.fixture(scope="session")
def made(fox: Source, photo: Source) -> Made:
    """Makes the file of a target from the fox and the photo, or from the given sources."""

    @cache
    def make(target: str, category: str | None = None) -> bytes:
        entry = find_conversion(target, category)
        assert entry is not None
        return placeholder_file(entry, [fox, photo], options={}, seed=7)

    return make
