"""What can keep a placeholder file from being made.

FileError (ValueError)
  NoPlaceholder    the catalogue has a target for which no writer is known here
  MissingDigest    a source came without the digest that its target asks for
"""

from __future__ import annotations


class FileError(ValueError):
    """Base of this part's errors."""


class NoPlaceholder(FileError):
    """No writer makes files for `category`/`target` with `extension`."""

    def __init__(self, category: str, target: str, extension: str) -> None:
        self.category, self.target, self.extension = category, target, extension
        super().__init__(
            f"No placeholder for {category}/{target}: nothing here writes {extension!r}. "
            f"Add a writer in mockserver/files/placeholder.py, or take the row out of schema/catalogue.json."
        )


class MissingDigest(FileError):
    """The source `name` came without its `algorithm` digest; `known` are the ones it has."""

    def __init__(self, name: str, algorithm: str, known: tuple[str, ...]) -> None:
        self.name, self.algorithm, self.known = name, algorithm, known
        super().__init__(
            f"The source {name!r} has no {algorithm} digest, only {', '.join(known) or 'none'}. "
            f"Make its digests with content_digests."
        )
