"""The statistics of an account: by day, month and year."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.usage import usage
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.responses import json_response
from pixelpact.schema import load_document

#: The form of each period's date, and the number of characters of a date that its rows have.
_PERIODS = {"day": ("%Y-%m-%d", 10), "month": ("%Y-%m", 10), "year": ("%Y", 7)}


async def get_day_stats(call: Call) -> Response:
    """What was converted and spent on a day."""
    return await _stats(call, "day")


async def get_month_stats(call: Call) -> Response:
    """What was converted and spent in a month, a row for each day."""
    return await _stats(call, "month")


async def get_year_stats(call: Call) -> Response:
    """What was converted and spent in a year, a row for each month."""
    return await _stats(call, "year")


async def _stats(call: Call, period: str) -> Response:
    call.require_key()
    form, length = _PERIODS[period]
    date, scope = call.request.path_params["date"], call.request.path_params["filter"]
    scopes = load_document("openapi")["components"]["parameters"]["StatsFilter"]["schema"]["enum"]
    errors = {}
    if not _is_date(date, form):
        errors["date"] = [f"must be a {period} in the form {form}"]
    if scope not in scopes:
        errors["filter"] = [f"must be one of {', '.join(scopes)}"]
    if errors and call.profile["wrong-stats-date"] == "refuse":
        message = "; ".join(f"{name} {texts[0]}" for name, texts in errors.items())
        raise ApiError("Invalid", message=message, errors=errors)
    if errors or call.profile["stats"] == "empty":
        return json_response([])
    jobs = await call.store.of_account(call.account.id)
    return json_response(usage(jobs, prefix=date, length=length, now=call.now()))


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False
