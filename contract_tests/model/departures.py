"""Departures: where a profile lets the answers of a server differ from `openapi.json`."""

from __future__ import annotations

from pixelpact.schema import Profile, Violation


def is_departure(violation: Violation, profile: Profile) -> bool:
    """Whether a violation of `openapi.json` is how a server with this profile answers.

    >>> renamed = Violation(("status", "code"), "enum", "must be one of the statuses")
    >>> is_departure(renamed, Profile({"processing-word": "running"})), is_departure(renamed, Profile())
    (True, False)
    """
    path = violation.path
    if profile["processing-word"] != "processing" and violation.keyword == "enum":
        return path == ("status", "code")
    if profile["error-fields"] == "message" and violation.keyword == "required":
        return path in (("code",), ("errors",))
    return profile["error-texts"] == "texts" and violation.keyword == "type" and path[:1] == ("errors",)
