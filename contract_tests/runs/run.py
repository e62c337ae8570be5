"""A run: asks what a plan has, item by item, and yields what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pixelpact.contract_tests.client.curl import printable
from pixelpact.contract_tests.client.errors import (
    BudgetSpent,
    ContractBroken,
    NotConclusive,
    UnknownAnswer,
    UnusableAnswer,
)
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.runs.plan import Plan, needs_of
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Check, Item, Need, Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.schema import ledger

#: What code may meet that reads an answer of another form than it knows.
OTHER_FAILURES = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    OSError,
    RecursionError,
)
#: Unusual answers that may be the reason why something is not conclusive: so many are named.
_LISTED = 3


class Run:
    """Asks the items of a plan. `profile_given` says whether answers are compared with a given profile."""

    def __init__(self, context: Context, plan: Plan, *, profile_given: bool) -> None:
        self.context = context
        self.plan = plan
        self._profile_given = profile_given
        self._ended_kinds: dict[str, str] = {}
        self._unclear: set[str] = set()
        self._unreached: set[str] = set()

    def results(self) -> Iterator[Result]:
        """What became of each item, as soon as it is known."""
        yield from self.not_asked()
        for item in self.plan.items:
            yield self.ask(item)

    def not_asked(self) -> Iterator[Result]:
        """The results of what the plan leaves out."""
        for item, need in self.plan.lacking:
            yield _result(item, Verdict.NOT_ASKED, f"needs {need.value}")
        beyond = {item.entry for item in self.plan.beyond if isinstance(item, Probe)}
        for item in self.plan.beyond:
            is_alone = self._profile_given or beyond.isdisjoint(item.questions)
            reason = "beyond the budget" if is_alone else "its questions don't fit into the budget"
            yield _result(item, Verdict.NOT_REACHED, reason)

    def ask(self, item: Item) -> Result:
        """What becomes of one item, with what it costs."""
        budget = self.context.api.budget
        before = budget.spent() if budget else None
        result = self._guarded(item)
        if budget is None or before is None:
            return result
        after = budget.spent()
        return replace(
            result,
            requests=after.requests - before.requests,
            paid_jobs=after.paid_jobs - before.paid_jobs,
        )

    def _guarded(self, item: Item) -> Result:
        if Need.CLOCK in needs_of(item) and self.context.clock is None:
            return _result(item, Verdict.NOT_ASKED, f"needs {Need.CLOCK.value}")
        if not self._unreached.isdisjoint(item.questions):
            return self._not_reached(item, "its questions were not reached")
        reason = self._reason_not_to_ask(item)
        if reason:
            return _result(item, Verdict.NOT_CONCLUSIVE, reason)
        try:
            return self._asked(item)
        except BudgetSpent as spent:
            return self._not_reached(item, str(spent))
        except NotConclusive as unclear:
            return self._not_conclusive(item, str(unclear))
        except ContractBroken as broken:
            found = broken.finding
            return self._broken(item, found.what, found.exchange, operation=found.operation, rule=found.rule)
        except UnusableAnswer as unusable:
            return self._broken(item, unusable.what, unusable.exchange, operation=unusable.operation)
        except OTHER_FAILURES as error:  # an answer of another form than everything here reads
            what = f"must answer in the documented form; reading it failed: {type(error).__name__}: {error}"
            seen = self.context.last
            if seen is None:
                return self._broken(item, printable(what), None)
            return self._broken(item, printable(what), seen.redacted(), operation=seen.operation.id)

    def _asked(self, item: Item) -> Result:
        if isinstance(item, Check):
            item.verify(self.context)
            return _result(item, Verdict.HOLDS)
        try:
            answer = item.ask(self.context)
        except UnknownAnswer as unknown:
            self._unclear.add(item.entry)
            return _result(item, Verdict.UNKNOWN, unknown.what, exchange=unknown.exchange)
        self.context.observed[item.entry] = answer
        seen = _observed(item, answer, self.context.given[item.entry], profile_given=self._profile_given)
        last = self.context.last.redacted() if self.context.last else None
        return replace(seen, evidence=self.context.evidence(), exchange=last)

    def _broken(
        self, item: Item, what: str, exchange: RedactedExchange | None, *, operation: str = "", rule: str = ""
    ) -> Result:
        if isinstance(item, Check) and item.kind:
            self._ended_kinds.setdefault(item.kind, item.id)
        if isinstance(item, Probe):
            self._unclear.add(item.entry)
        result = _result(item, Verdict.BREAKS, what, exchange=exchange)
        return replace(result, operation=operation or item.operation, rule=rule or item.rule)

    def _not_reached(self, item: Item, reason: str) -> Result:
        if isinstance(item, Probe) and not self._profile_given:
            self._unreached.add(item.entry)
        return _result(item, Verdict.NOT_REACHED, reason)

    def _not_conclusive(self, item: Item, reason: str) -> Result:
        if isinstance(item, Probe):
            self._unclear.add(item.entry)
            return _result(item, Verdict.NOT_CONCLUSIVE, reason)
        unusual = [entry for entry in item.depends if self._is_unusual(entry)]
        unusual = unusual or [entry for entry in self.context.observed if self._is_unusual(entry)][:_LISTED]
        answers = ", ".join(f"{entry}: {self.context.profile[entry]}" for entry in unusual)
        return _result(item, Verdict.NOT_CONCLUSIVE, f"{reason} ({answers})" if answers else reason)

    def _is_unusual(self, entry: str) -> bool:
        """Whether an entry was seen to have another answer than the default."""
        return self.context.profile[entry] != ledger()[entry].default

    def _reason_not_to_ask(self, item: Item) -> str:
        """Why asking an item would not tell anything; empty, if it would."""
        if isinstance(item, Probe):
            for entry, answers in item.hidden_by.items():
                if self.context.profile[entry] in answers:
                    return f"hidden by {entry}: {self.context.profile[entry]}"
            return ""
        for entry in item.depends:
            if entry in self._unclear:
                return f"depends on {entry}, which is not known"
        if item.kind in self._ended_kinds:
            return f"the first surprise, {self._ended_kinds[item.kind]}, ended this kind"
        return ""


def _observed(probe: Probe, answer: str, expected: str, *, profile_given: bool) -> Result:
    entry = ledger()[probe.entry]
    if answer == expected and profile_given:
        return _result(probe, Verdict.HOLDS, answer=answer)
    if profile_given:
        what = (
            f"this server answers {answer} ({entry.choices[answer].means}), "
            f"the profile says {expected} ({entry.choices[expected].means})"
        )
        return _result(probe, Verdict.CHANGED, what, answer=answer)
    contradicts = answer != entry.default and entry.confidence == "documented"
    what = f"is {answer}: {entry.choices[answer].means}"
    if contradicts:
        what += f"; a document says {entry.default}"
    return _result(probe, Verdict.LEARNED, what, answer=answer)


def _result(
    item: Item,
    verdict: Verdict,
    what: str = "",
    *,
    answer: str = "",
    exchange: RedactedExchange | None = None,
) -> Result:
    return Result(
        id=item.id,
        area=item.area,
        operation=item.operation,
        rule=item.rule,
        source=item.source,
        confidence=item.confidence,
        verdict=verdict,
        what=what,
        answer=answer,
        exchange=exchange,
    )
