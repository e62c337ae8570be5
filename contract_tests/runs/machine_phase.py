"""The stateful machine as the last phase of a run: within its budget, with the profile that was observed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from pixelpact.contract_tests.client.curl import printable
from pixelpact.contract_tests.client.errors import BudgetSpent, ContractBroken, NotConclusive, UnusableAnswer
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.findings import Finding
from pixelpact.contract_tests.machine.machine import machine_for
from pixelpact.contract_tests.runs.run import OTHER_FAILURES
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
        #: The most conversions and inputs that each job has had.
        self._parts: dict[str, tuple[int, int]] = {}

    def call(self, operation: str, **request: Any) -> Exchange:
        """The answer to an operation."""
        body, job_id = request.get("json"), (request.get("path") or {}).get("job_id", "")
        parts = _parts(operation, body)
        if operation == "createJob":
            request |= {"leaves": _most_to_tidy(*parts), "paid_jobs": 1}
        elif operation == "createPreset":
            request["leaves"] = 1
        try:
            if job_id in self._parts and any(parts):
                self._grow(job_id, *parts)
            answer = self._context.call(operation, account=self._account, **request)
        except BudgetSpent as spent:
            raise _BudgetEnded(str(spent)) from None
        if operation == "createJob" and answer.response.is_success:
            self._parts[self._context.id_of(answer)] = parts
        return answer

    def _grow(self, job_id: str, conversions: int, inputs: int) -> None:
        """Keep requests back for the outputs that more parts of a job can lead to."""
        before = self._parts[job_id]
        after = (before[0] + conversions, before[1] + inputs)
        self._context.keep_back(job_id, _most_to_tidy(*after) - _most_to_tidy(*before))
        self._parts[job_id] = after

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
        first = next((one for one in seen if isinstance(one, ContractBroken)), None)
        return first.finding if first else "what failed has not failed again"
    except NotConclusive as unclear:
        return str(unclear)
    except OTHER_FAILURES as error:  # an answer of another form than the machine reads
        if context.last is None:
            raise
        what = f"must answer in the documented form; reading it failed: {type(error).__name__}: {error}"
        seen = context.last
        return Finding(seen.operation.id, _RULE, _SOURCE, printable(what), seen.redacted())
    return ""


def _parts(operation: str, body: Any) -> tuple[int, int]:
    """The numbers of conversions and inputs that a request brings, at most."""
    if operation == "createJob" and isinstance(body, Mapping):
        lists = [body.get(name) for name in ("conversion", "input")]
        return len(lists[0] or ()), len(lists[1] or ())
    if operation == "addConversion":
        return 1, 0
    if operation in ("addInput", "uploadFile", "uploadBase64"):
        return 0, len(body) if isinstance(body, list) else 1
    return 0, 0


def _most_to_tidy(conversions: int, inputs: int) -> int:
    """The most requests that tidying a job takes: a cancellation, a read, a removal of each output."""
    return 2 + conversions * inputs


def _result(verdict: Verdict, what: str) -> Result:
    return Result(_ID, "machine", "createJob", _RULE, _SOURCE, "documented", verdict, what)
