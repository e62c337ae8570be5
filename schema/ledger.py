"""The ledger of what the API's documents leave open, and profiles: a choice of answers.

ProfileError        a profile names an entry or an answer that the ledger does not have
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from pixelpact.schema.documents import load_document


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; `value` is what code needs of it, if anything."""

    id: str
    means: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One open question.

    `confidence` is documented, observed or assumed; `cost` of asking the live API is free, paid (a job
    that may spend credits) or never.
    """

    id: str
    question: str
    choices: Mapping[str, Choice]
    default: str
    confidence: str
    source: str
    cost: str


class ProfileError(ValueError):
    """A profile that the ledger can't follow; `entry` and `answer` say where."""

    def __init__(self, entry: str, answer: object, known: tuple[str, ...]) -> None:
        self.entry, self.answer, self.known = entry, answer, known
        what = "has no entry" if not known or entry not in ledger() else f"has no answer {answer!r} to"
        super().__init__(f"The ledger {what} {entry!r}. Known: {', '.join(known)}.")


@cache
def ledger() -> Mapping[str, LedgerEntry]:
    """All entries by id, in the order of `ledger.json`.

    >>> ledger()["fractional-pixels"].default
    'floor'
    """
    return MappingProxyType(
        {
            entry["id"]: LedgerEntry(
                **{key: value for key, value in entry.items() if key != "choices"},
                choices=MappingProxyType({choice["id"]: Choice(**choice) for choice in entry["choices"]}),
            )
            for entry in load_document("ledger")["entries"]
        }
    )


class Profile:
    """Answers to the ledger's questions; what `answers` leaves out keeps its default.

    Raises:
        ProfileError: an entry or an answer is unknown.

    >>> Profile()["default-size"], Profile({"default-size": "512x512"}).value("default-size")
    ('1024x1024', [512, 512])
    """

    # No dataclass: what writes jobs as JSON would write all that a dataclass holds.
    __slots__ = ("_answers", "_ids", "_values")

    def __init__(self, answers: Mapping[str, str] = MappingProxyType({})) -> None:
        for entry, answer in answers.items():
            if entry not in ledger():
                raise ProfileError(entry, answer, tuple(ledger()))
            if answer not in list(ledger()[entry].choices):
                raise ProfileError(entry, answer, tuple(ledger()[entry].choices))
        self._answers = dict(answers)
        taken = {each.id: each.choices[answers.get(each.id, each.default)] for each in ledger().values()}
        self._ids = {entry: choice.id for entry, choice in taken.items()}
        self._values = {entry: choice.value for entry, choice in taken.items()}

    def __repr__(self) -> str:
        return f"Profile({self._answers})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self._answers == other._answers

    def __hash__(self) -> int:
        return hash(frozenset(self._answers.items()))

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers that were given."""
        return MappingProxyType(self._answers)

    def __getitem__(self, entry: str) -> str:
        """The id of the answer taken."""
        return self._ids[entry]

    def value(self, entry: str) -> Any:
        """The value that comes with the answer taken."""
        return self._values[entry]
