"""Download outputs, with passwords where they have some."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pixelpact.mockserver.errors import ApiError, JobNotFound
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.documents import finished_files, output_status
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.outputs import OutputFile
from pixelpact.mockserver.jobs.records import Job, OutputEdit
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.requests import Request
from pixelpact.schema import Profile, error_answers, headers, success_status

#: Bytes of a file that are encoded as base64 at a time; a multiple of three, so that the texts join.
_BASE64_BYTES = 3 << 17


async def download_output(call: Call) -> Response:
    """The bytes of an output, or with `encoding=base64` their base64 text; counts as a download."""
    state, file = await _unlocked(call)
    as_text = _wants_base64(call)
    content = await call.outputs.content(file)
    await call.change(state.job, lambda kept: _counted(kept, file.id))
    if as_text:
        return _Base64(content, headers=_headers(file))
    return Response(content, headers=_headers(file), media_type=file.content_type)


async def head_output(call: Call) -> Response:
    """The headers of a download, without its bytes and without counting (unless the profile counts it)."""
    state, file = await _unlocked(call)
    as_text = _wants_base64(call)
    size = (await call.jobs.render(state)).job.drawn[file.id].size
    if call.profile["counted-downloads"] == "head":
        await call.change(state.job, lambda kept: _counted(kept, file.id))
    length = _base64_length(size) if as_text else size
    return Response(
        status_code=success_status("headOutput"),
        headers={**_headers(file), "Content-Length": str(length)},
        media_type=_Base64.media_type if as_text else file.content_type,
    )


def _wants_base64(call: Call) -> bool:
    """Whether a request asks for base64 text in place of the bytes.

    Raises:
        ApiError: Invalid, if it asks for another encoding, unless the profile ignores that.
    """
    encoding = call.request.query_params.get("encoding")
    if encoding not in (None, "base64") and call.profile["unknown-encoding"] == "refuse":
        message = f"must be base64, got {encoding[:32]!r}"
        raise ApiError("Invalid", message=f"encoding {message}", errors={"encoding": [message]})
    return encoding == "base64"


def _base64_length(size: int) -> int:
    """The length of the base64 text of `size` bytes."""
    return -(-size // 3) * 4


class _Base64(Response):
    """The base64 text of a file, encoded and sent in pieces: other requests are answered between them."""

    media_type = "text/plain"

    def __init__(self, content: bytes, *, headers: Mapping[str, str]) -> None:
        super().__init__(headers={**headers, "Content-Length": str(_base64_length(len(content)))})
        self._content = memoryview(content)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        for first in range(0, len(self._content), _BASE64_BYTES):
            text = base64.b64encode(self._content[first : first + _BASE64_BYTES])
            await send({"type": "http.response.body", "body": text, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body"})


async def _unlocked(call: Call) -> tuple[JobState, OutputFile]:
    """The file that a request names, if the request may have it, and its job as it is now.

    Raises:
        ApiError: NotFound, if no such file can be downloaded now; PasswordRequired (with the status
            that the profile says), if it is protected and no password given matches.
    """
    state, file = await _find_file(call)
    job, status = state.job, output_status(file, state)
    if status != "enabled":
        message = f"The file {file.name[:64]!r} can no longer be downloaded: {status}"
        raise ApiError("NotFound", message=message, status=job.profile.value("gone-output"))
    passwords = _passwords(job, file)
    if passwords and not any(
        _matches(given, passwords) for given in _given(call.request, profile=job.profile)
    ):
        if call.request.method == "GET" and job.profile["counted-downloads"] == "refused":
            await call.change(job, lambda kept: _counted(kept, file.id))
        answer = error_answers()["PasswordRequired"]
        raise ApiError(
            "PasswordRequired",
            message=answer.message.format(header=headers().download_password[0]),
            status=job.profile.value("download-password-refused"),
        )
    return state, file


async def _find_file(call: Call) -> tuple[JobState, OutputFile]:
    """The finished file with the name in the path, and its job as it is now."""
    name = call.request.path_params["file_name"]
    with suppress(JobNotFound):
        state = call.state_of(await call.store.get(call.request.path_params["job_id"]))
        for file in finished_files(state):
            if file.name == name:
                return state, file
    raise ApiError("NotFound", message=f"No file {name[:64]!r} can be downloaded")


def _passwords(job: Job, file: OutputFile) -> set[str]:
    """The passwords any of which unlocks a file: those of its job, and its own or its conversion's."""
    own = job.edits.get(file.id, OutputEdit()).download_password
    if own is None:
        own = file.conversion.effective_options(job.profile).get("download_password")
    passwords = {*job.download_passwords, *([own] if isinstance(own, str) else [])}
    return passwords - {""} if job.profile["empty-password"] == "nothing" else passwords


def _given(request: Request, *, profile: Profile) -> Iterator[str]:
    """The passwords that a request presents: each value as a whole, and its parts between commas."""
    values = [request.headers[name] for name in headers().download_password if request.headers.get(name)]
    if not values or profile["password-cookie"] == "either":
        values.append(request.cookies.get(headers().download_password_cookie, ""))
    for value in filter(None, values):
        if profile["password-list"] == "exact":
            yield from value.split(",")
        else:
            yield value
            yield from (part.strip() for part in value.split(","))


def _matches(given: str, passwords: set[str]) -> bool:
    return any(hmac.compare_digest(given.encode(), password.encode()) for password in passwords)


def _counted(job: Job, file_id: str) -> Job:
    return with_fields(job, downloads={**job.downloads, file_id: job.downloads.get(file_id, 0) + 1})


def _headers(file: OutputFile) -> dict[str, str]:
    """RFC 6266: a plain name for old clients, and the exact one in UTF-8 where it differs."""
    plain = file.name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    exact = "" if plain == file.name else f"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {"Content-Disposition": f'attachment; filename="{plain}"{exact}'}
