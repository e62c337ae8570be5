"""Jobs and their parts as the API's JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.identity import derive_id
from pixelpact.mockserver.jobs import Conversion, Input, Job, OutputEdit
from pixelpact.mockserver.lifecycle import history
from pixelpact.mockserver.outcome import outcome
from pixelpact.mockserver.outputs import OutputFile, output_files
from pixelpact.schema import Profile, find_conversion, operations, options_schema, statuses

_MASK = "********"


def job_document(job: Job, *, now: float, host_url: str) -> dict[str, Any]:
    """The job as `GET /jobs/{id}` shows it at `now`; `host_url` is scheme and host of absolute URLs.

    A completed job must have been drawn.
    """
    changes = history(job, now=now)
    status = statuses()[changes[-1].code]
    ended = outcome(job) if status.terminal and job.start else None
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
        "conversion": [conversion_document(each, job=job, now=now) for each in job.conversions],
        **({} if job.limits is None else {"limits": _object(job.limits, job.profile)}),
        "input": [input_document(each, job=job, now=now) for each in job.inputs],
        "output": output_documents(job, now=now, host_url=host_url),
        "callback": job.callback,
        "notify_status": job.notify_status,
        "server": server_url(host_url),
        "spent": spent(job, now=now),
        "created_at": timestamp(job.created_at),
        "modified_at": timestamp(max(job.modified_at, changes[-1].at)),
        "download_passwords": [_MASK] * len(job.download_passwords),
    }


def conversion_document(conversion: Conversion, *, job: Job, now: float) -> dict[str, Any]:
    """A conversion of a job; options that are never returned are left out or masked, as the profile says."""
    profile = job.profile
    delivery = {"output_target": [_delivery(target, job, now) for target in conversion.output_targets]}
    return {
        "id": conversion.id,
        "target": conversion.target,
        "category": conversion.category,
        "options": _object(shown_options(conversion.options, conversion.target, profile=profile), profile),
        "metadata": _object(conversion.metadata, profile),
        **(delivery if conversion.output_targets else {}),
    }


def shown_options(options: Mapping[str, Any], target: str, *, profile: Profile) -> dict[str, Any]:
    """Options without the values that the schema marks `writeOnly`."""
    entry = find_conversion(target)
    # A target whose options are not known may have those that all targets share.
    specs = (entry.options if entry and entry.options else options_schema())["properties"]
    secret = {name for name, spec in specs.items() if spec.get("writeOnly")}
    if profile["secret-options"] == "masked":
        return {name: _MASK if name in secret else value for name, value in options.items()}
    return {name: value for name, value in options.items() if name not in secret}


def input_document(each: Input, *, job: Job, now: float) -> dict[str, Any]:
    """An input; `credentials` are always empty (SDK contract)."""
    profile = job.profile
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
        "status": _input_status(each, history(job, now=now)[-1].code),
        **{name: value for name, value in optional.items() if value is not None},
        "options": _object(each.options, profile),
        "credentials": _object({}, profile),
        "parameters": _object(each.parameters, profile),
        "metadata": _object(each.metadata, profile),
        "created_at": timestamp(each.created_at),
        "modified_at": timestamp(each.modified_at),
    }


def output_documents(job: Job, *, now: float, host_url: str) -> list[dict[str, Any]]:
    """The outputs of a job: all of them once it is completed, none before."""
    return [
        output_document(file, job=job, now=now, host_url=host_url) for file in finished_files(job, now=now)
    ]


def output_document(file: OutputFile, *, job: Job, now: float, host_url: str) -> dict[str, Any]:
    """An output; it must have been drawn."""
    path = operations()["downloadOutput"].url(job_id=job.id, file_name=file.name)
    return {
        "id": file.id,
        "source": {"conversion": file.conversion.id, "input": list(file.inputs)},
        "filename": file.name,
        "uri": server_url(host_url) + path,
        "size": job.drawn[file.id].size,
        "status": output_status(file, job=job, now=now),
        "content_type": file.content_type,
        "downloads_counter": job.downloads.get(file.id, 0),
        "checksum": job.drawn[file.id].checksum,
        "created_at": timestamp(history(job, now=now)[-1].at),
        "metadata": _object({}, job.profile),
    }


def output_status(file: OutputFile, *, job: Job, now: float) -> str:
    """`enabled` as long as the file can be downloaded, or why it can't be any more."""
    profile = job.profile
    if job.edits.get(file.id, OutputEdit()).deleted:
        return "disabled"
    if now - history(job, now=now)[-1].at >= profile.value("output-retention"):
        return "expired"
    limit = profile.value("download-limit")
    return "overuse" if limit is not None and job.downloads.get(file.id, 0) >= limit else "enabled"


def finished_files(job: Job, *, now: float) -> tuple[OutputFile, ...]:
    """The files of a job that is completed; none before."""
    return output_files(job) if history(job, now=now)[-1].code == "completed" else ()


def history_documents(job: Job, *, now: float) -> list[dict[str, Any]]:
    """The statuses that the job has had, oldest first."""
    return [
        {
            "id": derive_id(job.id, "history", number),
            "status": change.code,
            "info": statuses()[change.code].info,
            "created_at": timestamp(change.at),
        }
        for number, change in enumerate(history(job, now=now))
    ]


def thread_documents(job: Job, *, now: float) -> list[dict[str, Any]]:
    """What works on the job: one thread while it is processing, none otherwise."""
    last = history(job, now=now)[-1]
    if last.code != "processing":
        return []
    return [
        {
            "hash": derive_id(job.id, "thread").replace("-", ""),
            "status": 1,
            "info": statuses()[last.code].info,
            "exec_time": int(now - last.at),
            "created_at": timestamp(last.at),
            "modified_at": timestamp(now),
        }
    ]


def spent(job: Job, *, now: float) -> int:
    """The credits that the job has cost by `now`."""
    if history(job, now=now)[-1].code != "completed" or job.profile["spent"] == "nothing":
        return 0
    return len(outcome(job).units)


def server_url(host_url: str) -> str:
    """The `server` of a job: where its uploads go and its downloads come from."""
    return host_url + operations()["downloadOutput"].base


def _delivery(target: Mapping[str, Any], job: Job, now: float) -> dict[str, Any]:
    """An output target; its status follows the job's, its credentials are never returned."""
    code = history(job, now=now)[-1].code
    status = {"processing": "uploading", "completed": "completed", "failed": "failed"}.get(code, "waiting")
    return {
        "type": target["type"],
        "status": status,
        "parameters": _object(target.get("parameters") or {}, job.profile),
        "credentials": _object({}, job.profile),
    }


def _input_status(each: Input, job_status: str) -> str:
    if job_status == "canceled" and not each.at_hand:
        return "canceled"
    if job_status == "downloading" and not each.at_hand:
        return "downloading"
    return "failed" if each.failure else "ready"


def _object(value: Mapping[str, Any], profile: Profile) -> dict[str, Any] | list[Any]:
    if not value and profile["empty-objects"] == "array":
        return []
    return dict(value)
