"""Changes that many mutants are made of: edits of JSON bodies, other statuses, a memory of jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from pixelpact.mockserver.mutants.base import Change
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers, statuses

#: Changes the JSON body of a message, in place or by returning another one.
Edit: TypeAlias = Callable[[Any, Traffic], Any]
#: Says of a message whether it is changed.
Condition: TypeAlias = Callable[[Traffic], bool]
#: Segments of paths that the id of a job follows.
_BEFORE_JOB_ID = ("jobs", "upload-file", "upload-base64", "download-file")
#: An id that nothing has.
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


def always(_: Traffic) -> bool:
    """Every message."""
    return True


def is_success(response: Traffic) -> bool:
    """Whether a response is a success."""
    return 200 <= response.status < 300


def sent(response: Traffic) -> Any:
    """The JSON body of the request that a response answers; `{}` if it has none."""
    body = response.request.json if response.request else None
    return {} if body is None else body


def query(message: Traffic) -> dict[str, str]:
    """The parameters of a request, or of the request that a response answers."""
    text = message.request.query if message.request else message.query
    return {name: values[0] for name, values in parse_qs(text).items()}


def api_key(message: Traffic) -> str:
    """The key of a request, or of the request that a response answers; `""` for none."""
    request = message.request or message
    found = (request.header(name.lower()) for name in headers().api_key)
    return next((value for value in found if value), "")


def segment(message: Traffic, before: str) -> str:
    """The segment of a message's path that follows another one; `""` if there is none."""
    parts = message.path.split("/")
    return parts[parts.index(before) + 1] if before in parts[:-1] else ""


def job_id(message: Traffic) -> str:
    """The id of the job that a path names; `""` if it names none."""
    return next((name for before in _BEFORE_JOB_ID if (name := segment(message, before))), "")


def edited(edit: Edit, when: Condition = always) -> Change:
    """A change of the JSON in successful responses."""

    def change(response: Traffic) -> None:
        body = response.json
        if is_success(response) and body is not None and when(response):
            new = edit(body, response)
            response.json = body if new is None else new

    return change


def requested(edit: Edit, when: Condition = always) -> Change:
    """A change of the JSON in requests."""

    def change(request: Traffic) -> None:
        body = request.json
        if body is not None and when(request):
            before = json.dumps(body)
            new = edit(body, request)
            after = body if new is None else new
            if json.dumps(after) != before:  # otherwise it stays as it was written
                request.json = after

    return change


def answered(status: int, when: Condition = is_success) -> Change:
    """A change of the status of responses, by default of all successes."""

    def change(response: Traffic) -> None:
        if when(response):
            response.status = status

    return change


def put(**fields: Any) -> Edit:
    """An edit that replaces fields of an object."""

    def edit(body: Any, _: Traffic) -> None:
        body.update(fields)

    return edit


def without(*names: str) -> Edit:
    """An edit that removes fields of an object."""

    def edit(body: Any, _: Traffic) -> None:
        for name in names:
            body.pop(name, None)

    return edit


def status_put(code: str) -> Edit:
    """An edit that gives a job another status."""

    def edit(job: Any, _: Traffic) -> None:
        job["status"] = {"code": code, "info": statuses()[code].info}

    return edit


def each(field: str, edit: Edit, when: Callable[[Any], bool]) -> Edit:
    """An edit of those rows in a field of an object, or in a list, for which `when` holds."""

    def change(body: Any, message: Traffic) -> None:
        for row in body[field] if isinstance(body, dict) else body:
            if when(row):
                edit(row, message)

    return change


def at_first(operation: str, before: str, edit: Edit) -> Callable[[], tuple[None, Change]]:
    """Changes of the responses to an operation on a job, until another operation succeeds there."""

    def changes() -> tuple[None, Change]:
        past: set[str] = set()

        def respond(response: Traffic) -> None:
            name = job_id(response) or segment(response, "presets")
            if response.operation == before and is_success(response):
                past.add(name)
            elif response.operation == operation and name not in past:
                edited(edit)(response)

        return None, respond

    return changes


def after(operation: str, then: str, edit: Edit) -> Callable[[], tuple[None, Change]]:
    """Changes of the responses to `operation`, once `then` has succeeded for the same job or preset."""

    def changes() -> tuple[None, Change]:
        past: set[str] = set()

        def respond(response: Traffic) -> None:
            name = job_id(response) or segment(response, "presets")
            if response.operation == then and is_success(response):
                past.add(name)
            elif response.operation == operation and name in past:
                edited(edit)(response)

        return None, respond

    return changes


def found_after(operation: str, then: str) -> Callable[[], tuple[None, Change]]:
    """Finds what is gone: answers `operation` with 200 once `then` has succeeded for the same path."""

    def changes() -> tuple[None, Change]:
        gone: set[str] = set()

        def respond(response: Traffic) -> None:
            if response.operation == then and is_success(response):
                gone.add(response.path)
            elif response.operation == operation and response.path in gone:
                response.status = 200

        return None, respond

    return changes


def is_unknown(response: Traffic) -> bool:
    """Whether a path names a part of a known job, or a preset, that nobody has."""
    return UNKNOWN_ID in response.path and job_id(response) != UNKNOWN_ID
