"""Numbers: the range of an option, its boundaries, and its faults."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice
from typing import TypeAlias

from hypothesis import strategies as st

from pixelpact.schema import JSONObject
from pixelpact.strategies.cases import Boundary, Fault, json_key
from pixelpact.strategies.specs import Spec

Number: TypeAlias = int | float

#: Beyond signed 32-bit integers, and beyond signed and unsigned 64-bit ones.
_LARGE, _HUGE = 2**31, 2**64 + 1
#: Distance from the range of a number that is far outside.
_FAR = 10**6
#: Doubles represent all integers exactly up to this one.
_EXACT = 2**53
#: Multiples of a step to try and to keep, if some of them are not multiples in double arithmetic.
_TRIED, _KEPT = 2000, 64
_SIDES = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that an option may have: from `lowest` to `highest`, both included; `None` is unlimited.

    With a `step`, only its multiples are valid. `few` lists some of them if others are not multiples in
    double arithmetic, such as those of 0.01.
    """

    integral: bool
    lowest: Number | None
    highest: Number | None
    step: Fraction | None = None
    few: tuple[Number, ...] | None = None

    def holds(self, number: Number) -> bool:
        """Whether `number` is in the range."""
        above = self.lowest is None or number >= self.lowest
        below = self.highest is None or number <= self.highest
        on_step = self.step is None or is_multiple(number, self.step)
        return above and below and on_step and not (self.integral and number % 1)


def is_multiple(number: Number, step: Fraction) -> bool:
    """Whether a number is a multiple of a step in exact and in double arithmetic.

    >>> is_multiple(0.5, Fraction(1, 4)), is_multiple(0.07, Fraction(1, 100))
    (True, False)
    """
    exactly = Fraction(repr(number)) % step == 0
    divisor = step.numerator if step.denominator == 1 else float(step)
    try:
        quotient = number / divisor
    except OverflowError:
        return False
    return exactly and math.isfinite(quotient) and int(quotient) == quotient


def number_range(spec: Spec, *, integral: bool) -> Range:
    """The range of an integer or number option.

    Raises:
        SchemaNotSupported: a limit of numbers that need not be integers is beyond the doubles.
        NothingValid: the range is empty.
    """
    keywords = spec.keywords
    step = Fraction(repr(keywords["multipleOf"])) if "multipleOf" in keywords else None
    for bound in () if integral else (*_SIDES[0], *_SIDES[1]):
        if abs(keywords.get(bound, 0)) > sys.float_info.max:
            raise spec.refusal(bound)
    if integral:  # integers that are multiples of p/q are multiples of p
        step = Fraction(1) if step is None else Fraction(step.numerator)
    low = _tightest(keywords, *_SIDES[0], towards=math.inf, integral=integral)
    high = _tightest(keywords, *_SIDES[1], towards=-math.inf, integral=integral)
    span = _stepped(low, high, step, integral=integral) if step is not None else Range(False, low, high)
    if (span.few is not None and not span.few) or _is_empty(span):
        raise spec.nothing_valid(next(name for name in (*_SIDES[0], *_SIDES[1]) if name in keywords))
    return span


def numbers(span: Range) -> st.SearchStrategy[Number]:
    """Valid numbers from the whole range."""
    if span.few is not None:
        return st.sampled_from(span.few)
    if span.step is not None:
        low, high = (None if end is None else int(end / span.step) for end in _ends(span))
        step = span.step
        if step == 1:
            return st.integers(low, high)
        return st.integers(low, high).map(lambda times: _number(times * step))
    low_float, high_float = _float(span.lowest, math.inf), _float(span.highest, -math.inf)
    if low_float is not None and high_float is not None and low_float > high_float:
        return st.just(span.lowest or 0)  # adjacent integers beyond the exact doubles
    floats = st.floats(low_float, high_float, allow_nan=False, allow_infinity=False)
    low, high = _whole(low_float, math.ceil), _whole(high_float, math.floor)
    if low is not None and high is not None and low > high:
        return floats
    return st.integers(low, high) | floats


def number_boundaries(span: Range) -> Iterator[Boundary]:
    """Both ends of the range, zero, a fraction or a whole float, and a value beyond 31 bits."""
    for case, end in (("minimum", span.lowest), ("maximum", span.highest)):
        if end is not None:
            yield Boundary(case, end)
    middle = middle_of(span)
    if span.holds(0) and 0 not in (span.lowest, span.highest):
        yield Boundary("zero", 0)
    if span.integral:
        if abs(middle) <= _EXACT:
            yield Boundary("whole-float", float(middle))
        if span.holds(_LARGE):
            yield Boundary("past-31-bits", _LARGE)
    else:
        fraction = next((number for number in _fractions(span, middle) if span.holds(number)), None)
        if fraction is not None:
            yield Boundary("fraction", fraction)


def some_numbers(span: Range) -> Iterator[Number]:
    """Distinct numbers of the range, in no particular order, until there are no more."""
    first = middle_of(span)
    yield first
    if span.few is not None:
        yield from span.few
        return
    by = span.step or 1
    for steps in count(1):
        pair = [_number(Fraction(first) + sign * steps * by) for sign in (1, -1)]
        inside = [number for number in pair if span.holds(number)]
        if not inside:
            return
        yield from inside


def number_faults(spec: Spec, span: Range) -> Iterator[Fault]:
    """Numbers that are not in the range, each of which breaks exactly one keyword."""
    for candidate in _outside(spec, span):
        if _broken(candidate.value, spec, integral=span.integral) == [candidate.keyword]:
            yield candidate
    middle = middle_of(span)
    if span.integral and "number" not in spec.types:
        yield Fault(math.floor(middle) + 0.5 if abs(middle) < _LARGE else 0.5, "type", "fraction")


def middle_of(span: Range) -> Number:
    """A number of the range near its lower end; whole, and not an end of the range, if possible."""
    if span.few is not None:
        return span.few[len(span.few) // 2]
    base = 0 if span.lowest is None else span.lowest
    if span.lowest is None and span.highest is not None and span.highest <= 0:
        base = _number(Fraction(span.highest) - 20 * (span.step or 1))
    step = span.step or Fraction(1)
    start = math.ceil(Fraction(base) / step) * step
    for steps in (19, 6, 1, 0):
        number = _number(start + steps * step)
        if span.holds(number):
            return number
    return base if span.holds(base) else span.lowest or span.highest or 0


def _outside(spec: Spec, span: Range) -> Iterator[Fault]:
    """Numbers outside of the range: candidates for faults, each with the keyword that it should break."""
    for side, end, cases in ((_SIDES[0], span.lowest, _below), (_SIDES[1], span.highest, _above)):
        for keyword in side:
            limit = spec.keywords.get(keyword)
            if limit is not None and end is not None:
                at_limit = [("at-limit", limit)] if keyword.startswith("exclusive") else []
                yield from _candidates(keyword, [*at_limit, *cases(limit, end, span.step)])
    if "multipleOf" in spec.keywords and span.step is not None:
        yield from _off_step(spec, span, span.step)


def _candidates(keyword: str, cases: list[tuple[str, Number]]) -> Iterator[Fault]:
    """A candidate for each distinct number, with its first case and at the place of its last."""
    once = {json_key(number): Fault(number, keyword, case) for case, number in reversed(cases)}
    yield from reversed(once.values())


def _below(limit: Number, end: Number, step: Fraction | None) -> Iterator[tuple[str, Number]]:
    """Cases and numbers below `end`, the lowest number of the range: near, zero, far."""
    by = step or Fraction(1)
    if step is None:
        yield "just-below", math.nextafter(limit, -math.inf)
        yield "whole-below", math.ceil(limit - 1)
    else:
        yield "just-below", _number(Fraction(end) - step)
    yield "zero", 0
    if end <= 0:
        yield "far-below", _number((math.floor(Fraction(end)) - _FAR) * by)
    else:
        yield "negative", _number(-by)


def _above(limit: Number, end: Number, step: Fraction | None) -> Iterator[tuple[str, Number]]:
    """Cases and numbers above `end`, the highest number of the range: near, far, huge."""
    by = step or Fraction(1)
    if step is None:
        yield "just-above", math.nextafter(limit, math.inf)
        yield "whole-above", math.floor(limit + 1)
    else:
        yield "just-above", _number(Fraction(end) + step)
    yield "far-above", _number(math.ceil((math.ceil(Fraction(end)) * 10 + _FAR) / by) * by)
    yield "huge", _number(math.ceil(_HUGE / by + 1) * by)


def _off_step(spec: Spec, span: Range, step: Fraction) -> Iterator[Fault]:
    """A number near the middle of the range that breaks `multipleOf` alone, if there is one."""
    parts = [Fraction(1), Fraction(-1)] if span.integral else [step / 2, -step / 2, step / 4]
    numbers = (_number(Fraction(middle_of(span)) + part) for part in parts)
    clean = (number for number in numbers if _broken(number, spec, integral=span.integral) == ["multipleOf"])
    yield from (Fault(number, "multipleOf", "off-step") for number in islice(clean, 1))


def _broken(number: Number, spec: Spec, *, integral: bool) -> list[str]:
    """The keywords that a number breaks; `?` if exact and double arithmetic disagree on the step."""
    rules = spec.keywords
    found = ["type"] if integral and number % 1 else []
    found += ["minimum"] if number < rules.get("minimum", number) else []
    found += ["maximum"] if number > rules.get("maximum", number) else []
    found += (
        ["exclusiveMinimum"] if "exclusiveMinimum" in rules and number <= rules["exclusiveMinimum"] else []
    )
    found += (
        ["exclusiveMaximum"] if "exclusiveMaximum" in rules and number >= rules["exclusiveMaximum"] else []
    )
    if "multipleOf" in rules:
        step = Fraction(repr(rules["multipleOf"]))
        exactly = Fraction(Decimal(repr(number))) % step == 0
        if exactly != is_multiple(number, step):
            found.append("?")
        elif not exactly:
            found.append("multipleOf")
    return found


def _tightest(
    keywords: JSONObject, inclusive: str, exclusive: str, *, towards: float, integral: bool
) -> Number | None:
    """The innermost number that both limits of a side allow."""
    ends = [keywords.get(inclusive), _after(keywords.get(exclusive), towards, integral=integral)]
    known = [end for end in ends if end is not None]
    if not known:
        return None
    return max(known) if towards > 0 else min(known)


def _after(bound: Number | None, towards: float, *, integral: bool) -> Number | None:
    """The first number beyond an exclusive limit."""
    if bound is None:
        return None
    if integral:
        return math.floor(bound) + 1 if towards > 0 else math.ceil(bound) - 1
    return math.nextafter(bound, towards)


def _stepped(low: Number | None, high: Number | None, step: Fraction, *, integral: bool) -> Range:
    """The range with its ends on multiples of the step."""
    first = None if low is None else math.ceil(Fraction(low) / step)
    last = None if high is None else math.floor(Fraction(high) / step)
    if step.denominator & (step.denominator - 1) == 0:  # a power of two: its multiples are doubles
        lowest, highest = (None if times is None else _number(times * step) for times in (first, last))
        return Range(integral, lowest, highest, step)
    begin = first if first is not None else 0 if last is None else last - _TRIED
    tried = range(begin, begin + _TRIED if last is None else min(last, begin + _TRIED) + 1)
    numbers = (_number(times * step) for times in tried)
    few = tuple(sorted(islice((number for number in numbers if is_multiple(number, step)), _KEPT)))
    lowest, highest = (few[0], few[-1]) if few else (None, None)
    return Range(integral, None if low is None else lowest, None if high is None else highest, step, few)


def _fractions(span: Range, middle: Number) -> Iterator[Number]:
    yield from (math.floor(middle) + part for part in (0.5, 0.25, 0.75, 1.5))
    yield from (number for number in span.few or () if number % 1)
    if span.lowest is not None and span.highest is not None and span.step is None:
        yield span.lowest + (span.highest - span.lowest) / 2


def _is_empty(span: Range) -> bool:
    return span.lowest is not None and span.highest is not None and span.lowest > span.highest


def _ends(span: Range) -> tuple[Fraction | None, Fraction | None]:
    low, high = (None if end is None else Fraction(end) for end in (span.lowest, span.highest))
    if span.step is not None and span.step.denominator > 1:  # larger multiples are no longer doubles
        limit = span.step * 2**40
        return low if low is not None else -limit, high if high is not None else limit
    return low, high


def _number(exact: Fraction | int | float) -> Number:
    return int(exact) if exact == int(exact) else float(exact)


def _float(end: Number | None, inward: float) -> float | None:
    """The outermost double within an end of the range."""
    if end is None:
        return None
    nearest = float(end)
    outside = nearest < end if inward > 0 else nearest > end
    return math.nextafter(nearest, inward) if outside else nearest


def _whole(end: float | None, rounding: Callable[[float], int]) -> int | None:
    return None if end is None else rounding(end)
