"""Checks of uploads: files in a form, in chunks and as base64 text, and what is stored of them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.comparisons import checksums, expect_same, row_with, rows_of, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.inputs import CREDENTIAL, inputs_job
from pixelpact.contract_tests.suite.items import Step, check, step
from pixelpact.contract_tests.suite.steps import token_header
from pixelpact.schema import headers, load_document

_PAGE = "vendor page job_uploading_file"
_GUIDE = "vendor guide uploading-files"
_BASE64_PAGE = "vendor page input_types/base64"
_DEFAULT_NAME = load_document("openapi")["components"]["schemas"]["Base64Upload"]["properties"]["filename"][
    "default"
]
_UUID = headers().upload_uuid[1]
_CHUNKED = b"The first half of a text, and its second half: 5417 \xc3\xa9"
_HALF = 25
#: The options of files that are uploaded as base64 text.
_ARRAY_OPTIONS = {"type": "prompt"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was uploaded: its content and name, the `answer`, and the receipt in it."""

    content: bytes
    filename: str
    answer: Exchange
    receipt: Any

    def row(self, context: Context) -> Mapping[str, Any]:
        """The input that the job shows for it.

        Raises:
            NotConclusive: the upload was refused, or the job can't be read.
            ContractBroken: there is none.
        """
        succeeded(self.answer)
        rows = rows_of(stored(context), "input")
        return row_with(self.answer, rows, _input_id(self))


def _send(context: Context, operation: str, **request: Any) -> Exchange:
    job = inputs_job(context)
    return context.call(operation, path={"job_id": job.id}, server=job.created.text("server"), **request)


def _receipt(answer: Exchange) -> Any:
    return answer.json() if answer.response.is_success and answer.response.content else {}


@step(requests=1, uses=(inputs_job,), rule="a file is uploaded with a key")
def with_key(context: Context) -> Upload:
    """A file in a form, sent with the account's key, an id of the upload and a password to decrypt it."""
    content = "Uploaded with a key:\r\nnaïve\n\n".encode()
    request = {
        "files": {"file": ("With-Key.TXT", content, "text/plain")},
        "data": {"decrypt_password": CREDENTIAL},
        "headers": {_UUID: f"{context.run_id}-1"},
    }
    answer = _send(context, "uploadFile", **request)
    return Upload(content, "With-Key.TXT", answer, _receipt(answer))


@step(requests=1, uses=(inputs_job,), rule="a file is uploaded with a token")
def with_token(context: Context) -> Upload:
    """A file in a form, sent with the job's token and no key, as SDKs do."""
    content = b"\r\n\x00\x01binary\xff" * 3 + b" \n"
    files = {"file": ("with-token.bin", content, "application/octet-stream")}
    answer = _send(context, "uploadFile", files=files, credentials=token_header(inputs_job(context)))
    return Upload(content, "with-token.bin", answer, _receipt(answer))


@dataclass(frozen=True, slots=True)
class ChunkedUpload:
    """A file that was uploaded in two chunks: the answer to the first one, and the upload."""

    first: Exchange
    upload: Upload


@step(requests=2, uses=(inputs_job,), rule="a file is uploaded in two chunks")
def chunked(context: Context) -> ChunkedUpload:
    """A file in two forms, each with its range, the second half first, under one id of the upload."""
    spans = ((_HALF, len(_CHUNKED)), (0, _HALF))
    answers = []
    for first, end in spans:
        span = {headers().content_range: f"bytes {first}-{end - 1}/{len(_CHUNKED)}"}
        sent = {_UUID: f"{context.run_id}-2", **span}
        files = {"file": ("chunked.txt", _CHUNKED[first:end], "text/plain")}
        answers.append(_send(context, "uploadFile", files=files, headers=sent))
    return ChunkedUpload(answers[0], Upload(_CHUNKED, "chunked.txt", answers[1], _receipt(answers[1])))


@step(requests=1, uses=(inputs_job,), rule="a file is uploaded as base64 text")
def as_base64(context: Context) -> Upload:
    """One file as base64 text, without a name."""
    content = b"Uploaded as base64 text\r\n"
    answer = _send(context, "uploadBase64", json={"content": base64.b64encode(content).decode()})
    return Upload(content, _DEFAULT_NAME, answer, _receipt(answer))


@step(requests=1, uses=(inputs_job, with_key), rule="an array of files is uploaded as base64 text")
def as_array(context: Context) -> tuple[Upload, ...]:
    """Two files as base64 texts, with names, the first of which the job has already, and options."""
    with_key(context)
    files = {"With-Key.TXT": b"The first of two", "Zweiter Bär.txt": b"The second one"}
    body = [
        {"content": base64.b64encode(content).decode(), "filename": name, "options": _ARRAY_OPTIONS}
        for name, content in files.items()
    ]
    answer = _send(context, "uploadBase64", json=body)
    receipts = _receipt(answer)
    rows = receipts if isinstance(receipts, list) else []
    rows = [*rows, *[{}] * len(files)]
    return tuple(
        Upload(content, name, answer, receipt)
        for (name, content), receipt in zip(files.items(), rows, strict=False)
    )


@step(
    requests=1,
    uses=(with_key, with_token, chunked, as_base64, as_array),
    rule="a job is read after files were uploaded",
)
def stored(context: Context) -> Exchange:
    """A read of the job after all uploads."""
    for sent in (with_key, with_token, as_base64):
        sent(context)
    chunked(context), as_array(context)
    return context.read(inputs_job(context).id)


_WAYS: Mapping[str, Step[Any]] = {
    "key": with_key,
    "token": with_token,
    "chunks": chunked,
    "base64": as_base64,
    "array": as_array,
}


def _uploads(way: str, context: Context) -> tuple[Upload, ...]:
    found = _WAYS[way](context)
    if isinstance(found, ChunkedUpload):
        return (found.upload,)
    return found if isinstance(found, tuple) else (found,)


def _input_id(upload: Upload) -> object:
    """The id of the input in an answer, which is a receipt or the input itself."""
    shown = upload.receipt.get("id") if isinstance(upload.receipt, dict) else None
    return shown.get("input") if isinstance(shown, dict) else shown


def _is_answered(way: str, context: Context) -> None:
    (first, *_) = _uploads(way, context)
    answer = first.answer.expect(context.profile.value("upload-status"))
    is_input = context.profile["upload-answer"] == "input"
    profile, component = context.profile, "InputFile" if is_input else "UploadReceipt"
    answer.document(component, rows=way == "array", allows=lambda violation: is_departure(violation, profile))
    if is_input:
        return
    for upload in _uploads(way, context):
        expect_same(answer, "`id.job` of the upload", inputs_job(context).id, upload.receipt["id"]["job"])
        expect_same(answer, "`completed` of the upload", True, upload.receipt["completed"])


def _has_size(way: str, context: Context) -> None:
    for upload in _uploads(way, context):
        row = upload.row(context)
        expect_same(stored(context), f"`size` of {upload.filename}", len(upload.content), row.get("size"))


def _has_name(way: str, context: Context) -> None:
    for upload in _uploads(way, context):
        row = upload.row(context)
        expect_same(stored(context), f"`filename` of {way}", upload.filename, row.get("filename"))


def _has_checksum(way: str, context: Context) -> None:
    for upload in _uploads(way, context):
        digests = checksums(context, upload.content)
        shown = upload.row(context).get("checksum")
        if shown not in digests:
            what = (
                f"must have the `checksum` {' or '.join(digests)} for {upload.filename}, has {in_json(shown)}"
            )
            raise stored(context).broken(what)


def _is_upload(way: str, context: Context) -> None:
    for upload in _uploads(way, context):
        row = upload.row(context)
        expect_same(stored(context), f"`type` of {upload.filename}", "upload", row.get("type"))
        expect_same(stored(context), f"`status` of {upload.filename}", "ready", row.get("status"))


_SOURCES = {
    "key": _PAGE,
    "token": "SDK contract",
    "chunks": _GUIDE,
    "base64": _BASE64_PAGE,
    "array": _BASE64_PAGE,
}
_MEANS = {
    "key": "a file uploaded with a key",
    "token": "a file uploaded with the job's token",
    "chunks": "a file uploaded in chunks",
    "base64": "a file uploaded as base64 text",
    "array": "each of several files uploaded as base64 texts",
}
for _way in _WAYS:
    _operation = "uploadBase64" if _way in ("base64", "array") else "uploadFile"
    for _word, _rule, _verify in (
        ("answer", "is answered with the id of its input", _is_answered),
        ("size", "becomes an input of its size", _has_size),
        ("checksum", "becomes an input with its checksum", _has_checksum),
        ("name", "becomes an input with its file name", _has_name),
        ("type", "becomes an input of the type upload, which is ready", _is_upload),
    ):
        check(
            f"inputs/upload-{_way}-{_word}",
            operation=_operation,
            rule=f"{_MEANS[_way]} {_rule}",
            source=_SOURCES[_way],
            uses=(_WAYS[_way] if _word == "answer" else stored,),
            depends={"answer": ("upload-status", "upload-answer"), "checksum": ("checksum",)}.get(_word, ()),
        )(partial(_verify, _way))


@check(
    "inputs/upload-content-type",
    operation="uploadFile",
    rule="an upload keeps the content type that its form names",
    source=_PAGE,
    confidence="assumed",
    uses=(stored,),
)
def content_type(context: Context) -> None:
    """Text and binary files keep their types."""
    for upload, expected in (
        (with_key(context), "text/plain"),
        (with_token(context), "application/octet-stream"),
    ):
        row = upload.row(context)
        expect_same(
            stored(context), f"`content_type` of {upload.filename}", expected, row.get("content_type")
        )


@check(
    "inputs/upload-array-options",
    operation="uploadBase64",
    rule="files uploaded as base64 texts keep their options",
    source="third-party clients mark prompts so",
    confidence="observed",
    uses=(stored,),
)
def array_options(context: Context) -> None:
    """Both inputs are shown as marked as prompts."""
    for upload in as_array(context):
        shown = upload.row(context).get("options")
        expect_same(stored(context), f"`options` of {upload.filename}", _ARRAY_OPTIONS, shown)


@check(
    "inputs/upload-decrypt-password",
    operation="uploadFile",
    rule="the field decrypt_password of an upload is taken, and never shown",
    source=_PAGE,
    uses=(stored,),
)
def decrypt_password(context: Context) -> None:
    """An upload with the field is answered as others are; no answer has the password."""
    answer = with_key(context).answer
    if answer.response.is_client_error and with_token(context).answer.response.is_success:
        raise answer.broken(f"must take decrypt_password beside the file, got {answer.response.status_code}")
    for shown in (answer, stored(context)):
        if CREDENTIAL in shown.response.text:
            raise shown.broken("must not show the decrypt_password of an upload")


@check(
    "inputs/upload-chunk-waits",
    operation="uploadFile",
    rule="a chunk that does not complete its file says so, and makes no input",
    source=_GUIDE,
    uses=(stored,),
)
def chunk_waits(context: Context) -> None:
    """The first chunk is answered with completed:false, if with a receipt; both make one input."""
    found = chunked(context)
    answer = succeeded(found.first)
    receipt = _receipt(answer)
    if isinstance(receipt, dict) and "completed" in receipt:
        expect_same(answer, "`completed` after the first chunk", False, receipt["completed"])
    names = [row.get("filename") for row in rows_of(stored(context), "input")]
    if names.count(found.upload.filename) > 1:
        raise stored(context).broken("must make one input of two chunks, makes several")
