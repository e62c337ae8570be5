"""The API keys of a run: throw-away ones for a mock server on this machine, and fingerprints of any."""

from __future__ import annotations

import hashlib

_FINGERPRINT_DIGITS = 16


def own_keys(run_id: str) -> tuple[str, str]:
    """The keys of a run that was given none, for a mock server on this machine, which accepts any.

    They are no secret, and made of the run's id: a later run can tidy what a killed one left.
    """
    return f"pixelpact-{run_id}", f"pixelpact-{run_id}-second"


def fingerprint(base_url: str, api_key: str) -> str:
    """A short hash of a key, by which a later run knows whether it has that key; it does not reveal it."""
    text = f"{base_url.rstrip('/')}\n{api_key}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_FINGERPRINT_DIGITS]
