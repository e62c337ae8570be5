"""Arrays: valid ones, their boundaries, and their faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from pixelpact.strategies.cases import Boundary, Fault, json_key
from pixelpact.strategies.keywords import MOST_ITEMS
from pixelpact.strategies.specs import Spec

#: Maximum number of items beyond `minItems` in drawn arrays; longer ones are boundaries.
_USUAL_MORE = 5


@dataclass(frozen=True, slots=True)
class ArrayRule:
    """How many items an array may have (`most` is `None` if unlimited), and whether they must be unique.

    `some` holds distinct valid items: enough for every boundary and fault, unless there are fewer.
    """

    fewest: int
    most: int | None
    unique: bool
    some: tuple[Any, ...]

    def plain(self, size: int) -> list[Any] | None:
        """An array of `size` items; `None` if there are not enough distinct ones."""
        if self.unique:
            return list(self.some[:size]) if len(self.some) >= size else None
        return list(self.some[:1]) * size if self.some or not size else None

    def around(self, item: Any) -> list[Any] | None:
        """The smallest array that begins with `item`; `None` if there are not enough others."""
        others = tuple(other for other in self.some if not self.unique or json_key(other) != json_key(item))
        rest = replace(self, some=others).plain(max(self.fewest, 1) - 1)
        return None if rest is None or self.most == 0 else [item, *rest]


def needed_items(spec: Spec) -> int:
    """The number of distinct items that the boundaries and faults of an array need."""
    most = spec.keywords.get("maxItems", 0)
    needed = max(spec.keywords.get("minItems", 0), most if most <= MOST_ITEMS else 0) + 2
    return needed if spec.keywords.get("uniqueItems") else 2


def array_rule(spec: Spec, some: Sequence[Any]) -> ArrayRule:
    """The rule of an array, of which `some` are valid items.

    Raises:
        NothingValid: no array can have the required number of items.
    """
    keywords = spec.keywords
    fewest, most = keywords.get("minItems", 0), keywords.get("maxItems")
    unique = bool(keywords.get("uniqueItems", False))
    if unique and len(some) < needed_items(spec):
        most = len(some) if most is None else min(most, len(some))
    if most is not None and fewest > most:
        raise spec.nothing_valid("minItems")
    return ArrayRule(fewest, most, unique, tuple(some))


def arrays(rule: ArrayRule, items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Valid arrays of drawn items; unique ones are picked from a list if there are few."""
    most = rule.fewest + _USUAL_MORE if rule.most is None else min(rule.most, rule.fewest + _USUAL_MORE)
    if not rule.unique:
        return st.lists(items, min_size=rule.fewest, max_size=most)
    if rule.most is not None and len(rule.some) <= rule.most:
        items = st.sampled_from(rule.some) if rule.some else st.nothing()
    return st.lists(items, min_size=rule.fewest, max_size=most, unique_by=json_key)


def array_boundaries(rule: ArrayRule) -> Iterator[Boundary]:
    """An array of the fewest items, of the most, and of one."""
    fewest = rule.plain(rule.fewest)
    if fewest is not None:
        yield Boundary("fewest" if rule.fewest else "empty", fewest)
    most = rule.plain(rule.most) if rule.most is not None and rule.fewest < rule.most <= MOST_ITEMS else None
    if most is not None:
        yield Boundary("most", most)
    one = rule.plain(1) if rule.fewest < 1 and rule.most != 1 and rule.most != 0 else None
    if one is not None:
        yield Boundary("one", one)


def array_faults(spec: Spec, rule: ArrayRule, item_faults: Sequence[Fault]) -> Iterator[Fault]:
    """Too few items, too many, a duplicate, or an item with a fault."""
    keywords = spec.keywords
    if rule.fewest and (fewer := rule.plain(rule.fewest - 1)) is not None:
        yield Fault(fewer, "minItems", "too-few")
    if "maxItems" in keywords and keywords["maxItems"] <= MOST_ITEMS:
        more = rule.plain(keywords["maxItems"] + 1)
        if more is not None:
            yield Fault(more, "maxItems", "too-many")
    pair = rule.plain(max(rule.fewest, 2) - 1)
    if rule.unique and pair and keywords.get("maxItems", len(pair) + 1) > len(pair):
        yield Fault([pair[0], *pair], "uniqueItems", "same-twice")
    for fault in item_faults:
        array = rule.around(fault.value)
        if array is not None:
            yield fault.within(array, 0, of="item")
