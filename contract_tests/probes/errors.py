"""Probes of refusals: their status and the shape of their body."""

from __future__ import annotations

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import refused_key, refused_option
from pixelpact.schema import as_object


@probe("invalid-request", operation="createJob", uses=(refused_option,), rank=1)
def invalid_request(context: Context) -> str:
    """The status of a refusal of a wrong option."""
    answer = refused_option(context)
    return context.which("invalid-request", answer.response.status_code, answer)


@probe("invalid-key", operation="listJobs", uses=(refused_key,), rank=1)
def invalid_key(context: Context) -> str:
    """The status of a refusal for want of a key."""
    answer = refused_key(context)
    return context.which("invalid-key", answer.response.status_code, answer)


@probe("error-fields", operation="createJob", uses=(refused_option,), rank=1)
def error_fields(context: Context) -> str:
    """Whether a refusal has `code` and `errors` beside `message`."""
    answer = refused_option(context)
    body = answer.json()
    fields = {"code", "message", "errors"} & as_object(body).keys()
    if "message" in fields and len(fields) in (1, 3):
        return "all" if len(fields) == 3 else "message"
    raise context.unknown("error-fields", f"must have `message` in a refusal, has {sorted(fields)}", answer)


@probe(
    "error-texts",
    operation="createJob",
    uses=(refused_option,),
    hidden_by={"error-fields": "message"},
    rank=2,
)
def error_texts(context: Context) -> str:
    """Whether `errors` has lists of texts or texts."""
    answer = refused_option(context)
    values = [*as_object(answer.at("errors")).values()]
    if not values:
        raise NotConclusive("`errors` is empty")
    kinds = {type(value) for value in values}
    if kinds not in ({list}, {str}):
        raise context.unknown("error-texts", f"has {values!r} in `errors`", answer)
    return "lists" if kinds == {list} else "texts"


@probe(
    "error-codes",
    operation="createJob",
    uses=(refused_option,),
    hidden_by={"error-fields": "message"},
    rank=2,
)
def error_codes(context: Context) -> str:
    """Whether `code` repeats the HTTP status."""
    answer = refused_option(context)
    code, status = answer.at("code"), answer.response.status_code
    if type(code) is not int or code not in (0, status):
        raise context.unknown("error-codes", f"has the code {code!r} in a refusal with {status}", answer)
    return "zero" if code == 0 else "status"
