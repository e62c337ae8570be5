"""Departures: where a profile lets the answers of a server differ from `openapi.json`."""

from __future__ import annotations

from pixelpact.schema import Profile, Violation, ledger

#: By entry of the ledger: the keyword and the fields that answers violate unless it has its default.
_DEPARTURES = {
    "processing-word": ("const", {"code"}),
    "output-name-field": ("required", {"filename"}),
    "timestamps": ("pattern", {"created_at", "modified_at"}),
    "local-source": ("required", {"source"}),
    "error-fields": ("required", {"code", "errors"}),
    "error-texts": ("type", {"errors"}),
}


def is_departure(violation: Violation, profile: Profile) -> bool:
    """Whether a violation of `openapi.json` is how a server with this profile answers.

    >>> renamed = Violation(("output", 0, "filename"), "required", "is required")
    >>> is_departure(renamed, Profile({"output-name-field": "name"})), is_departure(renamed, Profile())
    (True, False)
    """
    return any(
        violation.keyword == keyword and fields.intersection(map(str, violation.path))
        for entry, (keyword, fields) in _DEPARTURES.items()
        if profile[entry] != ledger()[entry].default
    )
