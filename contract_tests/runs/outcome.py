"""A whole run: the look at the server, the items of a plan, the machine, the clean-up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pixelpact.contract_tests.client.budget import Budget, Limits, Spent
from pixelpact.contract_tests.runs.plan import Plan
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import files_of
from pixelpact.contract_tests.runs.tidying import Things
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.results import Result, Verdict


@dataclass(slots=True)
class Outcome:
    """What a run has come to: results, cost, and what it tidied of earlier runs."""

    plan: Plan
    results: list[Result] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)
    seconds: float = 0.0
    tidied: Things = field(default_factory=Things)
    is_interrupted: bool = False


def run_plan(
    plan: Plan,
    target: Target,
    limits: Limits,
    *,
    on_result: Callable[[Result, Spent], None] = lambda *_: None,
    phases: tuple[Callable[[Context], list[Result]], ...] = (),
) -> Outcome:
    """The outcome of a plan at an API; Ctrl-C ends it early, with the clean-up.

    `phases` follow the items, within the same budget. `on_result` is told each result and the cost so far.

    Raises:
        ServerUnusable: nothing can be asked there.
        UsageError: the files of the run can't be written, or the port of its listener is taken.
    """
    outcome = Outcome(plan)
    files = files_of(target.base_url, target.run_id)
    budget = Budget(limits, files.budget)
    begin = time.monotonic()

    try:
        with session(target, limits, files, account=outcome) as context:
            for result in Run(context, plan, profile_given=target.given is not None).results():
                outcome.results.append(result)
                on_result(result, budget.spent())
            for phase in phases:
                outcome.results.extend(phase(context))
    except KeyboardInterrupt:
        outcome.is_interrupted = True
    outcome.seconds = time.monotonic() - begin
    done = {result.id for result in outcome.results}
    for item in plan.items if outcome.is_interrupted else ():
        if item.id not in done:
            outcome.results.append(
                Result(
                    item.id,
                    item.area,
                    item.operation,
                    item.rule,
                    item.source,
                    item.confidence,
                    Verdict.NOT_REACHED,
                    "interrupted",
                )
            )
    return outcome
