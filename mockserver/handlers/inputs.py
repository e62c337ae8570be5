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
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.bodies import invalid
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response, listing, success
from pixelpact.schema import as_object


async def list_inputs(mock: Mock, request: Request) -> Response:
    """All inputs of the job."""
    return listing(_documents(mock, await mock.job(request)), request, profile=mock.profile)


async def add_input(mock: Mock, request: Request) -> Response:
    """The new input; for an array of descriptors, an array of inputs."""
    job = await mock.job(request)
    asked = await mock.asked(request, "InputRequests")
    descriptors = asked if isinstance(asked, list) else [asked]
    faults = descriptor_faults(descriptors, path=())
    if faults:
        raise invalid(faults, profile=mock.profile)
    found = await references(descriptors, account=job.account, mock=mock)

    def new_inputs(kept: Job, at: float) -> tuple[Input, ...]:
        numbered = enumerate(zip(descriptors, found, strict=True), start=kept.parts_added)
        return tuple(
            described_input(each, job_id=kept.id, number=number, at=at, reference=reference)
            for number, (each, reference) in numbered
        )

    changed = await mock.add_inputs(job, new_inputs)
    state = mock.state(changed)
    documents = [input_document(each, state) for each in changed.inputs[-len(descriptors) :]]
    return json_response(documents if isinstance(asked, list) else documents[0], status=success("addInput"))


async def update_inputs(mock: Mock, request: Request) -> Response:
    """All inputs, some of them with new options."""
    job = await mock.job(request)
    asked = await mock.asked(request, "InputOptionsUpdate")

    def change(kept: Job, now: float) -> Job:
        for row in asked:
            options = {"options": as_object(row["options"])} if "options" in row else {}
            kept = _replaced(kept, _find(kept, row["id"]), at=now, **options)
        return kept

    return json_response(_documents(mock, await mock.change_parts(job, change)))


async def get_input(mock: Mock, request: Request) -> Response:
    """One input."""
    job = await mock.job(request)
    return _one(mock, job, request.path_params["input_id"])


async def update_input(mock: Mock, request: Request) -> Response:
    """The input with more parameters; credentials are taken and not kept."""
    job, input_id = await mock.job(request), request.path_params["input_id"]
    _find(job, input_id)
    asked: Mapping[str, Any] = await mock.asked(request, "InputUpdate")

    def change(kept: Job, now: float) -> Job:
        each = _find(kept, input_id)
        parameters = {**each.parameters, **as_object(asked.get("parameters"))}
        return _replaced(kept, each, at=now, parameters=parameters)

    return _one(mock, await mock.change_parts(job, change), input_id)


async def remove_input(mock: Mock, request: Request) -> Response:
    """Nothing; the input is gone, and the job may be incomplete again."""
    job, input_id = await mock.job(request), request.path_params["input_id"]

    def change(kept: Job, now: float) -> Job:
        gone = _find(kept, input_id)
        rest = tuple(each for each in kept.inputs if each.id != gone.id)
        return with_next_status(with_fields(kept, inputs=rest), at=now)

    await mock.change_parts(job, change)
    return Response(status_code=success("removeInput"))


def _find(job: Job, input_id: str) -> Input:
    found = next((each for each in job.inputs if each.id == input_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no input {input_id[:64]!r}")
    return found


def _replaced(job: Job, old: Input, *, at: float, **changed: Any) -> Job:
    new = replace(old, modified_at=at, **changed)
    return with_fields(job, modified_at=at, inputs=tuple(new if each is old else each for each in job.inputs))


def _documents(mock: Mock, job: Job) -> list[dict[str, Any]]:
    state = mock.state(job)
    return [input_document(each, state) for each in job.inputs]


def _one(mock: Mock, job: Job, input_id: str) -> Response:
    return json_response(input_document(_find(job, input_id), mock.state(job)))
