"""Numbers: the range of an option, its corners, and what lies outside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from pixelpact.strategies.errors import SchemaNotSupported
from pixelpact.strategies.specs import OptionSpec

Number: TypeAlias = int | float
Case: TypeAlias = tuple[str, str, object]

#: Beyond a signed 32-bit integer, and beyond a signed 64-bit one.
_LARGE, _HUGE = 2**31, 2**63


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends of a range, inclusive, and the step from the lower end's multiple on; `None` is open."""

    integral: bool
    lowest: Number | None
    highest: Number | None
    step: int = 1

    def holds(self, number: Number) -> bool:
        """Whether the range has `number`."""
        above = self.lowest is None or number >= self.lowest
        below = self.highest is None or number <= self.highest
        return above and below and (not self.integral or number % self.step == 0)


def number_range(spec: OptionSpec) -> Range:
    """The range of an integer or number option.

    Raises:
        SchemaNotSupported: the range is empty.
    """
    keywords, integral = spec.keywords, spec.type == "integer"
    step = keywords.get("multipleOf", 1)
    if not isinstance(step, int):
        raise SchemaNotSupported(f"the option {spec.name!r}", "multipleOf", step)
    lows = [keywords.get("minimum"), _after(keywords.get("exclusiveMinimum"), math.inf, integral)]
    highs = [keywords.get("maximum"), _after(keywords.get("exclusiveMaximum"), -math.inf, integral)]
    lowest = max((low for low in lows if low is not None), default=None)
    highest = min((high for high in highs if high is not None), default=None)
    if integral:
        lowest = None if lowest is None else math.ceil(lowest / step) * step
        highest = None if highest is None else math.floor(highest / step) * step
    if lowest is not None and highest is not None and lowest > highest:
        raise SchemaNotSupported(f"the option {spec.name!r}", "minimum", lowest)
    return Range(integral, lowest, highest, step)


def numbers(spec: OptionSpec) -> st.SearchStrategy[Number]:
    """Valid numbers, from the whole range."""
    span = number_range(spec)
    if not span.integral:
        return st.floats(span.lowest, span.highest, allow_nan=False, allow_infinity=False)
    low = None if span.lowest is None else int(span.lowest) // span.step
    high = None if span.highest is None else int(span.highest) // span.step
    return st.integers(low, high) if span.step == 1 else st.integers(low, high).map(lambda n: n * span.step)


def number_corners(spec: OptionSpec) -> Iterator[tuple[str, Number]]:
    """The corners of the range: both ends; a fraction, or a whole float; a value past 31 bits."""
    span = number_range(spec)
    if span.lowest is not None:
        yield "minimum", span.lowest
    if span.highest is not None:
        yield "maximum", span.highest
    middle = _middle(span)
    if span.integral:
        yield "whole-float", float(middle)
        if span.holds(_LARGE):
            yield "past-31-bits", _LARGE
    elif span.holds(middle + 0.5):
        yield "fraction", middle + 0.5


def number_faults(spec: OptionSpec) -> Iterator[Case]:
    """What is outside: keyword, case and value of each, and numbers in the wrong guise."""
    span, keywords = number_range(spec), spec.keywords
    if span.lowest is not None:
        keyword = "minimum" if "minimum" in keywords else "exclusiveMinimum"
        yield (
            keyword,
            "just-below",
            span.lowest - span.step if span.integral else math.nextafter(span.lowest, -math.inf),
        )
        if span.lowest > 0:
            yield keyword, "zero", 0
            yield keyword, "negative", -span.step
    if span.highest is not None:
        keyword = "maximum" if "maximum" in keywords else "exclusiveMaximum"
        yield (
            keyword,
            "just-above",
            span.highest + span.step if span.integral else math.nextafter(span.highest, math.inf),
        )
        yield keyword, "huge", (_HUGE // span.step + 1) * span.step * 2
    middle = _middle(span)
    yield "type", "numeric-string", str(middle)
    if span.integral:
        yield "type", "fraction", middle + 0.5
        if span.step > 1:
            yield "multipleOf", "off-step", middle + 1


def _middle(span: Range) -> int:
    """A whole number of the range, near the lower end, that is not one of its ends where there is another."""
    base = 0 if span.lowest is None else math.floor(span.lowest)
    candidates = [base + offset * span.step for offset in (19, 6, 1, 0)]
    return next((number for number in candidates if span.holds(number)), base)


def _after(bound: Number | None, towards: float, integral: bool) -> Number | None:
    """The first number past an exclusive bound."""
    if bound is None:
        return None
    if integral:
        return math.floor(bound) + 1 if towards > 0 else math.ceil(bound) - 1
    return math.nextafter(bound, towards)
