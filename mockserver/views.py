"""Jobs and their parts as the API's JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.jobs import Conversion, Drawn, Input, Job
from pixelpact.mockserver.lifecycle import history
from pixelpact.mockserver.outcome import outcome
from pixelpact.mockserver.outputs import OutputFile, output_files
from pixelpact.schema import Profile, find_conversion, operations, statuses

_MASK = "********"


def job_document(job: Job, *, now: float, host_url: str) -> dict[str, Any]:
    """The job as `GET /jobs/{id}` shows it at `now`; `host_url` is scheme and host of absolute URLs.

    A completed job must have been drawn.
    """
    changes = history(job, now=now)
    status = statuses()[changes[-1].code]
    ended = outcome(job) if status.terminal else None
    return {
        "id": job.id,
        "token": job.token,
        "type": "job",
        "status": {"code": status.code, "info": status.info},
        "errors": [asdict(message) for message in ended.errors] if ended else [],
        "warnings": [asdict(message) for message in ended.warnings] if ended else [],
        "process": job.process,
        "fail_on_input_error": job.fail_on_input_error,
        "fail_on_conversion_error": job.fail_on_conversion_error,
        "conversion": [conversion_document(each, profile=job.profile) for each in job.conversions],
        **({} if job.limits is None else {"limits": _object(job.limits, job.profile)}),
        "input": [
            input_document(each, status=_status_of(each, status.code), profile=job.profile)
            for each in job.inputs
        ],
        "output": output_documents(job, now=now, host_url=host_url),
        "callback": job.callback,
        "notify_status": job.notify_status,
        "server": server_url(host_url),
        "spent": _spent(job) if status.code == "completed" else 0,
        "created_at": timestamp(job.created_at),
        "modified_at": timestamp(max(job.modified_at, changes[-1].at)),
        "download_passwords": [_MASK] * len(job.download_passwords),
    }


def conversion_document(conversion: Conversion, *, profile: Profile) -> dict[str, Any]:
    """A conversion of a job; options that are never returned are left out or masked, as the profile says."""
    return {
        "id": conversion.id,
        "target": conversion.target,
        "category": conversion.category,
        "options": _object(_shown(conversion, profile), profile),
        "metadata": _object(conversion.metadata, profile),
    }


def input_document(each: Input, *, status: str, profile: Profile) -> dict[str, Any]:
    """An input; `credentials` are always empty (SDK contract)."""
    optional = {
        "source": each.source,
        "engine": each.engine,
        "filename": each.filename,
        "size": each.size,
        "checksum": each.checksum,
        "content_type": each.content_type,
    }
    return {
        "id": each.id,
        "type": each.type,
        "status": status,
        **{name: value for name, value in optional.items() if value is not None},
        "options": _object(each.options, profile),
        "credentials": _object({}, profile),
        "parameters": _object(each.parameters, profile),
        "metadata": _object(each.metadata, profile),
        "created_at": timestamp(each.created_at),
        "modified_at": timestamp(each.created_at),
    }


def output_documents(job: Job, *, now: float, host_url: str) -> list[dict[str, Any]]:
    """The outputs of a job: all of them once it is completed, none before."""
    made_at = history(job, now=now)[-1].at
    return [
        _output_document(job, file, drawn=job.drawn[file.id], made_at=made_at, host_url=host_url)
        for file in finished_files(job, now=now)
    ]


def input_status(each: Input, job: Job, *, now: float) -> str:
    """The status of an input: `downloading` as long as its job is, `ready` before and after."""
    return _status_of(each, history(job, now=now)[-1].code)


def server_url(host_url: str) -> str:
    """The `server` of a job: where its uploads go and its downloads come from."""
    return host_url + operations()["downloadOutput"].base


def finished_files(job: Job, *, now: float) -> tuple[OutputFile, ...]:
    """The files of a job that is completed; none before."""
    return output_files(job) if history(job, now=now)[-1].code == "completed" else ()


def _output_document(
    job: Job, file: OutputFile, *, drawn: Drawn, made_at: float, host_url: str
) -> dict[str, Any]:
    path = operations()["downloadOutput"].url(job_id=job.id, file_name=file.name)
    return {
        "id": file.id,
        "source": {"conversion": file.conversion.id, "input": list(file.inputs)},
        "filename": file.name,
        "uri": server_url(host_url) + path,
        "size": drawn.size,
        "status": "enabled",
        "content_type": file.content_type,
        "downloads_counter": job.downloads.get(file.id, 0),
        "checksum": drawn.checksum,
        "created_at": timestamp(made_at),
        "metadata": _object({}, job.profile),
    }


def _status_of(each: Input, job_status: str) -> str:
    if each.at_hand or job_status != "downloading":
        return "ready"
    return "downloading"


def _spent(job: Job) -> int:
    return len(outcome(job).pictures) if job.profile["spent"] == "per-output" else 0


def _shown(conversion: Conversion, profile: Profile) -> dict[str, Any]:
    entry = find_conversion(conversion.target, conversion.category)
    specs = entry.options["properties"] if entry else {}
    secret = {name for name, spec in specs.items() if spec.get("writeOnly")}
    if profile["secret-options"] == "masked":
        return {name: _MASK if name in secret else value for name, value in conversion.options.items()}
    return {name: value for name, value in conversion.options.items() if name not in secret}


def _object(value: Mapping[str, Any], profile: Profile) -> dict[str, Any] | list[Any]:
    if not value and profile["empty-objects"] == "array":
        return []
    return dict(value)
