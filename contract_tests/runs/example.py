"""Examples: what a check or probe sends, and what a server answers, seen by asking it alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.runs.plan import make_plan
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.items import Item
from pixelpact.contract_tests.suite.results import Result


def example(item: Item, target: Target) -> tuple[Result, RedactedExchange | None]:
    """What becomes of an item at a server, and the last exchange of its operation, or else the last of all.

    Raises:
        ServerUnusable: nothing can be asked there.
    """
    plan = make_plan([item], available=target.available)
    limits = Limits(plan.cost.requests, plan.cost.paid_jobs)
    seen: dict[str, Exchange] = {}

    def watch(exchange: Exchange) -> None:
        seen[exchange.operation.id] = seen["last"] = exchange

    with (
        TemporaryDirectory() as folder,
        session(target, limits, RunFiles(Path(folder), "example")) as context,
    ):
        for client in context.clients.values():
            client.on_answer = watch
        result = next(Run(context, plan, profile_given=True).results())
        shown = seen.get(item.operation, context.last)
    return result, shown.redacted() if shown else None
