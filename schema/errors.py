"""Errors of the schema part.

SchemaError (ValueError)
|- ProfileError         a profile doesn't fit the ledger
|  |- UnknownEntry      it names an entry that the ledger doesn't have
|  `- UnknownAnswer     it names an answer that the entry doesn't have
|- UnreadableProfile    a file holds no profile
`- MalformedEntry       a catalogue entry whose options can't be read as a schema
"""

from __future__ import annotations

from pixelpact.schema.suggestions import did_you_mean

#: Longest excerpt of a value in a message, in characters.
_EXCERPT = 80


class SchemaError(ValueError):
    """Base of this part's errors."""


class ProfileError(SchemaError):
    """A profile doesn't fit the ledger: `entry` and `answer` say where, `known` holds the valid names."""

    def __init__(self, problem: str, *, entry: str, answer: object, known: tuple[str, ...]) -> None:
        self.entry, self.answer, self.known = entry, answer, known
        super().__init__(f"The ledger {problem}.")


class UnknownEntry(ProfileError):
    """The ledger has no such entry; `known` holds the ids of its entries."""

    def __init__(self, entry: str, answer: object, known: tuple[str, ...]) -> None:
        problem = f"has no entry {entry!r}{did_you_mean(entry, known) or ';'} `pixelpact ledger` lists them"
        super().__init__(problem, entry=entry, answer=answer, known=known)


class UnknownAnswer(ProfileError):
    """The entry has no such answer; `known` holds the ids of its answers."""

    def __init__(self, entry: str, answer: object, known: tuple[str, ...]) -> None:
        problem = f"has no answer {answer!r} to {entry!r}. Known: {', '.join(known)}"
        super().__init__(problem, entry=entry, answer=answer, known=known)


class UnreadableProfile(SchemaError):
    """A file holds no profile, or can't be read."""


class MalformedEntry(SchemaError):
    """The `options` of the catalogue entry of `target` don't map names to schemas."""

    def __init__(self, target: object, options: object) -> None:
        self.target, self.options = target, options
        super().__init__(
            f"The entry of {target!r} must have `options` that map names to schemas, as `GET /conversions` "
            f"returns them; got {repr(options)[:_EXCERPT]}"
        )
