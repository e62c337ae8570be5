"""Probes of outputs and their downloads: names, checksums, limits, and what is gone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import success_status
from pixelpact.contract_tests.probes.pictures import GIVEN_SETTINGS, download, downloads, drawings
from pixelpact.contract_tests.probes.retention import aged_pictures
from pixelpact.contract_tests.suite.answers import by_status, rows, value_at
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.schema import ledger

#: The pictures that are downloaded too often, with an encoding, and after their end.
_OFTEN, _ENCODED, _DELETED = "plain", *GIVEN_SETTINGS
_LIMIT = next(answer.value for answer in ledger()["download-limit"].choices.values() if answer.value)
_GONE = frozenset(answer.value for answer in ledger()["gone-output"].choices.values())
_ENCODING = "rot13"


@probe("output-name-field", operation="getJob", uses=(drawings,), rank=44)
def output_name_field(context: Context) -> str:
    """The name of the field of an output that holds the name of its file."""
    document = drawings(context).output("side").document
    choices = [answer.value for answer in ledger()["output-name-field"].choices.values()]
    names = [name for name in choices if name in document]
    if len(names) != 1:
        what = f"has an output with the fields {', '.join(document)}"
        raise context.unknown("output-name-field", what, drawings(context).job.last)
    return context.which("output-name-field", names[0], drawings(context).job.last)


@probe("checksum", operation="getJob", uses=(downloads,), rank=44)
def checksum(context: Context) -> str:
    """The digest of a downloaded file that its output has as checksum."""
    content, claimed = download(context, "side").response.content, _document(context, "side").get("checksum")
    for answer in ledger()["checksum"].choices:
        if hashlib.new(answer, content, usedforsecurity=False).hexdigest() == claimed:
            return answer
    what = f"has the `checksum` {claimed!r}, which is no digest of the file"
    raise context.unknown("checksum", what, drawings(context).job.last)


@probe("unknown-encoding", operation="downloadOutput", requests=1, uses=(drawings,), rank=45)
def unknown_encoding(context: Context) -> str:
    """The answer to a download with an encoding that is not known."""
    answer = context.download(drawings(context).output(_ENCODED).uri, params={"encoding": _ENCODING})
    refused = {each.value: "refuse" for each in ledger()["invalid-request"].choices.values()}
    answers = {**refused, success_status("downloadOutput"): "ignore"}
    return by_status(context, "unknown-encoding", answer, answers)


@dataclass(frozen=True, slots=True)
class _Exhausted:
    """The last download of an output that is downloaded too often, which one it was, and the output then."""

    last: Exchange
    number: int
    output: Exchange


@step(requests=_LIMIT + 1, rule="a picture is downloaded again and again", uses=(drawings, downloads))
def exhausted_picture(context: Context) -> _Exhausted:
    """A picture that is downloaded until that is refused, but not much more often than it may be."""
    output = drawings(context).output(_OFTEN)
    answer, number = download(context, _OFTEN), 1
    while answer.response.is_success and number <= _LIMIT:
        answer, number = context.download(output.uri), number + 1
    path = {"job_id": drawings(context).job.id, "output_id": output.id}
    return _Exhausted(answer, number, context.call("getOutput", path=path))


@probe("download-limit", operation="downloadOutput", uses=(exhausted_picture,), rank=60)
def download_limit(context: Context) -> str:
    """How often a picture could be downloaded."""
    picture = exhausted_picture(context)
    status = picture.last.response.status_code
    if picture.last.response.is_success:
        return next(id_ for id_, answer in ledger()["download-limit"].choices.items() if answer.value is None)
    if status not in _GONE:
        raise NotConclusive(f"download {picture.number} was answered {status}")
    for answer in ledger()["download-limit"].choices.values():
        if answer.value == picture.number - 1:
            return answer.id
    what = f"was answered {status} to download {picture.number}"
    raise context.unknown("download-limit", what, picture.last)


@probe("gone-output", operation="downloadOutput", requests=1, uses=(drawings,), rank=61)
def gone_output(context: Context) -> str:
    """The answer to a download of an output that was deleted."""
    job, output = drawings(context).job, drawings(context).output(_DELETED)
    deleted = context.call("removeOutput", path={"job_id": job.id, "output_id": output.id})
    if not deleted.response.is_success:
        raise NotConclusive(f"removeOutput was answered {deleted.response.status_code}")
    answer = context.download(output.uri)
    if answer.response.is_success:
        raise NotConclusive("a deleted output can still be downloaded")
    return context.which("gone-output", answer.response.status_code, answer)


@probe("gone-status", operation="getOutput", uses=(exhausted_picture,), rank=102)
def gone_status(context: Context) -> str:
    """The status of an output that was downloaded too often or, where there is no limit, has expired."""
    answer = exhausted_picture(context).output
    status = _status(answer)
    if status == "enabled" and context.clock is not None:
        answer = aged_pictures(context).job
        wanted = drawings(context).output(_OFTEN).id
        status = next((row.get("status") for row in rows(answer, "output") if row.get("id") == wanted), None)
    answers = {"expired": "named", "overuse": "named", "disabled": "disabled"}
    if status in (None, "enabled"):
        raise NotConclusive("no output is seen to be gone")
    if status not in answers:
        raise context.unknown("gone-status", f"has an output that is gone with the status {status!r}", answer)
    return answers[status]


def _status(output: Exchange) -> Any:
    return value_at(output, "status") if output.response.is_success else None


def _document(context: Context, name: str) -> Any:
    return drawings(context).output(name).document
