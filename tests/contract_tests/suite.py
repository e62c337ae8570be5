"""Runs of checks and probes in this process, against a mock server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.runs.plan import make_plan, steps_of
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import LOCAL_KEYS, Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.items import Item
from pixelpact.contract_tests.suite.results import Result
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile


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
    settings: Mapping[str, Any] | None = None,
    given: Profile | None = None,
    spare: int = 0,
    **target: Any,
) -> list[Result]:
    """What becomes of the items (of all, unless some are given) at a mock server with these settings.

    `spare` requests may be sent besides what the plan says, such as those that tidy after a surprise.
    """
    items = list(all_items() if items is None else items)
    with Server(Settings(**{"pace": "instant", **(settings or {})})) as server:
        api_key, second_key = LOCAL_KEYS
        goal = Target(
            server.base_url,
            api_key,
            second_key,
            given=given or (Profile() if profile_given else None),
            **target,
        )
        plan = make_plan(items, available=goal.available)
        limits = Limits(plan.cost.requests + spare, plan.cost.paid_jobs)
        left: list[int] = []
        with session(goal, limits, RunFiles(folder, "run"), report_leftovers=left.append) as context:
            found = list(Run(context, plan, profile_given=profile_given).results())
        assert left == []
        return found


def most_requests(item: Item) -> int:
    """The most that an item costs if it is asked alone."""
    return item.cost.requests + sum(step.cost.requests for step in steps_of(item.uses))
