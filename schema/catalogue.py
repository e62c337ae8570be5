"""The catalogue of targets: their categories, their options and the type of their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from pixelpact.schema.documents import JSONObject, load_document
from pixelpact.schema.options import options_schema

#: Keywords that the vendor's catalogue shows of an option; the other ones are for our own use.
_PUBLISHED = ("type", "enum", "default", "minimum", "maximum", "pattern", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One target.

    `options` is the JSON Schema of its options, or `None` if they are unknown; any options are valid then.
    `content_type` and `extension` (without a dot) describe its files. If `merges` is true, all inputs are
    merged into one file; otherwise each input yields its own, unless the option `merge_option` is true. A
    file keeps the type of its input if the catalogue has a row for that type in a category of `keeps_type`.
    """

    id: str
    target: str
    category: str
    options: JSONObject | None
    content_type: str
    extension: str
    merges: bool = False
    merge_option: str | None = None
    keeps_type: tuple[str, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        """Names of options that no response may show: `writeOnly` ones, here or in text-to-image.

        Any conversion accepts a download password (SDK contract), whether its entry lists it or not.

        >>> [sorted(row.secrets) for row in catalogue() if row.target == "zip"]
        [['download_password']]
        """
        return _secrets(self.id)

    def merges_inputs(self, options: Mapping[str, Any]) -> bool:
        """Whether a conversion with these options makes one file of all inputs.

        >>> pdf = find_conversion("pdf")
        >>> pdf.merges_inputs({}), pdf.merges_inputs({"merge": True})
        (False, True)
        """
        return self.merges or (self.merge_option is not None and options.get(self.merge_option) is True)

    def document(self, *, words: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
        """The entry as `GET /conversions` shows it; `options` maps each name to a part of its schema.

        Source: vendor page "conversion with options"; `example` is the vendor's name for a first example.
        `words` maps keywords of JSON Schema to the names that are shown instead.
        """
        properties = (self.options or {}).get("properties", {})
        options = {
            name: {words.get(key, key): value for key, value in _published(spec).items()}
            for name, spec in properties.items()
        }
        return {"id": self.id, "target": self.target, "category": self.category, "options": options}


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """All targets in the order of the listing.

    >>> [entry.target for entry in catalogue() if entry.category == "metadata"]
    ['json']
    """
    return tuple(
        CatalogueEntry(
            id=row["id"],
            target=row["target"],
            category=row["category"],
            options=_options(row["options"]),
            content_type=row["content_type"],
            extension=row["extension"],
            merges=row.get("merges", False),
            merge_option=row.get("merge_option"),
            keeps_type=tuple(row.get("keeps_type", ())),
        )
        for row in load_document("catalogue")["conversions"]
    )


@lru_cache(maxsize=1024)
def find_conversion(target: str, category: str | None = None) -> CatalogueEntry | None:
    """The first entry for `target`, within `category` if given; `None` if there is none.

    >>> entry = find_conversion("gif", "video")
    >>> entry.category, find_conversion("gif").category, find_conversion("gif", "audio")
    ('video', 'image', None)
    """
    return next(
        (row for row in catalogue() if row.target == target and category in (None, row.category)), None
    )


@cache
def _secrets(entry_id: str) -> frozenset[str]:
    (entry,) = (row for row in catalogue() if row.id == entry_id)
    return frozenset(
        name
        for schema in (options_schema(), entry.options or {})
        for name, spec in schema.get("properties", {}).items()
        if spec.get("writeOnly")
    )


def _options(spec: JSONObject | None) -> JSONObject | None:
    """The schema that a row refers to or contains."""
    return load_document(spec["$ref"].removesuffix(".json")) if spec and "$ref" in spec else spec


def _published(spec: Mapping[str, Any]) -> dict[str, Any]:
    published = {key: spec[key] for key in _PUBLISHED if key in spec}
    if spec.get("examples"):
        published["example"] = spec["examples"][0]
    return published
