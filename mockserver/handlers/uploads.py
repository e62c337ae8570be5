"""The upload server of a job: one file as a form, or files as base64 text."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError, JobNotFound
from pixelpact.mockserver.handlers.validation import base64_faults
from pixelpact.mockserver.jobs.building import Upload, uploaded_input
from pixelpact.mockserver.jobs.contents import examined
from pixelpact.mockserver.jobs.documents import input_document
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.records import Input, Job
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.service.uploads import parse_range
from pixelpact.mockserver.web.bodies import bounded, invalid, too_large
from pixelpact.mockserver.web.responses import json_response
from pixelpact.schema import Violation, as_object, headers

_FIELD = "file"


async def upload_file(call: Call) -> Response:
    """A receipt for the file in the field `file` of a form."""
    job = await _job(call)
    upload = await _form_file(call)
    status = call.profile.value("upload-status")
    if headers().content_range in call.request.headers:
        whole = _assembled(call, job, upload)
        if whole is None:
            receipt = {"id": {"job": job.id, "input": part_id(job.id, job.parts_added)}, "completed": False}
            return json_response(receipt, status=status)
        upload = whole
    return json_response((await _receipts(call, job, [upload]))[0], status=status)


async def upload_base64(call: Call) -> Response:
    """A receipt for one file, or an array of them for an array of files."""
    job = await _job(call)
    body = await call.body("Base64Uploads")
    is_list = isinstance(body, list)
    rows = body if is_list else [body]
    faults = [
        fault
        for position, row in enumerate(rows)
        for fault in base64_faults(row["content"], path=(position, "content") if is_list else ("content",))
    ]
    if faults:
        raise invalid(faults, profile=call.profile)
    if any(_decoded_size(row["content"]) > call.settings.max_upload_bytes for row in rows):
        raise too_large(call.settings.max_upload_bytes)
    receipts = await _receipts(call, job, [_decoded(call, row) for row in rows])
    status = call.profile.value("upload-status")
    return json_response(receipts if is_list else receipts[0], status=status)


def _assembled(call: Call, job: Job, chunk: Upload) -> Upload | None:
    """The whole file, if a chunk completes it; `None` while others are missing."""
    has_both_names = call.profile["own-header-aliases"] == "both"
    names = headers().upload_uuid if has_both_names else headers().upload_uuid[1:]
    sent = call.request.headers
    upload_uuid = next((sent[name] for name in names if name in sent), "")
    span = parse_range(sent[headers().content_range])
    if not upload_uuid:
        raise _refusal(call, names[0], "is required with a chunk, the same for all chunks of a file")
    whole = call.uploads.add(job.id, upload_uuid, span, chunk.content)
    return None if whole is None else replace(chunk, content=whole)


def _decoded_size(text: str) -> int:
    """The number of bytes that a valid base64 text stands for."""
    return len(text) // 4 * 3 - text[-2:].count("=")


def _decoded(call: Call, row: Mapping[str, Any]) -> Upload:
    synonym = row.get("name", "") if call.profile["upload-name-synonym"] == "taken" else ""
    return Upload(
        content=base64.b64decode(row["content"]),
        filename=row.get("filename", synonym),
        options=as_object(row.get("options")),
    )


async def _form_file(call: Call) -> Upload:
    if not call.request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _refusal(call, "body", "must be a form of the type multipart/form-data")
    stream = bounded(call.request, max_bytes=call.settings.max_upload_bytes)
    try:
        form = await MultiPartParser(call.request.headers, stream, max_files=1).parse()
    except MultiPartException as error:
        raise _refusal(call, "body", f"must be a form with one file: {error.message}") from None
    except (KeyError, ValueError):
        raise _refusal(call, "body", "must be a form; its boundary or its headers can't be read") from None
    try:
        file = form.get(_FIELD)
        if not isinstance(file, UploadFile):
            raise _refusal(call, _FIELD, "is required, as a file")
        content = await file.read()
        return Upload(content=content, filename=file.filename or "", content_type=file.content_type)
    finally:
        await form.close()


def _refusal(call: Call, field: str, message: str) -> ApiError:
    return invalid([Violation((field,), "required", message)], profile=call.profile)


async def _job(call: Call) -> Job:
    """The job to upload to, if the caller may (or anybody, as the profile says)."""
    names = (*headers().api_key, *headers().job_token)
    is_open = call.profile["uploads-without-credentials"] == "allow"
    if is_open and not any(name in call.request.headers for name in names):
        try:
            return await call.store.get(call.request.path_params["job_id"])
        except JobNotFound:
            raise ApiError("NotFound") from None
    return await call.job()


async def _receipts(call: Call, job: Job, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Add the files to the job as inputs; a receipt for each."""
    known = [(upload, await examined(upload.content)) for upload in uploads]

    def new_inputs(kept: Job, at: float) -> tuple[Input, ...]:
        return tuple(
            uploaded_input(
                upload, content=content, job_id=kept.id, number=number, at=at, profile=kept.profile
            )
            for number, (upload, content) in enumerate(known, start=kept.parts_added)
        )

    changed = await call.add_inputs(job, new_inputs)
    added = changed.inputs[-len(uploads) :]
    if call.profile["upload-answer"] == "input":
        state = call.state_of(changed)
        return [input_document(new, state) for new in added]
    return [{"id": {"job": changed.id, "input": new.id}, "completed": True} for new in added]
