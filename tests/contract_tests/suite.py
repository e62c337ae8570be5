"""Runs of checks and probes in this process, against a mock server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pixelpact.contract_tests.client.budget import Limits, Spent
from pixelpact.contract_tests.runs.plan import Plan, make_plan, steps_of
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.items import Item
from pixelpact.contract_tests.suite.results import Result
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile

#: The API keys of these runs.
KEYS = ("first-key", "second-key")


def with_their_probes(ids: Iterable[str]) -> list[Item]:
    """The items with these ids, and the probes that they depend on or may be hidden by."""
    by_id = {item.id: item for item in all_items()}
    wanted: set[str] = set()
    waiting = list(ids)
    while waiting:
        name = waiting.pop()
        if name in wanted or name not in by_id:
            continue
        wanted.add(name)
        item = by_id[name]
        entries = [*getattr(item, "depends", ()), *getattr(item, "hidden_by", ())]
        waiting += [f"ledger/{entry}" for entry in entries]
    return [item for item in all_items() if item.id in wanted]


def results_of(
    folder: Path,
    items: Iterable[Item] | None = None,
    *,
    profile_given: bool = True,
    given: Profile | None = None,
    settings: Mapping[str, Any] | None = None,
    spare: int = 0,
    **target: Any,
) -> list[Result]:
    """What becomes of the items (of all, unless some are given) at a mock server with these settings.

    They are compared with the profile `given`, by default that of the default answers. `spare` requests may
    be sent besides what the plan says, such as those that tidy after a surprise.
    """
    profile = (given or Profile()) if profile_given else None
    return run_of(folder, items, profile=profile, settings=settings, more_requests=spare, **target)[0]


def run_of(
    folder: Path,
    items: Iterable[Item] | None = None,
    *,
    profile: Profile | None,
    settings: Mapping[str, Any] | None = None,
    more_requests: int = 0,
    **target: Any,
) -> tuple[list[Result], Plan, Spent]:
    """What becomes of the items, with the plan for them and what was spent, clean-up included."""
    with Server(Settings(**{"pace": "instant", **(settings or {})})) as server:
        return run_at(server.base_url, folder, items, profile=profile, more_requests=more_requests, **target)


def results_at(
    base_url: str,
    folder: Path,
    items: Iterable[Item] | None = None,
    *,
    profile_given: bool = True,
    **target: Any,
) -> list[Result]:
    """What becomes of the items (of all, unless some are given) at a server."""
    return run_at(base_url, folder, items, profile=Profile() if profile_given else None, **target)[0]


def run_at(
    base_url: str,
    folder: Path,
    items: Iterable[Item] | None = None,
    *,
    profile: Profile | None,
    more_requests: int = 0,
    second_key: str = KEYS[1],
    run_id: str = "run",
    **target: Any,
) -> tuple[list[Result], Plan, Spent]:
    """What becomes of the items at a server, with the plan for them and what was spent."""
    items = list(all_items() if items is None else items)
    goal = Target(base_url, KEYS[0], second_key, given=profile, **target)
    plan = make_plan(items, available=goal.available)
    limits = Limits(plan.cost.requests + more_requests, plan.cost.paid_jobs + more_requests)
    files = RunFiles(folder, run_id)
    with session(goal, limits, files) as context:
        found = list(Run(context, plan, profile_given=profile is not None).results())
        assert context.api.budget is not None
        spent = context.api.budget.spent()
    assert not files.made.exists(), "something is left"
    return found, plan, replace(spent, requests=spent.requests + spent.kept_back, kept_back=0)


def most_requests(item: Item) -> int:
    """The most that an item costs if it is asked alone."""
    return item.cost.requests + sum(step.cost.requests for step in steps_of(item.uses))
