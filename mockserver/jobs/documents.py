"""Jobs and their parts as the API's JSON documents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.jobs.ids import derive_id
from pixelpact.mockserver.jobs.lifecycle import JobState, timeline
from pixelpact.mockserver.jobs.outcome import input_failure, outcome
from pixelpact.mockserver.jobs.outputs import OutputFile, output_files
from pixelpact.mockserver.jobs.records import Conversion, Input, Job, Message, OutputEdit
from pixelpact.mockserver.jobs.usage import spent
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import TEXT_TO_IMAGE, Profile, find_conversion, operations, statuses

#: Stands in place of a secret, in responses and in the journal.
MASK = "********"
#: Fields of an input that are shown only if they are known.
_OPTIONAL_FIELDS = ("source", "engine", "filename", "size", "checksum", "content_type")


def job_text(state: JobState, *, origin: str) -> bytes:
    """The JSON text of `job_document`."""
    return orjson.dumps(job_document(state, origin=origin))


def job_json(state: JobState, *, origin: str) -> bytes:
    """The JSON text of `job_document`, written once for all reads between two changes."""
    lasts_s = state.job.profile.value("output-retention")
    is_expired = state.code == "completed" and state.now - state.last.at >= lasts_s
    return _written(state.job, len(state.changes), is_expired, origin)


@remembered
def _written(job: Job, changes: int, is_expired: bool, origin: str) -> bytes:
    reached = timeline(job)[:changes]
    now = math.inf if is_expired else reached[-1].at
    text = job_text(JobState(job, now, reached), origin=origin)
    # orjson keeps a buffer of 8 KB alive for a text of 1 KB; the copy is only as long as the text.
    return bytes(memoryview(text))


def job_document(state: JobState, *, origin: str) -> dict[str, Any]:
    """The job as `GET /jobs/{id}` shows it; absolute URLs begin with `origin` (scheme and host).

    The outputs of a completed job must have been drawn.
    """
    job, status = state.job, statuses()[state.code]
    ended = outcome(job) if status.code in ("completed", "failed") else None
    modified = max(job.modified_at, state.last.at)
    return {
        "id": job.id,
        "token": job.token,
        "type": "job",
        "status": {"code": shown_code(status.code, profile=job.profile), "info": status.info},
        "errors": [_message(message, job.profile) for message in ended.errors] if ended else [],
        "warnings": [_message(message, job.profile) for message in ended.warnings] if ended else [],
        "process": job.process,
        "fail_on_input_error": job.fail_on_input_error,
        "fail_on_conversion_error": job.fail_on_conversion_error,
        "conversion": [conversion_document(conversion, state) for conversion in job.conversions],
        **_limits(job),
        "input": [input_document(item, state) for item in job.inputs],
        "output": output_documents(state, origin=origin),
        "callback": job.callback,
        "notify_status": job.notify_status,
        "server": server_url(origin),
        "spent": spent(state),
        "created_at": (created := _time(job.created_at, job.profile)),
        "modified_at": created if modified == job.created_at else _time(modified, job.profile),
        "download_passwords": [MASK] * len(job.download_passwords),
    }


def conversion_document(conversion: Conversion, state: JobState) -> dict[str, Any]:
    """A conversion of a job; the profile says whether secret options are left out or masked."""
    profile = state.job.profile
    options = _shown_options(conversion, profile=profile)
    if profile["shown-defaults"] == "all" and conversion.target == TEXT_TO_IMAGE:
        options = {**profile.value("default-settings"), "seed": conversion.seed, **options}
    document = {
        "id": conversion.id,
        "target": conversion.target,
        "category": conversion.category,
        "options": _object(options, profile),
        "metadata": _object(conversion.metadata, profile),
    }
    if conversion.output_targets:
        document["output_target"] = [_delivery(target, state) for target in conversion.output_targets]
    return document


def input_document(item: Input, state: JobState) -> dict[str, Any]:
    """An input of a job; `credentials` are always empty (SDK contract)."""
    profile = state.job.profile
    known = {name: value for name in _OPTIONAL_FIELDS if (value := getattr(item, name)) is not None}
    if item.source is None and profile["local-source"] == "identifier":
        known["source"] = item.id
    empty = _object({}, profile)
    return {
        "id": item.id,
        "type": item.type,
        "status": _input_status(item, state),
        **known,
        "options": item.options or empty,
        "credentials": empty,
        "parameters": item.parameters or empty,
        "metadata": item.metadata or empty,
        "created_at": (created := _time(item.created_at, profile)),
        "modified_at": created if item.modified_at == item.created_at else _time(item.modified_at, profile),
    }


def output_documents(state: JobState, *, origin: str) -> list[dict[str, Any]]:
    """The outputs of a job: none until it is completed."""
    return [output_document(file, state, origin=origin) for file in finished_files(state)]


def output_document(file: OutputFile, state: JobState, *, origin: str) -> dict[str, Any]:
    """An output of a job; it must have been drawn."""
    job, profile = state.job, state.job.profile
    path = operations()["downloadOutput"].url(job_id=job.id, file_name=file.name)
    return {
        "id": file.id,
        "source": {"conversion": file.conversion.id, "input": list(file.inputs)},
        profile.value("output-name-field"): file.name,
        "uri": server_url(origin) + path,
        "size": job.drawn[file.id].size,
        "status": _shown_status(output_status(file, state), profile),
        "content_type": file.content_type,
        "downloads_counter": job.downloads.get(file.id, 0),
        "checksum": job.drawn[file.id].checksum,
        "created_at": _time(state.last.at, profile),
        "metadata": _object({}, job.profile),
    }


def output_status(file: OutputFile, state: JobState) -> str:
    """`enabled` while the file can be downloaded, otherwise the reason why it no longer can."""
    job, profile = state.job, state.job.profile
    if job.edits.get(file.id, OutputEdit()).deleted:
        return "disabled"
    if job.faults.expired or state.now - state.last.at >= profile.value("output-retention"):
        return "expired"
    limit = profile.value("download-limit")
    return "overuse" if limit is not None and job.downloads.get(file.id, 0) >= limit else "enabled"


def _shown_status(status: str, profile: Profile) -> str:
    gone = status not in ("enabled", "disabled")
    return "disabled" if gone and profile["gone-status"] == "disabled" else status


def shown_code(code: str, *, profile: Profile) -> str:
    """A status code in the profile's words: one document has another word for `processing`."""
    word: str = profile.value("processing-word")
    return word if code == "processing" else code


def finished_files(state: JobState) -> tuple[OutputFile, ...]:
    """The files of a job: none until it is completed."""
    return output_files(state.job) if state.code == "completed" else ()


def history_documents(state: JobState) -> list[dict[str, Any]]:
    """The statuses that the job has had, in the profile's order."""
    job = state.job
    documents = [
        {
            "id": derive_id(job.id, "history", number),
            "status": shown_code(change.code, profile=job.profile),
            "info": statuses()[change.code].info,
            "created_at": _time(change.at, job.profile),
        }
        for number, change in enumerate(state.changes)
    ]
    return documents if job.profile["history-order"] == "oldest-first" else documents[::-1]


def thread_documents(state: JobState) -> list[dict[str, Any]]:
    """The threads of a job: one while it is processing; the profile says whether it stays afterwards."""
    job, last, now = state.job, state.last, state.now
    kept = job.profile["threads-after"] == "yes" and job.start is not None
    if last.code != "processing" and not kept:
        return []
    return [
        {
            "hash": derive_id(job.id, "thread").replace("-", ""),
            "status": 1,
            "info": statuses()[last.code].info,
            "exec_time": int(now - last.at),
            "created_at": _time(last.at, job.profile),
            "modified_at": _time(now, job.profile),
        }
    ]


def server_url(origin: str) -> str:
    """The `server` of a job: the base URL of its uploads and downloads."""
    return origin + operations()["downloadOutput"].base


def _shown_options(conversion: Conversion, *, profile: Profile) -> Mapping[str, Any]:
    """The options without the values that the schema marks `writeOnly`."""
    entry = find_conversion(conversion.target, conversion.category)
    secrets = entry.secrets if entry else frozenset(conversion.options)
    if secrets.isdisjoint(conversion.options):
        return conversion.options
    if profile["secret-options"] == "masked":
        return {name: MASK if name in secrets else value for name, value in conversion.options.items()}
    return {name: value for name, value in conversion.options.items() if name not in secrets}


def _limits(job: Job) -> dict[str, Any]:
    if job.limits is None and job.profile["limits-field"] == "absent":
        return {}
    return {"limits": _object(job.limits or {}, job.profile)}


def _message(message: Message, profile: Profile) -> dict[str, Any]:
    return {
        "source": message.source,
        profile.value("message-source-field"): message.id_source,
        "code": message.code,
        "message": message.message,
    }


def _time(moment: float, profile: Profile) -> str:
    return timestamp(moment, zone=profile.value("timestamps"))


def _delivery(target: Mapping[str, Any], state: JobState) -> dict[str, Any]:
    """An output target with a status that follows the job's; credentials are never returned."""
    profile = state.job.profile
    known = {"processing": "uploading", "completed": "completed", "failed": "failed"}
    return {
        "type": target["type"],
        "status": known.get(state.code, "waiting"),
        "parameters": _object(target.get("parameters") or {}, profile),
    }


def _input_status(item: Input, state: JobState) -> str:
    if state.code == "canceled" and not item.is_local:
        return "canceled"
    if state.code in ("pending", "downloading") and not item.is_local:
        return "downloading"
    return "failed" if input_failure(item, job=state.job) else "ready"


def _object(value: Mapping[str, Any], profile: Profile) -> Mapping[str, Any] | list[Any]:
    if value:
        return value
    return [] if profile["empty-objects"] == "array" else {}
