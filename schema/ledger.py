"""The ledger of questions that the API's documents leave open, and profiles, which choose the answers.

(It has nothing to do with credits: those are an account's, and the mock server keeps them.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from pixelpact.schema.documents import load_document
from pixelpact.schema.errors import UnknownAnswer, UnknownEntry


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer; `value` is the data that goes with it, if any."""

    id: str
    means: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One open question, and the possible answers by id in `choices`.

    `confidence` is documented, observed or assumed. `cost` is that of asking the live API: free, paid (a job
    that may spend credits) or never (it can't be asked). `needs` names what asking takes besides a key, such
    as a listener for callbacks.
    """

    id: str
    question: str
    choices: Mapping[str, Answer]
    default: str
    confidence: str
    source: str
    cost: str
    needs: tuple[str, ...] = ()


@cache
def ledger() -> Mapping[str, LedgerEntry]:
    """All entries by id, in the order of `ledger.json`.

    >>> ledger()["fractional-pixels"].default
    'floor'
    """
    return MappingProxyType(
        {
            entry["id"]: LedgerEntry(
                **{key: value for key, value in entry.items() if key not in ("choices", "needs")},
                needs=tuple(entry.get("needs", ())),
                choices=MappingProxyType({answer["id"]: Answer(**answer) for answer in entry["choices"]}),
            )
            for entry in load_document("ledger")["entries"]
        }
    )


class Profile:
    """Answers to the ledger's questions; entries that `answers` leaves out keep their default.

    Raises:
        ProfileError: an entry or an answer is unknown.

    >>> Profile()["default-size"], Profile({"default-size": "512x512"}).value("default-size")
    ('1024x1024', [512, 512])
    """

    # Not a dataclass: code that writes jobs as JSON would write all fields of one.
    __slots__ = ("_answers", "_ids", "_values")

    def __init__(self, answers: Mapping[str, str] = MappingProxyType({})) -> None:
        for entry, answer in answers.items():
            if entry not in ledger():
                raise UnknownEntry(entry, answer, tuple(ledger()))
            if answer not in list(ledger()[entry].choices):  # a list: the answer may be unhashable
                raise UnknownAnswer(entry, answer, tuple(ledger()[entry].choices))
        self._answers = dict(answers)
        taken = {id_: entry.choices[answers.get(id_, entry.default)] for id_, entry in ledger().items()}
        self._ids = {entry: answer.id for entry, answer in taken.items()}
        self._values = {entry: answer.value for entry, answer in taken.items()}

    def __repr__(self) -> str:
        return f"Profile({self._answers})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self._answers == other._answers

    def __hash__(self) -> int:
        return hash(frozenset(self._answers.items()))

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers that were given, without the defaults."""
        return MappingProxyType(self._answers)

    def __getitem__(self, entry: str) -> str:
        """The id of the answer to an entry."""
        return self._ids[entry]

    def value(self, entry: str) -> Any:
        """The value of the answer to an entry."""
        return self._values[entry]
