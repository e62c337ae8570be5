"""The stateful machine as the last phase of a run: within its budget, with the profile that was observed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from pixelpact.contract_tests.client.errors import BudgetSpent, ContractBroken, UnusableAnswer
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.findings import Finding
from pixelpact.contract_tests.machine.machine import machine_for
from pixelpact.contract_tests.suite.context import FIRST, SECOND, Context
from pixelpact.contract_tests.suite.results import Result, Verdict

_ID = "machine/random-calls"
_RULE = "random legal and illegal calls are answered as a plain model of jobs says"
_SOURCE = "vendor OpenAPI 2.0.1 and guides; open points as they were observed"


class _BudgetEnded(BaseException):
    """The budget has ended: no failure, which Hypothesis would look for again with further requests."""


class _TrackedClient:
    """A client for the machine, whose calls go through the context: what they make is noted and tidied."""

    def __init__(self, context: Context, account: str) -> None:
        self._context = context
        self._account = account
        self.base_url = context.clients[account].base_url

    def call(self, operation: str, **request: Any) -> Exchange:
        """The answer to an operation."""
        body = request.get("json")
        if operation == "createJob":
            leaves = _results(body) if isinstance(body, Mapping) else 1
            request |= {"leaves": leaves, "paid_jobs": 1}
        elif operation == "createPreset":
            request["leaves"] = 1
        try:
            return self._context.call(operation, account=self._account, **request)
        except BudgetSpent as spent:
            raise _BudgetEnded(str(spent)) from None

    def download(self, uri: str, *, operation: str = "downloadOutput", **request: Any) -> Exchange:
        """The answer to a download."""
        try:
            return self._context.download(uri, operation=operation, **request)
        except BudgetSpent as spent:
            raise _BudgetEnded(str(spent)) from None

    def close(self) -> None:
        """Nothing: the session closes the connections."""


def machine_phase(runs: int) -> Callable[[Context], list[Result]]:
    """A phase of so many runs of the machine."""

    def phase(context: Context) -> list[Result]:
        finding = _run(context, runs)
        if isinstance(finding, str):
            return [_result(Verdict.NOT_REACHED if finding else Verdict.HOLDS, finding)]
        result = _result(Verdict.BREAKS, finding.what)
        return [
            Result(
                **{
                    **{name: getattr(result, name) for name in result.__slots__},
                    "operation": finding.operation,
                    "rule": finding.rule or _RULE,
                    "exchange": finding.exchange,
                }
            )
        ]

    return phase


def _run(context: Context, runs: int) -> Finding | str:
    """The first finding of the machine; otherwise why it ended early, `""` if it did not."""
    accounts = [FIRST, SECOND if SECOND in context.clients else FIRST]
    machine = machine_for(context.api.base_url, profile=context.profile, reads=6, pause_s=0.2)

    class Tracked(machine):  # type: ignore[valid-type,misc]  # made at run time
        def __init__(self) -> None:
            super().__init__()
            for account, name in zip(self.accounts, accounts, strict=True):
                account.api.close()
                account.api = _TrackedClient(context, name)

    once = settings(
        max_examples=runs,
        stateful_step_count=30,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Tracked, settings=once)
    except ContractBroken as broken:
        return broken.finding
    except UnusableAnswer as unusable:
        return Finding(unusable.operation, _RULE, _SOURCE, unusable.what, unusable.exchange)
    except _BudgetEnded as ended:
        return str(ended)
    except Flaky as flaky:
        seen = getattr(flaky, "exceptions", ())
        broken = next((one for one in seen if isinstance(one, ContractBroken)), None)
        return broken.finding if broken else "what failed has not failed again"
    return ""


def _results(body: Mapping[str, Any]) -> int:
    """The most outputs that a job with this body can have, at least one."""
    conversions, inputs = body.get("conversion") or (), body.get("input") or ()
    return max(1, len(conversions) * len(inputs))


def _result(verdict: Verdict, what: str) -> Result:
    return Result(_ID, "machine", "createJob", _RULE, _SOURCE, "documented", verdict, what)
