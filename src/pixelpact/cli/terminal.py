"""What all commands share: two consoles, and the way to refuse bad input."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

#: For what was asked for, and for all else.
OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


class Refused(Exception):
    """Bad input; the text says what was wrong and what to do."""


def plain(text: str) -> str:
    """`text` so that nothing in it is taken for colours."""
    return escape(text)
