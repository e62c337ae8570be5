"""The operations that need a key or a token, and a valid request to each, for checks of who may do what."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Step, step
from pixelpact.contract_tests.suite.steps import OpenJob, open_job_of
from pixelpact.schema import operations

#: An id that no job and no part has.
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
_TEXT = base64.b64encode(b"A fox").decode()
#: Bodies that change next to nothing, by operation; those that are not here have none.
_BODIES: Mapping[str, Any] = {
    "updateJob": {"fail_on_input_error": True},
    "updateConversion": {"metadata": {}},
    "updateInputs": [],
    "updateInput": {"parameters": {}},
    "updateOutputs": {},
    "updateOutput": {},
    "uploadBase64": {"content": _TEXT, "filename": "prompt.txt"},
}


def schemes_of(operation: str) -> frozenset[str]:
    """The security schemes that an operation takes; none for those that also work without.

    >>> sorted(schemes_of("createJob")), sorted(schemes_of("listStatuses"))
    (['apiKey', 'apiKeyAlias'], [])
    """
    alternatives = operations()[operation].spec.get("security", [])
    if {} in alternatives:
        return frozenset()
    return frozenset(name for one in alternatives for name in one)


#: The operations that need a key, or the token of their job; those that end or remove something come last.
LOCKED = tuple(
    sorted(
        (name for name in operations() if schemes_of(name)),
        key=lambda name: operations()[name].method == "DELETE",
    )
)
#: Those on one job, which its token opens as well.
ON_A_JOB = tuple(name for name in LOCKED if "{job_id}" in operations()[name].path)


@step(requests=2, rule="a job is created that requests without permission try to use")
def closed_job(context: Context) -> OpenJob:
    """A staged job with a conversion and an input, so that there is something to read, change and remove."""
    return open_job_of(context, context.stage(input=[context.prompt("A fox")]))


@step(requests=2, rule="a preset is created that requests without permission try to use")
def closed_preset(context: Context) -> str:
    """The id of a preset."""
    return context.id_of(context.call("createPreset", leaves=1, json=_preset(context)))


def steps_for(operation: str) -> tuple[Step[Any], ...]:
    """The steps that a request to an operation needs."""
    if operation in ON_A_JOB:
        return (closed_job,)
    return (closed_preset,) if "{preset_id}" in operations()[operation].path else ()


def request_to(context: Context, operation: str, *, job: OpenJob | None = None, **request: Any) -> Exchange:
    """The answer to a valid request to an operation, on the closed job and preset unless another is given."""
    path: dict[str, str] = {}
    template = operations()[operation].path
    if operation in ON_A_JOB:
        job = job or closed_job(context)
        path = {"job_id": job.id, **_parts(job)}
        if operation.startswith("upload"):
            request["server"] = job.created.text("server")
    if "{preset_id}" in template:
        path = {"preset_id": closed_preset(context)}
    if "{date}" in template:
        path = {"date": _date(operation), "filter": "all"}
    path = {name: value for name, value in path.items() if f"{{{name}}}" in template}
    return context.call(operation, path=path, **{**_body(context, operation), **request})


def _parts(job: OpenJob) -> dict[str, str]:
    return {
        "conversion_id": job.created.text("conversion", 0, "id"),
        "input_id": job.created.text("input", 0, "id"),
        "output_id": UNKNOWN_ID,
    }


def _body(context: Context, operation: str) -> dict[str, Any]:
    """The body of a valid request, as arguments of httpx."""
    if operation == "uploadFile":
        return {"files": {"file": ("prompt.txt", b"A fox", "text/plain")}}
    made: Mapping[str, Callable[[], Any]] = {
        "createJob": context.staged_body,
        "addConversion": lambda: context.conversion({}),
        "addInput": lambda: context.prompt("A hare"),
        "createPreset": lambda: _preset(context),
        "updatePreset": lambda: {"name": "pixelpact: closed"},
    }
    if operation in made:
        return {"json": made[operation]()}
    return {"json": _BODIES[operation]} if operation in _BODIES else {}


def _preset(context: Context) -> dict[str, Any]:
    conversion = context.conversion({})
    del conversion["metadata"]
    return {"name": "pixelpact: closed", "scope": "private", **conversion}


def _date(operation: str) -> str:
    """Today, this month or this year, as the statistics write them."""
    forms = {"getDayStats": "%Y-%m-%d", "getMonthStats": "%Y-%m", "getYearStats": "%Y"}
    return datetime.now(UTC).strftime(forms[operation])
