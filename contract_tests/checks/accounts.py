"""Checks of an account: its contracts and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import expect_same, rows_of, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Step, check, step
from pixelpact.contract_tests.suite.steps import open_job, plain_picture
from pixelpact.schema import component_validator, error_answers, find_violations, load_document

_CONTRACTS = "vendor page contracts"
_STATS = "vendor page statistics"
_NO_CONTENT = 204
_INVALID = error_answers()["Invalid"].status
_FILTERS: tuple[str, ...] = tuple(
    load_document("openapi")["components"]["parameters"]["StatsFilter"]["schema"]["enum"]
)
#: The number of characters in the date of each period, and in those of its rows.
_PERIODS: Mapping[str, tuple[int, int]] = {"day": (10, 10), "month": (7, 10), "year": (4, 7)}
#: The periods that are asked for before a job has run; the others afterwards.
_EARLY = ("day", "month")
#: Dates that are none; that of a day is asked by the probe.
_WRONG_DATES = {"month": "2026-13", "year": "26"}


@step(requests=1, rule="contracts are listed")
def contracts(context: Context) -> Exchange:
    """The answer to a request for contracts."""
    return context.call("getContracts")


def _stats(context: Context, period: str, date: str, word: str) -> Exchange:
    return context.call(f"get{period.capitalize()}Stats", path={"date": date, "filter": word})


@step(requests=len(_EARLY) * len(_FILTERS), uses=(open_job,), rule="statistics are asked for")
def statistics(context: Context) -> Mapping[tuple[str, str], Exchange]:
    """The statistics of today and this month by the server's time, with each filter."""
    created_at = open_job(context).created.text("created_at")
    return {
        (period, word): _stats(context, period, created_at[: _PERIODS[period][0]], word)
        for period in _EARLY
        for word in _FILTERS
    }


@step(requests=3, rule="statistics of wrong dates and filters are asked for")
def wrong_statistics(context: Context) -> Mapping[str, Exchange]:
    """The answers to an invalid date, by period, and to an invalid filter."""
    found = {period: _stats(context, period, date, _FILTERS[0]) for period, date in _WRONG_DATES.items()}
    return {**found, "filter": _stats(context, "year", "2026", "everything")}


@step(
    requests=len(_FILTERS),
    uses=(plain_picture,),
    rule="the statistics of the year are asked for after a job has run",
)
def later_statistics(context: Context) -> Mapping[tuple[str, str], Exchange]:
    """The statistics of the year in which a job has completed, with each filter."""
    year = plain_picture(context).last.text("modified_at")[: _PERIODS["year"][0]]
    return {("year", word): _stats(context, "year", year, word) for word in _FILTERS}


def _contract_rows(context: Context) -> list[dict[str, Any]]:
    answer = contracts(context)
    if answer.response.status_code == _NO_CONTENT:
        raise NotConclusive("the account has no contract")
    return rows_of(answer, *(("contracts",) if context.profile["contracts-shape"] == "object" else ()))


@check(
    "contracts/rows",
    operation="getContracts",
    rule="each contract has its type, and its date with a space before the time",
    source=_CONTRACTS,
    uses=(contracts,),
    depends=("contracts-shape", "unlimited-credits"),
)
def contract_rows(context: Context) -> None:
    """Each row follows the schema of a contract."""
    answer = contracts(context)
    rows = _contract_rows(context)
    if not rows:
        raise answer.broken("must have a row in `contracts`, or answer 204")
    for row in rows:
        for violation in find_violations(component_validator("Contract"), row):
            raise answer.broken(f"must have contracts as documented: {violation}")


@check(
    "contracts/remaining",
    operation="getContracts",
    rule="a prepaid contract has no more credits left than were bought",
    source=_CONTRACTS,
    uses=(contracts,),
    depends=("contracts-shape", "contract-unit", "unlimited-credits"),
)
def contract_remaining(context: Context) -> None:
    """Bought and remaining credits are numbers, the second one not larger."""
    answer, unit = contracts(context), context.profile.value("contract-unit")
    for row in _contract_rows(context):
        if row.get("contract_type") != "prepaid":
            continue
        bought, left = row.get(f"{unit}_bought"), row.get(f"{unit}_remaining")
        if type(bought) is not int or type(left) is not int or not 0 <= left <= bought:
            what = f"must have {unit}_remaining between 0 and {unit}_bought, has {left!r} of {bought!r}"
            raise answer.broken(what)


@check(
    "contracts/total",
    operation="getContracts",
    rule="the total is what is left of all prepaid contracts",
    source=_CONTRACTS,
    uses=(contracts,),
    depends=("contracts-shape", "contract-unit", "unlimited-credits"),
)
def contract_total(context: Context) -> None:
    """The total beside the contracts is the sum over their rows."""
    answer, unit = contracts(context), context.profile.value("contract-unit")
    rows = _contract_rows(context)
    if context.profile["contracts-shape"] != "object":
        raise NotConclusive("a list of contracts has no total")
    left = [row[f"{unit}_remaining"] for row in rows if type(row.get(f"{unit}_remaining")) is int]
    if left:
        expect_same(answer, f"the total `{unit}_remaining`", sum(left), answer.at(f"{unit}_remaining"))


def _asked_in(period: str) -> Step[Mapping[tuple[str, str], Exchange]]:
    return statistics if period in _EARLY else later_statistics


def _has_rows(period: str, word: str, context: Context) -> None:
    answer = _asked_in(period)(context)[period, word].expect(200)
    rows = rows_of(answer)
    _, length = _PERIODS[period]
    date = answer.response.request.url.path.split("/")[-2]
    for row in rows:
        for violation in find_violations(component_validator("Usage"), row):
            raise answer.broken(f"must have rows of statistics with date, conversions, credits: {violation}")
        if len(row["date"]) != length or not row["date"].startswith(date):
            what = f"must have rows of {date} with {length} characters in `date`, has {row['date']!r}"
            raise answer.broken(what)
    dates = [row["date"] for row in rows]
    expect_same(answer, "the number of different dates", len(dates), len({*dates}))


for _period in _PERIODS:
    for _word in _FILTERS:
        check(
            f"stats/{_period}-{_word}",
            operation=f"get{_period.capitalize()}Stats",
            rule=f"statistics of a {_period} for {_word} keys have rows within it, each date once",
            source=_STATS,
            confidence="assumed",
            uses=(_asked_in(_period),),
            depends=("stats",),
        )(partial(_has_rows, _period, _word))


def _is_refused(which: str, context: Context) -> None:
    answer = wrong_statistics(context)[which]
    if context.profile["wrong-stats-date"] == "empty":
        answer.expect(200)
        expect_same(answer, f"the number of rows for a wrong {which}", 0, len(rows_of(answer)))
    elif answer.response.status_code not in (_INVALID, context.profile.value("invalid-request")):
        raise answer.broken(f"must answer {_INVALID} to a wrong {which}, got {answer.response.status_code}")


for _which in (*_WRONG_DATES, "filter"):
    check(
        f"stats/wrong-{_which}",
        operation=f"get{_which.capitalize() if _which in _PERIODS else 'Year'}Stats",
        rule=f"statistics of a wrong {_which} are refused, or empty",
        source="vendor OpenAPI 2.0.1",
        uses=(wrong_statistics,),
        depends=("wrong-stats-date", "invalid-request"),
    )(partial(_is_refused, _which))


@check(
    "stats/counts",
    operation="getYearStats",
    rule="statistics count conversions and credits of jobs that have completed",
    source=_STATS,
    confidence="assumed",
    uses=(later_statistics,),
    depends=("stats", "spent"),
)
def counts(context: Context) -> None:
    """The row of the month in which a job has completed has at least its conversion and its credits."""
    last = plain_picture(context).last
    if context.profile["stats"] == "empty":
        raise NotConclusive("statistics are empty")
    if last.text("status", "code") != "completed":
        raise NotConclusive("the job has not completed")
    month = last.text("modified_at")[: _PERIODS["year"][1]]
    for (_, word), answer in later_statistics(context).items():
        rows = rows_of(succeeded(answer))
        row: Mapping[str, Any] = next((row for row in rows if row.get("date") == month), {})
        for field, least in (("conversions", 1), ("credits", last.at("spent"))):
            if type(row.get(field)) is not int or row[field] < least:
                what = f"must have `{field}` of at least {least} in {month} for {word} keys"
                raise answer.broken(f"{what}, has {in_json(row.get(field))}")
