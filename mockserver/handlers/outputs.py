"""The outputs of a job: list, read, rename and protect, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.documents import finished_files, output_document
from pixelpact.mockserver.jobs.outputs import OutputFile, renamed, safe_name
from pixelpact.mockserver.jobs.records import Job, OutputEdit
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response, listing, success


async def list_outputs(mock: Mock, request: Request) -> Response:
    """The job's outputs, those of one conversion or of one input where asked so; counts as a read."""
    job = await mock.read(await mock.job(request))
    conversion_id = request.query_params.get("conversion_id")
    input_id = request.query_params.get("input_id")
    files = [
        file
        for file in finished_files(mock.state(job))
        if conversion_id in (None, file.conversion.id) and (input_id is None or input_id in file.inputs)
    ]
    return listing(_documents(mock, request, job, files), request, profile=mock.profile)


async def update_outputs(mock: Mock, request: Request) -> Response:
    """All outputs with another name or password."""
    job = await mock.read(await mock.job(request))
    asked = await mock.asked(request, "OutputUpdate")
    files = finished_files(mock.state(job))
    if not files:
        code = mock.state(job).code
        raise ApiError("Conflict", message=f"The job is {code} and has no outputs to change")
    job = await _edited(mock, job, [file.id for file in files], asked)
    return json_response(_documents(mock, request, job, finished_files(mock.state(job))))


async def get_output(mock: Mock, request: Request) -> Response:
    """One output; counts as a read of the job."""
    job = await mock.read(await mock.job(request))
    return _one(mock, request, job)


async def update_output(mock: Mock, request: Request) -> Response:
    """The output with another name (given without extension) or password."""
    job = await mock.read(await mock.job(request))
    file = _find(mock, request, job)
    return _one(mock, request, await _edited(mock, job, [file.id], await mock.asked(request, "OutputUpdate")))


async def remove_output(mock: Mock, request: Request) -> Response:
    """Nothing; the file is gone, its entry stays `disabled`."""
    job = await mock.read(await mock.job(request))
    file = _find(mock, request, job)
    await mock.change(job.id, lambda kept: _with_edit(kept, file.id, deleted=True))
    return Response(status_code=success("removeOutput"))


async def _edited(mock: Mock, job: Job, file_ids: Sequence[str], asked: Mapping[str, Any]) -> Job:
    password = {"download_password": asked["download_password"]} if "download_password" in asked else {}
    stem = safe_name(asked["filename"], fallback="output") if "filename" in asked else None

    def change(kept: Job) -> Job:
        for file_id in file_ids:
            name = {} if stem is None else {"filename": renamed(kept, file_id, stem=stem)}
            kept = _with_edit(kept, file_id, **password, **name)
        return with_fields(kept, modified_at=mock.clock.now())

    return await mock.change(job.id, change)


def _with_edit(job: Job, file_id: str, **changed: Any) -> Job:
    edit = replace(job.edits.get(file_id, OutputEdit()), **changed)
    return with_fields(job, edits={**job.edits, file_id: edit})


def _find(mock: Mock, request: Request, job: Job) -> OutputFile:
    output_id = request.path_params["output_id"]
    files = finished_files(mock.state(job))
    found = next((file for file in files if file.id == output_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no output {output_id[:64]!r}")
    return found


def _documents(mock: Mock, request: Request, job: Job, files: Sequence[OutputFile]) -> list[dict[str, Any]]:
    state, host_url = mock.state(job), mock.host_url(request)
    return [output_document(file, state, origin=host_url) for file in files]


def _one(mock: Mock, request: Request, job: Job) -> Response:
    file = _find(mock, request, job)
    document = output_document(file, mock.state(job), origin=mock.host_url(request))
    return json_response(document)
