"""Errors of the strategies part.

StrategyError (ValueError)
|- SchemaNotSupported    a schema uses a keyword that no payload can be constructed from
|  `- NothingValid       no payload satisfies a schema
`- PatternNotRead        a pattern has a part that no string can be constructed from
"""

from __future__ import annotations

#: Longest excerpt of a schema in a message, in characters.
_EXCERPT = 80


class StrategyError(ValueError):
    """Base of this part's errors."""


class SchemaNotSupported(StrategyError):
    """At `place`, a schema says `keyword: value`, which the strategies don't support."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        self.place, self.keyword, self.value = place, keyword, value
        super().__init__(
            f"{place}: the strategies don't handle {keyword}: {_excerpt(value)}. "
            "Remove the keyword from the schema, or draw this option by hand."
        )


class NothingValid(SchemaNotSupported):
    """At `place`, no value satisfies a schema because of `keyword: value`."""

    def __init__(self, place: str, keyword: str, value: object) -> None:
        super().__init__(place, keyword, value)
        self.args = (f"{place}: no value satisfies {keyword}: {_excerpt(value)} here. Fix the schema.",)


class PatternNotRead(StrategyError):
    """A pattern has a part that is not supported; `SchemaNotSupported` reports it to callers."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(f"The strategies don't handle a part of the pattern: {part}")


def _excerpt(value: object) -> str:
    """The text of a value, shortened; Python refuses to print integers of thousands of digits."""
    try:
        text = repr(value)
    except ValueError:
        return "a very long integer"
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."
