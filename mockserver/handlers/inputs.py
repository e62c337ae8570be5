"""The inputs of a job: list, add, read, change, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.references import references
from pixelpact.mockserver.handlers.validation import descriptor_faults
from pixelpact.mockserver.jobs.building import described_input
from pixelpact.mockserver.jobs.changes import with_fields, with_next_status
from pixelpact.mockserver.jobs.documents import input_document
from pixelpact.mockserver.jobs.records import Input, Job
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.bodies import invalid
from pixelpact.mockserver.web.responses import json_response, listing
from pixelpact.schema import as_object, success_status


async def list_inputs(call: Call) -> Response:
    """All inputs of the job."""
    return listing(_input_documents(call, await call.job()), call.request, profile=call.profile)


async def add_input(call: Call) -> Response:
    """The new input; for an array of descriptors, an array of inputs."""
    job = await call.job()
    body = await call.body("InputRequests")
    descriptors = body if isinstance(body, list) else [body]
    faults = descriptor_faults(descriptors, path=())
    if faults:
        raise invalid(faults, profile=call.profile)
    found = await references(descriptors, call=call)

    def new_inputs(kept: Job, at: float) -> tuple[Input, ...]:
        numbered = enumerate(zip(descriptors, found, strict=True), start=kept.parts_added)
        return tuple(
            described_input(descriptor, job_id=kept.id, number=number, at=at, reference=reference)
            for number, (descriptor, reference) in numbered
        )

    changed = await call.add_inputs(job, new_inputs)
    state = call.state_of(changed)
    documents = [input_document(added, state) for added in changed.inputs[-len(descriptors) :]]
    return json_response(
        documents if isinstance(body, list) else documents[0], status=success_status("addInput")
    )


async def update_inputs(call: Call) -> Response:
    """All inputs, some of them with new options."""
    job = await call.job()
    body = await call.body("InputOptionsUpdate")
    rows = body if isinstance(body, list) else [body]

    def change(kept: Job, now: float) -> Job:
        for row in rows:
            options = {"options": as_object(row["options"])} if "options" in row else {}
            kept = _replaced(kept, _find_input(kept, row["id"]), at=now, **options)
        return kept

    return json_response(_input_documents(call, await call.change_parts(job, change)))


async def get_input(call: Call) -> Response:
    """One input."""
    job = await call.job()
    return _input_response(call, job, call.request.path_params["input_id"])


async def update_input(call: Call) -> Response:
    """The input with more parameters; credentials are taken and not kept."""
    job, input_id = await call.job(), call.request.path_params["input_id"]
    _find_input(job, input_id)
    body: Mapping[str, Any] = await call.body("InputUpdate")

    def change(kept: Job, now: float) -> Job:
        old = _find_input(kept, input_id)
        parameters = {**old.parameters, **as_object(body.get("parameters"))}
        return _replaced(kept, old, at=now, parameters=parameters)

    return _input_response(call, await call.change_parts(job, change), input_id)


async def remove_input(call: Call) -> Response:
    """Nothing; the input is gone, and the job may be incomplete again."""
    job, input_id = await call.job(), call.request.path_params["input_id"]

    def change(kept: Job, now: float) -> Job:
        gone = _find_input(kept, input_id)
        rest = tuple(known for known in kept.inputs if known.id != gone.id)
        return with_next_status(with_fields(kept, inputs=rest), at=now)

    await call.change_parts(job, change)
    return Response(status_code=success_status("removeInput"))


def _find_input(job: Job, input_id: str) -> Input:
    found = next((known for known in job.inputs if known.id == input_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no input {input_id[:64]!r}")
    return found


def _replaced(job: Job, old: Input, *, at: float, **changed: Any) -> Job:
    new = replace(old, modified_at=at, **changed)
    return with_fields(
        job, modified_at=at, inputs=tuple(new if known is old else known for known in job.inputs)
    )


def _input_documents(call: Call, job: Job) -> list[dict[str, Any]]:
    state = call.state_of(job)
    return [input_document(known, state) for known in job.inputs]


def _input_response(call: Call, job: Job, input_id: str) -> Response:
    return json_response(input_document(_find_input(job, input_id), call.state_of(job)))
