"""Probes of an account: its contracts and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.curl import json_type
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import contracts
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import plain_picture
from pixelpact.contract_tests.suite.votes import INVALID, NO_CONTENT, Vote, majority
from pixelpact.schema import as_object, ledger

_WRONG_DATE = "2026-02-31"
_FILTER = "all"


@probe("unlimited-credits", operation="getContracts", uses=(contracts,), rank=20)
def unlimited_credits(context: Context) -> str:
    """What an account is told that can't run out of credits."""
    answer = contracts(context)
    if answer.response.status_code == NO_CONTENT:
        return "none"
    large = ledger()["unlimited-credits"].choices["large"].value["credits_bought"]
    bought = [value for row in _rows(answer) for name, value in row.items() if name.endswith("_bought")]
    if bought != [large]:
        raise NotConclusive(f"the account has bought {bought}, so that its credits are limited")
    return "large"


@probe(
    "contracts-shape",
    operation="getContracts",
    uses=(contracts,),
    hidden_by={"unlimited-credits": "none"},
    rank=21,
)
def contracts_shape(context: Context) -> str:
    """Whether contracts are a list or in an object."""
    answer = contracts(context)
    body = _body(answer)
    if isinstance(body, list):
        return "array"
    if isinstance(body, dict) and isinstance(body.get("contracts"), list):
        return "object"
    raise context.unknown("contracts-shape", f"shows {json_type(body)} without contracts", answer)


@probe(
    "contract-unit",
    operation="getContracts",
    uses=(contracts,),
    hidden_by={"unlimited-credits": "none"},
    rank=21,
)
def contract_unit(context: Context) -> str:
    """Whether contracts count credits or minutes."""
    answer = contracts(context)
    units = {choice.value: choice.id for choice in ledger()["contract-unit"].choices.values()}
    votes = []
    for row in (*_rows(answer), as_object(_body(answer))):
        for name in row:
            unit, _, counted = name.rpartition("_")
            if counted in ("bought", "remaining"):
                votes.append(Vote("a contract", units.get(unit), f"has {name}", answer))
    return majority(context, "contract-unit", votes)


@probe("wrong-stats-date", operation="getDayStats", requests=1)
def wrong_stats_date(context: Context) -> str:
    """Whether statistics of a date that is none are refused."""
    answer = context.call("getDayStats", path={"date": _WRONG_DATE, "filter": _FILTER})
    status = answer.response.status_code
    is_empty = status == NO_CONTENT or (status == 200 and answer.json() == [])
    voted = "empty" if is_empty else "refuse" if status in INVALID else None
    vote = Vote(f"the date {_WRONG_DATE}", voted, f"was answered {status}", answer)
    return majority(context, "wrong-stats-date", [vote])


@probe("stats", operation="getDayStats", requests=2, uses=(plain_picture,))
def stats(context: Context) -> str:
    """Whether statistics have rows after a job has completed."""
    date = plain_picture(context).last.text("modified_at")[: len("2026-02-28")]
    votes = []
    for operation, length in (("getDayStats", len("2026-02-28")), ("getYearStats", len("2026"))):
        answer = context.call(operation, path={"date": date[:length], "filter": _FILTER})
        rows = answer.json() if answer.response.status_code == 200 else None
        voted = ("rows" if rows else "empty") if isinstance(rows, list) else None
        seen = f"has {len(rows)} rows" if isinstance(rows, list) else "has no list"
        votes.append(Vote(f"{operation} of {date[:length]}", voted, seen, answer))
    return majority(context, "stats", votes)


def _body(answer: Exchange) -> Any:
    return answer.json() if answer.response.status_code == 200 else None


def _rows(answer: Exchange) -> list[Mapping[str, Any]]:
    body = _body(answer)
    rows = body if isinstance(body, list) else as_object(body).get("contracts")
    return [as_object(row) for row in (rows if isinstance(rows, list) else ())]
