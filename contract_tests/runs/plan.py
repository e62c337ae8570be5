"""The plan of a run: what it asks within its limits, what that costs at most, and what it can't reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.suite.items import Cost, Item, Need, Probe, Step

#: Requests for the look at the server before a run, and for the clock of a mock server.
PREFLIGHT = Cost(3)
#: Reads of jobs that have not ended at the first read, for a whole run; slow servers use them up.
EXTRA_READS = 16
#: Requests for looking into surprises, and for tidying what a server makes that should have refused it.
SURPRISES = Cost(12)

#: What a run of the machine may cost.
MACHINE_RUN = Cost(120, paid_jobs=12)


@dataclass(frozen=True, slots=True)
class Plan:
    """The items that a run asks, in order; those beyond its limits; those that lack something, and what.

    `cost` includes the look at the server before, extra reads and clean-up; `leftovers` are the requests for
    tidying what earlier runs left.
    """

    items: tuple[Item, ...]
    beyond: tuple[Item, ...]
    lacking: tuple[tuple[Item, Need], ...]
    cost: Cost
    leftovers: int = 0


def make_plan(
    items: Sequence[Item],
    *,
    available: Collection[Need],
    profile_given: bool = False,
    max_requests: int | None = None,
    max_paid_jobs: int | None = None,
    leftovers: int = 0,
    machine_runs: int = 0,
) -> Plan:
    """The plan for these items: as many of them, in their order, as fit into the limits.

    Without a given profile, an item whose questions don't fit is left out with them: what it should expect
    would be a guess. The runs of the machine come last, and get what the limits leave.
    """
    cost = PREFLIGHT + SURPRISES + Cost(leftovers) if items else PREFLIGHT + Cost(leftovers)
    taken: list[Item] = []
    beyond: list[Item] = []
    lacking: list[tuple[Item, Need]] = []
    unanswered: set[str] = set()
    steps: set[str] = set()
    reads = False
    for item in items:
        missing = [
            need for need in sorted(needs_of(item), key=lambda need: need.name) if need not in available
        ]
        if missing:
            lacking.append((item, missing[0]))
            continue
        new = {step.id: step for step in steps_of(item.uses) if step.id not in steps}
        more = item.cost
        for step in new.values():
            more += step.cost
        if more.paid_jobs and not reads:
            more += Cost(EXTRA_READS)
        total = cost + more
        if unanswered.isdisjoint(item.questions) and _fits(total, max_requests, max_paid_jobs):
            cost = total
            reads = reads or bool(more.paid_jobs)
            steps.update(new)
            taken.append(item)
        else:
            beyond.append(item)
            if isinstance(item, Probe) and not profile_given:
                unanswered.add(item.entry)
    cost = _limited(cost + _times(MACHINE_RUN, machine_runs), max_requests, max_paid_jobs)
    return Plan(tuple(taken), tuple(beyond), tuple(lacking), cost, leftovers)


def steps_of(uses: Iterable[Step[Any]]) -> list[Step[Any]]:
    """Steps with those that they use, each once, those that come first before the others."""
    found: dict[str, Step[Any]] = {}
    for step in uses:
        for used in (*steps_of(step.uses), step):
            found.setdefault(used.id, used)
    return list(found.values())


def needs_of(item: Item) -> frozenset[Need]:
    """What an item and its steps need."""
    return item.needs.union(*(step.needs for step in steps_of(item.uses)))


def _times(cost: Cost, number: int) -> Cost:
    return Cost(cost.requests * number, cost.paid_jobs * number)


def _limited(cost: Cost, max_requests: int | None, max_paid_jobs: int | None) -> Cost:
    requests = cost.requests if max_requests is None else min(cost.requests, max_requests)
    paid_jobs = cost.paid_jobs if max_paid_jobs is None else min(cost.paid_jobs, max_paid_jobs)
    return Cost(requests, paid_jobs)


def _fits(cost: Cost, max_requests: int | None, max_paid_jobs: int | None) -> bool:
    return (max_requests is None or cost.requests <= max_requests) and (
        max_paid_jobs is None or cost.paid_jobs <= max_paid_jobs
    )
