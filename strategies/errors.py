"""What the strategies can't do.

SchemaNotSupported      a schema says something that no payload can be constructed from
`- NothingValid         or something that no payload follows
"""

from __future__ import annotations

#: Longest excerpt of a schema in a message.
_LONGEST = 80


class SchemaNotSupported(ValueError):
    """`place` in a schema holds `keyword: value`, which is not handled; nothing is guessed instead."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        self.place, self.keyword, self.value = place, keyword, value
        super().__init__(
            f"{place}: the strategies don't handle {keyword}: {_excerpt(value)}. "
            "Take the keyword out of the schema, or draw this option by hand."
        )


class NothingValid(SchemaNotSupported):
    """No value follows what `place` in a schema says; `keyword: value` is where that shows."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        super().__init__(place, keyword, value)
        self.args = (f"{place}: nothing is valid there, by {keyword}: {_excerpt(value)}. Mend the schema.",)


def _excerpt(value: object) -> str:
    """A value as it is written, shortened; Python writes no integer of thousands of digits out."""
    try:
        text = repr(value)
    except ValueError:
        return "an integer of very many digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
