"""Suggestions for names that are misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """A hint at the known name that is most like a wrong one; empty, if none is.

    >>> did_you_mean("Sed", ("seed", "spent")), did_you_mean("Sed", ("width",))
    ("; did you mean 'seed'?", '')
    """
    if not isinstance(name, str):
        return ""
    by_folded = {str(one).casefold(): one for one in known}
    close = get_close_matches(name.strip().casefold(), by_folded, n=1, cutoff=0.75)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""
