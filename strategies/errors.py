"""What the strategies can't do.

SchemaNotSupported      a schema says something that no payload can be constructed from
`- NothingValid         or something that no payload follows
"""

from __future__ import annotations


class SchemaNotSupported(ValueError):
    """`place` in a schema holds `keyword: value`, which is not handled; nothing is guessed instead."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        self.place, self.keyword, self.value = place, keyword, value
        super().__init__(
            f"{place}: the strategies don't handle {keyword}: {value!r}. "
            "Take the keyword out of the schema, or draw this option by hand."
        )


class NothingValid(SchemaNotSupported):
    """No value follows what `place` in a schema says; `keyword: value` is where that shows."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        super().__init__(place, keyword, value)
        self.args = (f"{place}: nothing is valid there, by {keyword}: {value!r}. Mend the schema.",)
