"""Consoles and the error of bad input, shared by all commands."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

#: For the output of a command, and for messages about it.
OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


class Refused(Exception):
    """Bad input; the message says what is wrong and what to do."""


class Stopped(Exception):
    """Nothing more can be done; the message of a few lines says why, `code` is the exit code."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


def plain(text: str) -> str:
    """`text`, escaped so that nothing in it is read as markup."""
    return escape(text)
