"""The account: its contracts and statistics."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from pixelpact.mockserver.accounts.admission import credits_remaining
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.usage import contracts_document, usage
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.authentication import account_by_key
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response
from pixelpact.schema import load_document

#: For each period: how its date is written, and how many characters of a date its rows have.
_PERIODS = {"day": ("%Y-%m-%d", 10), "month": ("%Y-%m", 10), "year": ("%Y", 7)}


async def get_contracts(mock: Mock, request: Request) -> Response:
    """The contract of the account, or nothing where it has none."""
    account = account_by_key(request.headers, settings=mock.settings)
    if mock.settings.credits is not None:
        remaining = await credits_remaining(mock, account)
        return json_response(
            contracts_document(remaining, bought=mock.settings.credits, profile=mock.profile)
        )
    unlimited = mock.profile.value("unlimited-credits")
    if unlimited is None:
        return Response(status_code=204)
    return json_response(contracts_document(None, bought=unlimited["credits_bought"], profile=mock.profile))


async def get_day_stats(mock: Mock, request: Request) -> Response:
    """What was converted and spent on a day."""
    return await _stats(mock, request, "day")


async def get_month_stats(mock: Mock, request: Request) -> Response:
    """The same for each day of a month."""
    return await _stats(mock, request, "month")


async def get_year_stats(mock: Mock, request: Request) -> Response:
    """The same for each month of a year."""
    return await _stats(mock, request, "year")


async def _stats(mock: Mock, request: Request, period: str) -> Response:
    account = account_by_key(request.headers, settings=mock.settings)
    form, length = _PERIODS[period]
    date, scope = request.path_params["date"], request.path_params["filter"]
    scopes = load_document("openapi")["components"]["parameters"]["StatsFilter"]["schema"]["enum"]
    errors = {}
    if not _is_date(date, form):
        errors["date"] = [f"must be a {period} in the form {form}"]
    if scope not in scopes:
        errors["filter"] = [f"must be one of {', '.join(scopes)}"]
    if errors and mock.profile["wrong-stats-date"] == "refuse":
        message = "; ".join(f"{name} {texts[0]}" for name, texts in errors.items())
        raise ApiError("Invalid", message=message, errors=errors)
    if errors or mock.profile["stats"] == "empty":
        return json_response([])
    jobs = await mock.store.of_account(account)
    return json_response(usage(jobs, prefix=date, length=length, now=mock.clock.now()))


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False
