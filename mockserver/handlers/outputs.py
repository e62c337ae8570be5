"""The outputs of a job: list, read, rename and protect, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.documents import finished_files, output_document
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.outputs import OutputFile, renamed, safe_name
from pixelpact.mockserver.jobs.records import Job, OutputEdit
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.responses import json_response, listing
from pixelpact.schema import success_status


async def list_outputs(call: Call) -> Response:
    """The job's outputs, or those of one conversion or input; counts as a read of the job."""
    state = await call.read_job()
    conversion_id = call.request.query_params.get("conversion_id")
    input_id = call.request.query_params.get("input_id")
    files = [
        file
        for file in finished_files(state)
        if conversion_id in (None, file.conversion.id) and (input_id is None or input_id in file.inputs)
    ]
    return listing(_output_documents(call, state, files), call.request, profile=call.profile)


async def update_outputs(call: Call) -> Response:
    """All outputs with another name or password."""
    state = await call.read_job()
    body = await call.body("OutputUpdate")
    files = finished_files(state)
    if not files:
        raise ApiError("Conflict", message=f"The job is {state.code} and has no outputs to change")
    state = await _edited(call, state.job, [file.id for file in files], body)
    return json_response(_output_documents(call, state, finished_files(state)))


async def get_output(call: Call) -> Response:
    """One output; counts as a read of the job."""
    return _output_response(call, await call.read_job())


async def update_output(call: Call) -> Response:
    """The output with another name (given without extension) or password."""
    state = await call.read_job()
    file = _find_output(call, state)
    body = await call.body("OutputUpdate")
    return _output_response(call, await _edited(call, state.job, [file.id], body))


async def remove_output(call: Call) -> Response:
    """Nothing; the file is gone, its entry stays as `disabled`."""
    state = await call.read_job()
    file = _find_output(call, state)
    await call.change(state.job, lambda kept: _with_edit(kept, file.id, deleted=True))
    return Response(status_code=success_status("removeOutput"))


async def _edited(call: Call, job: Job, file_ids: Sequence[str], body: Mapping[str, Any]) -> JobState:
    password = {"download_password": body["download_password"]} if "download_password" in body else {}
    stem = safe_name(body["filename"], fallback="output") if "filename" in body else None
    now = call.now()

    def change(kept: Job) -> Job:
        for file_id in file_ids:
            name = {} if stem is None else {"filename": renamed(kept, file_id, stem=stem)}
            kept = _with_edit(kept, file_id, **password, **name)
        return with_fields(kept, modified_at=now)

    return call.state_of(await call.change(job, change))


def _with_edit(job: Job, file_id: str, **changed: Any) -> Job:
    edit = replace(job.edits.get(file_id, OutputEdit()), **changed)
    return with_fields(job, edits={**job.edits, file_id: edit})


def _find_output(call: Call, state: JobState) -> OutputFile:
    output_id = call.request.path_params["output_id"]
    found = next((file for file in finished_files(state) if file.id == output_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no output {output_id[:64]!r}")
    return found


def _output_documents(call: Call, state: JobState, files: Sequence[OutputFile]) -> list[dict[str, Any]]:
    return [output_document(file, state, origin=call.origin) for file in files]


def _output_response(call: Call, state: JobState) -> Response:
    return json_response(output_document(_find_output(call, state), state, origin=call.origin))
