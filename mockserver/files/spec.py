"""What a placeholder file is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pixelpact.schema import CatalogueEntry

#: Shown where a source has no usable name.
_NAMELESS = "unnamed"


@dataclass(frozen=True, slots=True)
class Source:
    """An input, as far as the mock knows it.

    `text` is its content where that is text and known, else empty; `size` is in bytes; `digests` are those of
    its content, lower-case hexadecimal, by algorithm.
    """

    name: str
    text: str
    size: int
    digests: Mapping[str, str]

    @property
    def stem(self) -> str:
        """The name without folders and extension.

        >>> Source("a/fox.tar.gz", "", 0, {}).stem, Source("", "", 0, {}).stem
        ('fox.tar', 'unnamed')
        """
        return PurePosixPath(self.name).stem or _NAMELESS

    @property
    def extension(self) -> str:
        """The end of the name in lower case, without a dot; empty if there is none."""
        return PurePosixPath(self.name).suffix.lower().removeprefix(".")


@dataclass(frozen=True, slots=True)
class Order:
    """One file to make: of which type, from what, with which options; `seed` varies what is drawn."""

    entry: CatalogueEntry
    sources: tuple[Source, ...]
    options: Mapping[str, Any]
    seed: int
