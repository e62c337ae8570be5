"""Probes of uploads: status and body of their answer, names of files, headers of chunks."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import complete_job
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.contract_tests.suite.votes import INVALID, Vote, majority
from pixelpact.schema import as_object, headers, ledger

_TEXT = b"A quiet harbour"
_CHUNK = 10
_NAMED, _SYNONYMOUS, _CHUNKED = "named.txt", "synonymous.txt", "chunked.txt"


def upload_form(context: Context, content: bytes, *, filename: str = "form.txt", **request: Any) -> Exchange:
    """The answer to a file that is uploaded as a form to the complete job, which does not start."""
    files = {"file": (filename, content, "text/plain")}
    return _upload(context, "uploadFile", files=files, **request)


def upload_files(context: Context, names: Mapping[str, str], **request: Any) -> Exchange:
    """The answer to files that are uploaded as base64 text, each name in the field that it maps to."""
    content = base64.b64encode(_TEXT).decode()
    rows = [{"content": content, field: name} for name, field in names.items()]
    return _upload(context, "uploadBase64", json=rows, **request)


def _upload(context: Context, operation: str, **request: Any) -> Exchange:
    job = complete_job(context)
    return context.call(operation, path={"job_id": job.id}, server=job.created.text("server"), **request)


@step(requests=1, uses=(complete_job,), rule="a form uploads a file")
def uploaded_form(context: Context) -> Exchange:
    """The answer to a file that is uploaded as a form."""
    return upload_form(context, _TEXT)


@step(requests=1, uses=(complete_job,), rule="base64 text uploads files")
def uploaded_files(context: Context) -> Exchange:
    """The answer to two files, one with a `filename`, one with a `name`."""
    return upload_files(context, {_NAMED: "filename", _SYNONYMOUS: "name"})


@step(requests=2, uses=(complete_job,), rule="chunks of a file are uploaded")
def uploaded_chunks(context: Context) -> tuple[Exchange, Exchange]:
    """The answers to the two chunks of a file, which our own alias of the header names."""
    first, last = _TEXT[:_CHUNK], _TEXT[_CHUNK:]
    sent = {headers().upload_uuid[0]: f"pixelpact-{context.run_id}"}
    spans = (f"bytes 0-{_CHUNK - 1}/{len(_TEXT)}", f"bytes {_CHUNK}-{len(_TEXT) - 1}/{len(_TEXT)}")
    answers = (
        upload_form(context, chunk, filename=_CHUNKED, headers={**sent, headers().content_range: span})
        for chunk, span in zip((first, last), spans, strict=True)
    )
    return next(answers), next(answers)


@step(
    requests=1,
    uses=(complete_job, uploaded_form, uploaded_files, uploaded_chunks),
    rule="uploads are inputs of their job",
)
def uploaded_inputs(context: Context) -> Exchange:
    """The inputs of the job after the uploads."""
    for upload in (uploaded_form, uploaded_files, uploaded_chunks):
        upload(context)
    return context.call("listInputs", path={"job_id": complete_job(context).id})


def _receipts(context: Context) -> list[tuple[str, dict[str, Any], Exchange]]:
    """What each upload is answered, with words for it."""
    form, files = uploaded_form(context), uploaded_files(context)
    rows = files.json() if files.response.is_success else []
    found = [("a form", as_object(form.json()) if form.response.is_success else {}, form)]
    found += [("base64 text", as_object(row), files) for row in (rows if isinstance(rows, list) else ())]
    return [(subject, dict(row), answer) for subject, row, answer in found]


@probe("upload-status", operation="uploadFile", uses=(uploaded_form, uploaded_files), rank=20)
def upload_status(context: Context) -> str:
    """The status of uploads."""
    ids = {answer.value: answer.id for answer in ledger()["upload-status"].choices.values()}
    votes = []
    for answer in (uploaded_form(context), uploaded_files(context)):
        status = answer.response.status_code
        votes.append(Vote(answer.operation.id, ids.get(status), f"was answered {status}", answer))
    return majority(context, "upload-status", votes)


@probe("upload-answer", operation="uploadFile", uses=(uploaded_form, uploaded_files), rank=20)
def upload_answer(context: Context) -> str:
    """Whether uploads are answered with a receipt or with the input."""
    votes = []
    for subject, row, answer in _receipts(context):
        shown = row.get("id")
        is_receipt = isinstance(shown, dict) and {"job", "input"} <= shown.keys()
        voted = "receipt" if is_receipt else "input" if isinstance(shown, str) and "type" in row else None
        seen = f"was answered with the id {shown!r} and {', '.join(sorted(row)) or 'no field'}"
        votes.append(Vote(subject, voted, seen, answer))
    return majority(context, "upload-answer", votes)


@probe("upload-name-synonym", operation="uploadBase64", uses=(uploaded_inputs,))
def upload_name_synonym(context: Context) -> str:
    """Whether a file with a `name` is called so."""
    inputs = uploaded_inputs(context)
    names = [row.get("filename") for row in _rows(inputs)]
    if _NAMED not in names:
        what = f"lists the file names {names}, without {_NAMED}, which was sent as filename"
        raise context.unknown("upload-name-synonym", what, inputs)
    return "taken" if _SYNONYMOUS in names else "ignored"


@probe("own-header-aliases", operation="uploadFile", uses=(uploaded_chunks, uploaded_inputs))
def own_header_aliases(context: Context) -> str:
    """Whether chunks with our own alias of the header make one file."""
    inputs, answers = uploaded_inputs(context), uploaded_chunks(context)
    sizes = [row.get("size") for row in _rows(inputs) if row.get("filename") == _CHUNKED]
    statuses = [answer.response.status_code for answer in answers]
    if sizes == [len(_TEXT)]:
        return "both"
    if sizes or not all(status in INVALID for status in statuses):
        what = f"answered two chunks with {statuses}, and has inputs of the sizes {sizes} of them"
        if sizes != [_CHUNK, len(_TEXT) - _CHUNK]:  # each chunk is a file where the header is not known
            raise context.unknown("own-header-aliases", what, answers[0])
    return "vendor"


def _rows(inputs: Exchange) -> list[dict[str, Any]]:
    rows = inputs.json() if inputs.response.is_success else []
    return [dict(as_object(row)) for row in (rows if isinstance(rows, list) else ())]
