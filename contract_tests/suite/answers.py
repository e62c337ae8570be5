"""What answers tell, for probes: their statuses, and the rows of their lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pixelpact.contract_tests.client.errors import ContractTestsError, NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.schema import statuses

#: The statuses in which a job has ended by itself.
ENDED = frozenset(code for code, status in statuses().items() if status.terminal) - {"canceled"}


def by_status(context: Context, entry: str, answer: Exchange, answers: Mapping[int, str]) -> str:
    """The id of the answer to a question of the ledger that goes with an HTTP status.

    Raises:
        UnknownAnswer: none goes with it.
    """
    status = answer.response.status_code
    if status not in answers:
        raise context.unknown(entry, f"was answered {status}", answer)
    return answers[status]


def rows(answer: Exchange, *path: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list in an answer; none, if there is no such list."""
    try:
        found = answer.at(*path)
    except ContractTestsError:
        return []
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def value_at(answer: Exchange, *path: str) -> Any:
    """The value at a place in an answer.

    Raises:
        NotConclusive: there is none. The check of the answer's fields tells.
    """
    try:
        return answer.at(*path)
    except ContractTestsError:
        raise NotConclusive(f"{answer.operation.id} answers without `{'.'.join(path)}`") from None


def status_code(answer: Exchange) -> str:
    """The status of the job that an answer shows; empty, if it shows none."""
    try:
        return answer.text("status", "code")
    except ContractTestsError:
        return ""
