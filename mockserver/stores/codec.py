"""Jobs and other kept values as JSON text, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from pixelpact.schema import Profile

_T = TypeVar("_T")


def encode(value: object) -> bytes:
    """The JSON text of a record of `jobs.records`, or of data that holds such records.

    >>> encode(("a", Profile({"spent": "nothing"})))
    b'["a",{"spent":"nothing"}]'
    """
    return msgspec.json.encode(value, enc_hook=_answers)


def decode(text: bytes, kind: type[_T]) -> _T:
    """The value of type `kind` that a JSON text holds.

    Raises:
        msgspec.MsgspecError: it holds no such value, or names answers that the ledger does not have.
    """
    return msgspec.json.decode(text, type=kind, dec_hook=_profile)


@lru_cache(maxsize=16)
def shared_profile(answers: tuple[tuple[str, str], ...]) -> Profile:
    """The profile with these answers: one object for all jobs that have it.

    Raises:
        ProfileError: an entry or an answer is unknown.
    """
    return Profile(dict(answers))


def _answers(profile: Profile) -> object:
    """A profile, the only kept value that msgspec does not know, as JSON data."""
    return dict(profile.answers)


def _profile(_: type[Profile], value: Any) -> object:
    return shared_profile(tuple(dict(value).items()))
