"""Requests that change a job or its parts, all of which a job refuses once it has started or was canceled."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import possible_values
from pixelpact.contract_tests.suite.context import Context
from pixelpact.schema import error_answers

#: The operations that add an input; the ledger's entry `late-input` says how a late one is refused.
INPUT_ROUTES = ("addInput", "uploadFile", "uploadBase64")
_CONFLICT = error_answers()["Conflict"].status


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a job is changed: its id, its upload server, an input and a conversion of it."""

    job_id: str
    server: str
    input_id: str
    conversion_id: str


_Request: TypeAlias = Callable[[Context, Parts], Mapping[str, Any]]

#: A request for each operation that changes a job; those that remove something come last.
_REQUESTS: Mapping[str, _Request] = {
    "updateJob": lambda _, __: {"json": {"fail_on_input_error": False}},
    "addInput": lambda context, _: {"json": context.prompt("Too late")},
    "uploadFile": lambda _, parts: {
        "server": parts.server,
        "files": {"file": ("late.txt", b"Too late", "text/plain")},
    },
    "uploadBase64": lambda _, parts: {
        "server": parts.server,
        "json": {"content": base64.b64encode(b"Too late").decode(), "filename": "late.txt"},
    },
    "addConversion": lambda context, _: {"json": context.conversion({})},
    "updateInput": lambda _, __: {"json": {"parameters": {"delete_after_use": True}}},
    "updateInputs": lambda _, parts: {"json": [{"id": parts.input_id, "options": {"position": 2}}]},
    "updateConversion": lambda _, __: {"json": {"metadata": {"late": "yes"}}},
    "removeInput": lambda _, __: {},
    "removeConversion": lambda _, __: {},
}
#: The operations that change a job.
ROUTES = tuple(_REQUESTS)


def parts_of(created: Exchange, job_id: str) -> Parts:
    """The parts of a job as the answer to its creation shows them; `""` for those that it lacks."""
    body = created.json()
    inputs, conversions = body.get("input") or [{}], body.get("conversion") or [{}]
    return Parts(
        job_id, created.text("server"), str(inputs[0].get("id", "")), str(conversions[0].get("id", ""))
    )


def late_change(context: Context, operation: str, parts: Parts) -> Exchange:
    """The answer to a request that changes a job which has started or was canceled."""
    path = {"job_id": parts.job_id}
    if operation in ("updateInput", "removeInput"):
        path["input_id"] = parts.input_id
    elif operation in ("updateConversion", "removeConversion"):
        path["conversion_id"] = parts.conversion_id
    return context.call(operation, path=path, **_REQUESTS[operation](context, parts))


def expect_closed(context: Context, answer: Exchange, *, state: str) -> None:
    """Check that a late change was refused, as the observed profile says.

    Raises:
        ContractBroken: it was not.
    """
    __tracebackhide__ = True
    is_input = answer.operation.id in INPUT_ROUTES
    expected = possible_values(context, "late-input") if is_input else [_CONFLICT]
    if answer.response.status_code not in expected:
        allowed = " or ".join(map(str, expected))
        what = f"must answer {allowed} once the job {state}, got {answer.response.status_code}"
        raise answer.broken(what)
