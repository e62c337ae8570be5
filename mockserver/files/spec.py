"""The description of a placeholder file: its type, sources, options and seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pixelpact.schema import CatalogueEntry

#: Stands for the name of a source without a usable one.
_NAMELESS = "unnamed"


@dataclass(frozen=True, slots=True)
class Source:
    """An input, as far as the mock knows it.

    `text` is its content if that is known to be text, otherwise empty; `size` is in bytes; `digests` maps
    algorithms to the digests of its content, in lower-case hexadecimal.
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
        """The extension of the name in lower case, without a dot; empty if there is none."""
        return PurePosixPath(self.name).suffix.lower().removeprefix(".")


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file to make: the row that gives its type, its sources and options; `seed` varies pictures."""

    entry: CatalogueEntry
    sources: tuple[Source, ...]
    options: Mapping[str, Any]
    seed: int
