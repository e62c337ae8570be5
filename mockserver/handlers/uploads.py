"""The upload server of a job: one file as a form, or files as base64 text."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.validation import base64_faults
from pixelpact.mockserver.jobs.building import Upload, uploaded_input
from pixelpact.mockserver.jobs.contents import examined
from pixelpact.mockserver.jobs.documents import input_document
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.records import Input, Job
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.uploads import parse_range
from pixelpact.mockserver.stores.memory import JobNotFound
from pixelpact.mockserver.web.bodies import bounded, invalid, too_large
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response
from pixelpact.schema import Violation, as_object, headers

_FIELD = "file"


async def upload_file(mock: Mock, request: Request) -> Response:
    """A receipt for the file in the field `file` of a form."""
    job = await _job(mock, request)
    upload = await _form_file(mock, request)
    status = mock.profile.value("upload-status")
    if headers().content_range in request.headers:
        whole = _assembled(mock, request, job, upload)
        if whole is None:
            receipt = {"id": {"job": job.id, "input": part_id(job.id, job.parts_added)}, "completed": False}
            return json_response(receipt, status=status)
        upload = whole
    return json_response((await _receipts(mock, job, [upload]))[0], status=status)


async def upload_base64(mock: Mock, request: Request) -> Response:
    """A receipt for one file, or an array of them for an array of files."""
    job = await _job(mock, request)
    asked = await mock.asked(request, "Base64Uploads")
    rows = asked if isinstance(asked, list) else [asked]
    faults = [
        fault
        for position, row in enumerate(rows)
        for fault in base64_faults(
            row["content"], path=(position, "content") if isinstance(asked, list) else ("content",)
        )
    ]
    if faults:
        raise invalid(faults, profile=mock.profile)
    if any(len(row["content"]) * 3 // 4 - 2 > mock.settings.max_upload_bytes for row in rows):
        raise too_large(mock.settings.max_upload_bytes)
    receipts = await _receipts(mock, job, [_decoded(mock, row) for row in rows])
    status = mock.profile.value("upload-status")
    return json_response(receipts if isinstance(asked, list) else receipts[0], status=status)


def _assembled(mock: Mock, request: Request, job: Job, chunk: Upload) -> Upload | None:
    """The whole file that a chunk completes; `None` while others are missing."""
    names = (
        headers().upload_uuid if mock.profile["own-header-aliases"] == "both" else headers().upload_uuid[1:]
    )
    upload_uuid = next((request.headers[name] for name in names if name in request.headers), "")
    span = parse_range(request.headers[headers().content_range])
    if not upload_uuid:
        raise _refusal(mock, names[0], "is required with a chunk, the same for all chunks of a file")
    whole = mock.chunks.add(job.id, upload_uuid, span, chunk.content)
    return None if whole is None else replace(chunk, content=whole)


def _decoded(mock: Mock, row: Mapping[str, Any]) -> Upload:
    synonym = row.get("name", "") if mock.profile["upload-name-synonym"] == "taken" else ""
    return Upload(
        content=base64.b64decode(row["content"]),
        filename=row.get("filename", synonym),
        options=as_object(row.get("options")),
    )


async def _form_file(mock: Mock, request: Request) -> Upload:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _refusal(mock, "body", "must be a form of the type multipart/form-data")
    stream = bounded(request, max_bytes=mock.settings.max_upload_bytes)
    try:
        form = await MultiPartParser(request.headers, stream, max_files=1).parse()
    except MultiPartException as error:
        raise _refusal(mock, "body", f"must be a form with one file: {error.message}") from None
    except (KeyError, ValueError):
        raise _refusal(mock, "body", "must be a form; its boundary or its headers can't be read") from None
    try:
        file = form.get(_FIELD)
        if not isinstance(file, UploadFile):
            raise _refusal(mock, _FIELD, "is required, as a file")
        content = await file.read()
        return Upload(content=content, filename=file.filename or "", content_type=file.content_type)
    finally:
        await form.close()


def _refusal(mock: Mock, field: str, message: str) -> ApiError:
    return invalid([Violation((field,), "required", message)], profile=mock.profile)


async def _job(mock: Mock, request: Request) -> Job:
    """The job to upload to, if the caller may (or anybody, as the profile says)."""
    names = (*headers().api_key, *headers().job_token)
    open_to_all = mock.profile["uploads-without-credentials"] == "allow"
    if open_to_all and not any(name in request.headers for name in names):
        try:
            return await mock.store.get(request.path_params["job_id"])
        except JobNotFound:
            raise ApiError("NotFound") from None
    return await mock.job(request)


async def _receipts(mock: Mock, job: Job, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    known = [(each, await examined(each.content)) for each in uploads]

    def new_inputs(kept: Job, at: float) -> tuple[Input, ...]:
        return tuple(
            uploaded_input(each, content=content, job_id=kept.id, number=number, at=at, profile=kept.profile)
            for number, (each, content) in enumerate(known, start=kept.parts_added)
        )

    changed = await mock.add_inputs(job, new_inputs)
    added = changed.inputs[-len(uploads) :]
    if mock.profile["upload-answer"] == "input":
        state = mock.state(changed)
        return [input_document(each, state) for each in added]
    return [{"id": {"job": changed.id, "input": each.id}, "completed": True} for each in added]
