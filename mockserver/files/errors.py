"""Reasons why a placeholder file can't be made.

FileError (ValueError)
|- NoPlaceholder    no writer is known for a target of the catalogue
|- NoSource         a file needs at least one source
`- MissingDigest    a source lacks the digest that a target needs
"""

from __future__ import annotations

from pixelpact.mockserver.errors import MockServerError


class FileError(MockServerError, ValueError):
    """Base of this part's errors."""


class NoPlaceholder(FileError):
    """No writer makes files for `category`/`target` with `extension`."""

    def __init__(self, category: str, target: str, extension: str) -> None:
        self.category, self.target, self.extension = category, target, extension
        super().__init__(
            f"No placeholder for {category}/{target}: nothing here writes {extension!r}. "
            f"Add a writer in mockserver/files/placeholder.py, or remove the row from schema/catalogue.json."
        )


class NoSource(FileError):
    """A file of `category`/`target` was requested without a source."""

    def __init__(self, category: str, target: str) -> None:
        self.category, self.target = category, target
        super().__init__(f"A placeholder file for {category}/{target} needs at least one source.")


class MissingDigest(FileError):
    """The source `name` has no `algorithm` digest; `known` lists those it has."""

    def __init__(self, name: str, algorithm: str, known: tuple[str, ...]) -> None:
        self.name, self.algorithm, self.known = name, algorithm, known
        super().__init__(
            f"The source {name!r} has no {algorithm} digest, only {', '.join(known) or 'none'}. "
            f"Use content_digests to compute them."
        )
