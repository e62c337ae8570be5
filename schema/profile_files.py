"""Profiles in files: answers chosen by hand, or learned from a server with the evidence for each."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pixelpact.schema.errors import ProfileError, UnreadableProfile
from pixelpact.schema.ledger import Profile

#: The name of the built-in answers, in place of a file.
DEFAULT_PROFILE = "default"
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Observation:
    """An observed answer: its id, the request and response that showed it, and the UTC date (ISO 8601)."""

    answer: str
    evidence: str
    at: str


@dataclass(frozen=True, slots=True)
class LearnedProfile:
    """Answers observed at `base_url`, by entry; `not_asked` gives the reason for each entry without one."""

    base_url: str
    learned_at: str
    observations: Mapping[str, Observation] = field(default_factory=dict)
    not_asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """The observed answers; entries without one keep their default."""
        return Profile({entry: seen.answer for entry, seen in self.observations.items()})

    def document(self) -> dict[str, Any]:
        """The profile as JSON."""
        return {
            "base_url": self.base_url,
            "learned_at": self.learned_at,
            "answers": {
                entry: {"answer": seen.answer, "at": seen.at, "evidence": seen.evidence}
                for entry, seen in sorted(self.observations.items())
            },
            "not_asked": dict(sorted(self.not_asked.items())),
        }

    def write(self, path: Path) -> None:
        """Write the file whole: a crash leaves the old one.

        Raises:
            OSError: it can't be written.
        """
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text(
            json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        os.replace(temporary, path)


def read_profile(name: str | Path) -> Profile:
    """The profile in a file, learned or written by hand as `{"ENTRY": "ANSWER"}`.

    The name `default` stands for the built-in answers.

    Raises:
        UnreadableProfile: there is no such file, or it holds something else, such as an unknown entry.
    """
    if str(name) == DEFAULT_PROFILE:
        return Profile()
    document = _read(Path(name))
    if "answers" in document:
        return read_learned_profile(Path(name)).profile
    if not all(isinstance(answer, str) for answer in document.values()):
        raise UnreadableProfile(f"the profile {name} must be an object of strings, such as {_EXAMPLE}")
    return _profile(Path(name), document)


def read_learned_profile(path: Path) -> LearnedProfile:
    """The learned profile in a file.

    Raises:
        UnreadableProfile: there is no such file, or it holds something else, such as an unknown entry.
    """
    learned = _learned(path, _read(path))
    _profile(path, {entry: seen.answer for entry, seen in learned.observations.items()})
    return learned


_EXAMPLE = '{"default-size": "512x512"}'


def _profile(path: Path, answers: Mapping[str, str]) -> Profile:
    try:
        return Profile(answers)
    except ProfileError as error:
        raise UnreadableProfile(
            f"the profile {path} can't be used: {error} A profile is a file that `pixelpact learn` wrote, or "
            f"an object of entries with their answers, such as {_EXAMPLE}"
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableProfile(f"can't read the profile {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableProfile(f"the profile {path} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise UnreadableProfile(f"the profile {path} must be an object of strings, such as {_EXAMPLE}")
    return document


def _learned(path: Path, document: Mapping[str, Any]) -> LearnedProfile:
    try:
        observations = {
            entry: Observation(str(row["answer"]), str(row["evidence"]), str(row["at"]))
            for entry, row in document["answers"].items()
        }
        not_asked = {str(entry): str(reason) for entry, reason in document.get("not_asked", _EMPTY).items()}
        return LearnedProfile(str(document["base_url"]), str(document["learned_at"]), observations, not_asked)
    except (KeyError, TypeError, AttributeError):
        raise UnreadableProfile(
            f"the profile {path} is not one that `pixelpact learn` wrote: {_EXAMPLE} is the form by hand"
        ) from None
