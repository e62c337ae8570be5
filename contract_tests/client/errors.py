"""The errors of the contract tests.

ContractTestsError
├── ContractBroken      a documented fact does not hold (also an AssertionError)
├── UnknownAnswer       a question of the ledger was answered with none of its choices
├── NotConclusive       what was seen does not tell
├── BudgetSpent         the run may send no more requests, or create no more paid jobs
├── ServerUnusable      the server can't be reached, is not this API, or refuses the key
├── UnusableAnswer      an answer lacks what the next request needs
└── UsageError          what a person asked for can't be done
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixelpact.contract_tests.client.failures import Failure
    from pixelpact.contract_tests.client.findings import Finding, RedactedExchange


class ContractTestsError(Exception):
    """The base of all errors that the contract tests raise on purpose."""


class ContractBroken(ContractTestsError, AssertionError):
    """A documented fact does not hold; its text is the `finding` as text."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


class UnknownAnswer(ContractTestsError):
    """A question of the ledger was answered with none of its choices; `what` was seen in `exchange`."""

    def __init__(self, what: str, exchange: RedactedExchange) -> None:
        super().__init__(what)
        self.what = what
        self.exchange = exchange


class NotConclusive(ContractTestsError):
    """What was seen does not tell; the text says why."""


class UnusableAnswer(ContractTestsError):
    """An answer lacks what the next request needs; `what` it lacks was seen in `exchange`.

    `failure` is why there is no answer, if there is none.
    """

    def __init__(
        self, operation: str, what: str, exchange: RedactedExchange, failure: Failure | None = None
    ) -> None:
        super().__init__(f"{operation} {what}")
        self.operation = operation
        self.what = what
        self.exchange = exchange
        self.failure = failure


class BudgetSpent(ContractTestsError):
    """The run may send no more requests, create no more paid jobs, or take no more time."""


class ServerUnusable(ContractTestsError):
    """The server can't be reached, is not this API, or refuses the key; the text says what to do."""


class UsageError(ContractTestsError):
    """What a person asked for can't be done; the text says what to change."""
