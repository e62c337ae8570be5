"""Add inputs to a job."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pixelpact.mockserver.bodies import checked, invalid, parse_json, read_body
from pixelpact.mockserver.inputs import described_input, descriptor_faults
from pixelpact.mockserver.jobs import Input, Job
from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.responses import json_response, success
from pixelpact.mockserver.views import input_document, input_status


async def add_input(mock: Mock, request: Request) -> Response:
    """The new input; for an array of descriptors, an array of inputs."""
    job = await mock.job(request)
    body = await read_body(request, max_bytes=mock.settings.max_body_bytes)
    asked = checked(parse_json(body, profile=mock.profile), "InputRequests", profile=mock.profile)
    descriptors = asked if isinstance(asked, list) else [asked]
    faults = descriptor_faults(descriptors, path=())
    if faults:
        raise invalid(faults, profile=mock.profile)

    def new_inputs(kept: Job, at: float) -> tuple[Input, ...]:
        numbered = enumerate(descriptors, start=len(kept.inputs))
        return tuple(described_input(each, job=kept, number=number, at=at) for number, each in numbered)

    changed = await mock.add_inputs(job, new_inputs)
    now = mock.clock.now()
    documents = [
        input_document(each, status=input_status(each, changed, now=now), profile=changed.profile)
        for each in changed.inputs[-len(descriptors) :]
    ]
    return json_response(documents if isinstance(asked, list) else documents[0], status=success("addInput"))
