"""Create, read, change and cancel jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from pixelpact.mockserver.accounts.admission import admit, has_quota
from pixelpact.mockserver.accounts.idempotency import idempotency_key
from pixelpact.mockserver.accounts.presets import presets_by_id
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.references import references
from pixelpact.mockserver.handlers.validation import conversion_faults, descriptor_faults
from pixelpact.mockserver.jobs.building import Reference, described_input, new_conversion
from pixelpact.mockserver.jobs.changes import canceled, next_event, with_fields, with_next_status
from pixelpact.mockserver.jobs.documents import (
    history_documents,
    job_json,
    job_text,
    shown_code,
    thread_documents,
)
from pixelpact.mockserver.jobs.ids import derive_id, derive_token, part_id, payload_digest
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.records import Frozen, Job
from pixelpact.mockserver.jobs.versions import next_version
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.stores.base import Record
from pixelpact.mockserver.web.bodies import checked, invalid, parse_json, read_body
from pixelpact.mockserver.web.responses import (
    WrittenJson,
    listing,
    page_of,
    requested_page,
)
from pixelpact.schema import as_object, headers, success_status

#: What a client may set on a job, under the same names in requests and on the record.
_FLAGS = ("process", "fail_on_input_error", "fail_on_conversion_error", "notify_status", "callback")


class _NewJob(Frozen, frozen=True):
    """The body of a request for a new job, with all that was looked up for it."""

    body: Mapping[str, Any]
    payload: str
    key: str
    conversions: Sequence[Mapping[str, Any]]
    presets: Mapping[str, Record]
    inputs: Sequence[Mapping[str, Any]]
    references: Sequence[Reference]
    has_quota: bool


async def create_job(call: Call) -> Response:
    """A new job; it starts at once if it is complete and `process` is true."""
    call.require_key()
    key = idempotency_key(call.request.headers, profile=call.profile)
    if not key:
        return await _create(call, key="")
    async with call.idempotency.lock(key, call.account):
        return await _create(call, key=key)


async def _create(call: Call, *, key: str) -> Response:
    text, profile = await read_body(call.request, max_bytes=call.settings.max_body_bytes), call.profile
    if not text.strip() and profile["empty-body"] == "no-content":
        return Response(status_code=204)
    body = as_object(checked(parse_json(text, profile=profile), "JobRequest", profile=profile))
    payload = payload_digest(body)
    first = await call.idempotency.first_job(key, payload, call.account) if key else None
    if first is not None:
        return await _job_response(call, first, status=success_status("createJob"))
    job = await _commit(call, await _resolve(call, body, payload=payload, key=key))
    state = state_of(job, now=job.created_at)
    return WrittenJson(job_text(state, origin=job.origin), status=success_status("createJob"))


async def _resolve(call: Call, body: Mapping[str, Any], *, payload: str, key: str) -> _NewJob:
    """The request for a new job, checked, with its presets and references looked up.

    Raises:
        ApiError: Invalid for what the schema can't express; TooManyRequests or PaymentRequired, if the
            account can create no more jobs.
    """
    account, store = call.account, call.store
    conversions, inputs = body.get("conversion", ()), body.get("input", ())
    presets = await presets_by_id(conversions, account=account.id, store=store)
    faults = conversion_faults(conversions, presets=presets, profile=account.profile, path=("conversion",))
    faults += descriptor_faults(inputs, path=("input",))
    if faults:
        raise invalid(faults, profile=account.profile)
    await call.retention.make_room(account)
    is_bounded = has_quota(account)
    if is_bounded:
        await admit(account, store=store)
    found = await references(inputs, call=call)
    return _NewJob(body, payload, key, conversions, presets, inputs, found, is_bounded)


async def _commit(call: Call, new: _NewJob) -> Job:
    """The job, kept in the store, its callbacks scheduled.

    Raises:
        ApiError: PaymentRequired or TooManyRequests, if it would start and may not.
    """
    number, repetition = await call.store.count(call.account.id, "jobs", new.payload)
    job = _build(call, new, number=number, repetition=repetition, now=call.account.now())
    if new.has_quota and job.start:
        await admit(call.account, store=call.store, starting=job)
    job = await call.store.add(job)
    if job.callback:
        await call.jobs.schedule_callbacks(job, call.account)
    if new.key:
        await call.idempotency.remember(job)
    return job


def _build(call: Call, new: _NewJob, *, number: int, repetition: int, now: float) -> Job:
    """The record of a new job: the account's job number `number`, the `repetition`-th with this payload."""
    settings, account = call.account.settings, call.account.id
    seed = settings.seed
    job_id = derive_id(seed, account, "job", number)
    conversions = [
        new_conversion(
            conversion,
            conversion_id=part_id(job_id, position),
            seed_parts=(seed, account, new.payload, repetition, position),
            presets=new.presets,
        )
        for position, conversion in enumerate(new.conversions)
    ]
    described = zip(new.inputs, new.references, strict=True)
    inputs = [
        described_input(descriptor, job_id=job_id, number=position, at=now, reference=reference)
        for position, (descriptor, reference) in enumerate(described, start=len(conversions))
    ]
    flags = _flags(new.body)
    is_complete, process = bool(conversions and inputs), flags.get("process", True)
    return Job(
        id=job_id,
        token=derive_token(seed, account, "job", number),
        account=account,
        number=number,
        payload_digest=new.payload,
        repetition=repetition,
        idempotency_key=new.key,
        created_at=now,
        modified_at=now,
        pace=settings.pace,
        profile=settings.profile,
        faults=call.faults,
        origin=call.origin,
        limits=as_object(new.body["limits"]) if "limits" in new.body else None,
        conversions=tuple(conversions),
        inputs=tuple(inputs),
        parts_added=len(conversions) + len(inputs),
        events=(next_event(is_complete=is_complete, process=process, new_inputs=inputs, at=now),),
        version=next_version(),
        **flags,
    )


async def get_job(call: Call) -> Response:
    """The job; counts as a read."""
    state = await call.read_job()
    if state.code == "canceled" and call.profile["read-canceled"] == "404":
        raise ApiError("NotFound", message=f"The job {state.job.id} was canceled")
    return WrittenJson(job_json(state, origin=call.origin))


async def list_jobs(call: Call) -> Response:
    """A page of the caller's jobs, newest first; with a token, that of the token's job."""
    jobs, page = await _own_jobs(call), requested_page(call.request)
    if not jobs and call.profile["empty-listing"] == "no-content":
        return Response(status_code=204)
    current = [await call.jobs.record_read(job, call.account) for job in jobs]
    status = call.request.query_params.get("status")
    rows = [state for state in current if _is_listed(state, status)]
    if not rows and call.profile["no-match"] == "no-content":
        return Response(status_code=204)
    if call.profile["listing-order"] == "oldest-first":
        rows.reverse()
    shown = [await call.jobs.render(state) for state in page_of(rows, page=page)]
    if page > 1 and not shown and call.profile["page-past-end"] == "no-content":
        return Response(status_code=204)
    texts = [job_json(state, origin=call.origin) for state in shown]
    return WrittenJson(b"[" + b",".join(texts) + b"]", headers={headers().count: str(len(rows))})


async def update_job(call: Call) -> Response:
    """The job, started or changed, as long as it has not started.

    On a running job, restating `process: true` changes nothing (or what the profile says).
    """
    job = await call.job()
    body = as_object(await call.body("JobUpdate"))
    now = call.now()
    job = await call.jobs.change_or_start(job, lambda kept: _updated(kept, body, now=now), call.account)
    return await _job_response(call, job)


async def cancel_job(call: Call) -> Response:
    """Nothing; the job is canceled. A body is ignored: an old SDK sends one."""
    job = await call.job()
    now = call.now()
    await call.change(job, lambda kept: _canceled(kept, now=now))
    return Response(status_code=success_status("cancelJob"))


async def list_threads(call: Call) -> Response:
    """The threads that work on the job."""
    rows = thread_documents(call.state_of(await call.job()))
    return listing(rows, call.request, profile=call.profile)


async def list_history(call: Call) -> Response:
    """The statuses that the job has had, oldest first."""
    rows = history_documents(call.state_of(await call.job()))
    return listing(rows, call.request, profile=call.profile)


async def _own_jobs(call: Call) -> Sequence[Job]:
    """The jobs that the caller may list: of a token, its own one."""
    caller = call.caller()
    if not caller.token:
        return await call.store.of_account(call.account.id)
    job = await call.store.of_token(caller.token)
    if job is None:
        raise ApiError("Unauthorized")
    return [job]


async def _job_response(call: Call, job: Job, *, status: int = 200) -> Response:
    state = await call.jobs.render(call.state_of(job))
    return WrittenJson(job_json(state, origin=call.origin), status=status)


def _flags(body: Mapping[str, Any]) -> dict[str, Any]:
    flags = {name: body[name] for name in _FLAGS if name in body}
    if "download_passwords" in body:
        flags["download_passwords"] = tuple(body["download_passwords"])
    return flags


def _is_listed(state: JobState, status: str | None) -> bool:
    """Whether a listing of the jobs with that status, or of no particular one, has the job."""
    if status is None:
        return state.job.profile["listing-scope"] == "all" or not state.is_over
    return shown_code(state.code, profile=state.job.profile) == status


def _updated(job: Job, body: Mapping[str, Any], *, now: float) -> Job:
    state, flags = state_of(job, now=now), _flags(body)
    if state.is_over:
        if job.profile["restart-ended"] == "ignore" and flags == {"process": True}:
            return job
        raise ApiError("Conflict", message=f"The job is {state.code}; it can no longer be changed")
    if not job.start:
        return _updated_before_start(state, flags)
    is_restart = flags == {"process": True} or not flags
    if not is_restart or job.profile["restart-running"] == "refuse":
        raise ApiError("Conflict", message="The job is running; it can be changed only before it starts")
    return job


def _updated_before_start(state: JobState, flags: Mapping[str, Any]) -> Job:
    job = state.job
    changed = with_fields(job, **flags)
    if changed.notify_status != job.notify_status:  # it has other callbacks now, so another one comes next
        skips_past = changed.notify_status and job.profile["callback-past"] == "untold"
        changed = with_fields(changed, callbacks_done=len(state.changes) if skips_past else 0)
    if changed.process and not changed.inputs and job.profile["start-without-input"] == "refuse":
        raise ApiError("Conflict", message="The job has no input; add one before it is started")
    return with_next_status(changed, at=state.now)


def _canceled(job: Job, *, now: float) -> Job:
    state = state_of(job, now=now)
    question = "cancel-canceled" if state.code == "canceled" else "cancel-ended"
    if state.is_over and job.profile[question] == "refuse":
        raise ApiError("Conflict", message=f"The job is {state.code}; it can no longer be canceled")
    if job.start and not state.is_over and job.profile["cancel-running"] == "refuse":
        raise ApiError(
            "Conflict", message=f"The job is {state.code}; it can be canceled only before it starts"
        )
    return job if state.is_over else canceled(job, at=now)
