"""The catalogue: which targets exist, in which category, with which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pixelpact.schema.documents import JSONObject, load_document

#: What the vendor's catalogue prints of an option; the rest of JSON Schema is for us.
_PUBLISHED = ("type", "enum", "default", "minimum", "maximum", "pattern", "description")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One target; `options` is the JSON Schema of its options."""

    id: str
    target: str
    category: str
    options: JSONObject

    def document(self) -> dict[str, Any]:
        """The entry as `GET /conversions` shows it: `options` maps a name to what its schema says.

        Source: vendor page "conversion with options"; `example` is the vendor's word for a first example.
        """
        options = {name: _published(spec) for name, spec in self.options["properties"].items()}
        return {"id": self.id, "target": self.target, "category": self.category, "options": options}


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """All targets in the order of the listing.

    >>> [entry.target for entry in catalogue() if entry.category == "operation"]
    ['text-to-image']
    """
    return tuple(
        CatalogueEntry(
            id=row["id"],
            target=row["target"],
            category=row["category"],
            options=load_document(row["options"]["$ref"].removesuffix(".json")),
        )
        for row in load_document("catalogue")["conversions"]
    )


def find_conversion(target: str, category: str | None = None) -> CatalogueEntry | None:
    """The first entry for `target`, in `category` if one is given."""
    return next(
        (row for row in catalogue() if row.target == target and category in (None, row.category)), None
    )


def _published(spec: Mapping[str, Any]) -> dict[str, Any]:
    published = {key: spec[key] for key in _PUBLISHED if key in spec}
    if spec.get("examples"):
        published["example"] = spec["examples"][0]
    return published
