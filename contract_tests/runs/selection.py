"""All checks and probes, in the order in which a run asks them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pixelpact.contract_tests import checks, probes
from pixelpact.contract_tests.suite.items import REGISTRY, Item, Probe
from pixelpact.schema import ledger

#: From this rank on, items are asked after all others: they move the clock, and pictures expire.
LAST = 100
#: Checks of a lower rank are the most telling ones.
TELLING = 10


@cache
def all_items() -> Sequence[Item]:
    """All checks and probes: free probes, free checks, paid probes, paid checks; the most telling first.

    A probe comes after those that may hide it.
    """
    for package in (probes, checks):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    items = list(REGISTRY.items.values())
    position = {item.id: number for number, item in enumerate(items)}
    ordered = sorted(
        items,
        key=lambda item: (
            item.rank if item.rank >= LAST else 0,
            is_paid(item),
            not isinstance(item, Probe),
            item.rank,
            _depth(item),
            position[item.id],
        ),
    )
    return tuple(ordered)


def is_paid(item: Item) -> bool:
    """Whether asking an item may spend credits."""
    return bool(item.cost.paid_jobs) or any(_step_is_paid(step) for step in item.uses)


def _step_is_paid(step: object) -> bool:
    cost, uses = step.cost, step.uses  # type: ignore[attr-defined]  # a Step of any type
    return bool(cost.paid_jobs) or any(_step_is_paid(used) for used in uses)


def _depth(item: Item) -> int:
    """How many probes must come before, one after the other."""
    if not isinstance(item, Probe):
        return 0
    probes_by_entry = {probe.entry: probe for probe in REGISTRY.items.values() if isinstance(probe, Probe)}
    hiding = [probes_by_entry[entry] for entry in item.hidden_by if entry in probes_by_entry]
    return 1 + max(map(_depth, hiding), default=0)


def unprobed() -> dict[str, str]:
    """The entries of the ledger without a probe, each with the reason."""
    asked = {item.entry for item in all_items() if isinstance(item, Probe)}
    return {entry: "no probe can tell" for entry in ledger() if entry not in asked}
