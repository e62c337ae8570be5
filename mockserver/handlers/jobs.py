"""Create, read, change and cancel jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from pixelpact.mockserver.accounts.admission import admit, has_bounds
from pixelpact.mockserver.accounts.idempotency import idempotency_key, in_turn, remember, remembered
from pixelpact.mockserver.accounts.presets import presets_by_id
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.references import references
from pixelpact.mockserver.handlers.validation import conversion_faults, descriptor_faults
from pixelpact.mockserver.jobs.building import described_input, new_conversion
from pixelpact.mockserver.jobs.changes import canceled, next_event, with_fields, with_next_status
from pixelpact.mockserver.jobs.documents import (
    history_documents,
    job_json,
    job_text,
    shown_code,
    thread_documents,
)
from pixelpact.mockserver.jobs.ids import derive_id, derive_token, payload_digest
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.authentication import account_by_key, caller_by_key_or_token
from pixelpact.mockserver.web.bodies import checked, invalid, parse_json, read_body
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import (
    WrittenJson,
    listing,
    page_of,
    requested_page,
    success,
)
from pixelpact.schema import as_object, headers

#: What a client may set on a job, as it is called in requests and on the record.
_FLAGS = ("process", "fail_on_input_error", "fail_on_conversion_error", "notify_status", "callback")


async def create_job(mock: Mock, request: Request) -> Response:
    """A new job; it starts at once where it is complete and `process` is true."""
    account = account_by_key(request.headers, settings=mock.settings)
    key = idempotency_key(request.headers, profile=mock.profile)
    if not key:
        return await _created(mock, request, account=account, key="")
    async with in_turn(key, account=account, mock=mock):
        return await _created(mock, request, account=account, key=key)


async def _created(mock: Mock, request: Request, *, account: str, key: str) -> Response:
    body, profile = await read_body(request, max_bytes=mock.settings.max_body_bytes), mock.profile
    if not body.strip() and profile["empty-body"] == "no-content":
        return Response(status_code=204)
    asked = as_object(checked(parse_json(body, profile=profile), "JobRequest", profile=profile))
    payload = payload_digest(asked)
    first = await remembered(key, payload, account=account, mock=mock) if key else None
    if first is not None:
        return _answer(mock, request, await mock.drawn(first), code=success("createJob"))
    job = await _new_job(mock, request, asked, account=account, payload=payload, key=key)
    state = state_of(job, now=job.created_at)
    return WrittenJson(job_text(state, origin=job.origin), status=success("createJob"))


async def _new_job(
    mock: Mock, request: Request, asked: Mapping[str, Any], *, account: str, payload: str, key: str
) -> Job:
    profile = mock.profile
    conversions: Sequence[Mapping[str, Any]] = asked.get("conversion", ())
    descriptors: Sequence[Mapping[str, Any]] = asked.get("input", ())
    presets = await presets_by_id(conversions, account=account, store=mock.store)
    faults = conversion_faults(conversions, presets=presets, profile=profile, path=("conversion",))
    faults += descriptor_faults(descriptors, path=("input",))
    if faults:
        raise invalid(faults, profile=profile)
    await mock.make_room()
    is_bounded = has_bounds(mock)
    if is_bounded:
        await admit(mock, account)
    found = await references(descriptors, account=account, mock=mock)
    number, repetition = await mock.store.count(account, "jobs", payload)
    seed, now = mock.settings.seed, mock.clock.now()
    job_id = derive_id(seed, account, "job", number)
    made = [
        new_conversion(
            each,
            job_id=job_id,
            number=position,
            seed_parts=(seed, account, payload, repetition, position),
            presets=presets,
        )
        for position, each in enumerate(conversions)
    ]
    inputs = [
        described_input(each, job_id=job_id, number=position, at=now, reference=reference)
        for position, (each, reference) in enumerate(zip(descriptors, found, strict=True), start=len(made))
    ]
    flags = _flags(asked)
    is_complete, process = bool(made and inputs), flags.get("process", True)
    job = Job(
        id=job_id,
        token=derive_token(seed, account, "job", number),
        account=account,
        number=number,
        payload_digest=payload,
        repetition=repetition,
        idempotency_key=key,
        created_at=now,
        modified_at=now,
        pace=mock.settings.pace,
        profile=profile,
        faults=mock.faults,
        origin=mock.host_url(request),
        limits=as_object(asked["limits"]) if "limits" in asked else None,
        conversions=tuple(made),
        inputs=tuple(inputs),
        parts_added=len(made) + len(inputs),
        events=(next_event(is_complete=is_complete, process=process, new_inputs=inputs, at=now),),
        **flags,
    )
    if is_bounded and job.start:
        await admit(mock, account, starting=job)
    job = await mock.store.add(job)
    if job.callback:
        await mock.look_after(job)
    if key:
        await remember(job, mock=mock)
    return job


async def get_job(mock: Mock, request: Request) -> Response:
    """The job; counts as a read."""
    job = await mock.read(await mock.job(request))
    if mock.state(job).code == "canceled" and mock.profile["read-canceled"] == "404":
        raise ApiError("NotFound", message=f"The job {job.id} was canceled")
    return _answer(mock, request, job)


async def list_jobs(mock: Mock, request: Request) -> Response:
    """A page of the caller's jobs, newest first; with a token, that of the token's job."""
    caller = caller_by_key_or_token(request.headers, settings=mock.settings)
    page = requested_page(request)
    if caller.token:
        owned = await mock.store.of_token(caller.token)
        if owned is None:
            raise ApiError("Unauthorized")
        jobs = [owned]
    else:
        jobs = list(await mock.store.of_account(caller.account or ""))
    if not jobs and mock.profile["empty-listing"] == "no-content":
        return Response(status_code=204)
    moved = [await mock.moved(job) for job in jobs]
    rows = [job for job in moved if _is_wanted(mock.state(job), request.query_params.get("status"))]
    if not rows and mock.profile["no-match"] == "no-content":
        return Response(status_code=204)
    if mock.profile["listing-order"] == "oldest-first":
        rows.reverse()
    shown = [await mock.drawn(job) for job in page_of(rows, page=page)]
    if page > 1 and not shown and mock.profile["page-past-end"] == "no-content":
        return Response(status_code=204)
    texts = [job_json(mock.state(job), origin=mock.host_url(request)) for job in shown]
    return WrittenJson(b"[" + b",".join(texts) + b"]", headers={headers().count: str(len(rows))})


async def update_job(mock: Mock, request: Request) -> Response:
    """The job, started or changed, as long as it has not started.

    On a running job, restating `process: true` changes nothing (or what the profile says).
    """
    job = await mock.job(request)
    asked = as_object(await mock.asked(request, "JobUpdate"))
    now = mock.clock.now()
    job = await mock.change_or_start(job, lambda kept: _updated(kept, asked, now=now))
    return _answer(mock, request, await mock.drawn(job))


async def cancel_job(mock: Mock, request: Request) -> Response:
    """Nothing; the job is canceled. A body is ignored: an old SDK sends one."""
    job = await mock.job(request)
    now = mock.clock.now()
    await mock.change(job.id, lambda kept: _canceled(kept, now=now))
    return Response(status_code=success("cancelJob"))


async def list_threads(mock: Mock, request: Request) -> Response:
    """What works on the job."""
    rows = thread_documents(mock.state(await mock.job(request)))
    return listing(rows, request, profile=mock.profile)


async def list_history(mock: Mock, request: Request) -> Response:
    """The statuses that the job has had, oldest first."""
    rows = history_documents(mock.state(await mock.job(request)))
    return listing(rows, request, profile=mock.profile)


def _answer(mock: Mock, request: Request, job: Job, *, code: int = 200) -> Response:
    return WrittenJson(job_json(mock.state(job), origin=mock.host_url(request)), status=code)


def _flags(asked: Mapping[str, Any]) -> dict[str, Any]:
    flags = {name: asked[name] for name in _FLAGS if name in asked}
    if "download_passwords" in asked:
        flags["download_passwords"] = tuple(asked["download_passwords"])
    return flags


def _is_wanted(state: JobState, code: str | None) -> bool:
    """Whether a listing that was asked for jobs with a status, or for none, has the job."""
    if code is None:
        return state.job.profile["listing-scope"] == "all" or not state.is_over
    return shown_code(state.code, profile=state.job.profile) == code


def _updated(job: Job, asked: Mapping[str, Any], *, now: float) -> Job:
    flags = _flags(asked)
    state = state_of(job, now=now)
    if state.is_over:
        if job.profile["restart-ended"] == "ignore" and flags == {"process": True}:
            return job
        raise ApiError("Conflict", message=f"The job is {state.code}; it can't be changed any more")
    if not job.start:
        changed = with_fields(job, **flags)
        if changed.notify_status != job.notify_status:  # other callbacks, so another one is the next
            is_past_untold = changed.notify_status and job.profile["callback-past"] == "untold"
            changed = with_fields(changed, callbacks_done=len(state.changes) if is_past_untold else 0)
        if changed.process and not changed.inputs and job.profile["start-without-input"] == "refuse":
            raise ApiError("Conflict", message="The job has no input; add one before it is started")
        return with_next_status(changed, at=now)
    restated = flags.pop("process", True) is True
    if flags or not restated or job.profile["restart-running"] == "refuse":
        raise ApiError("Conflict", message="The job is running; it can be changed only before it starts")
    return job


def _canceled(job: Job, *, now: float) -> Job:
    state = state_of(job, now=now)
    question = "cancel-canceled" if state.code == "canceled" else "cancel-ended"
    if state.is_over and job.profile[question] == "refuse":
        raise ApiError("Conflict", message=f"The job is {state.code}; it can't be canceled any more")
    if job.start and not state.is_over and job.profile["cancel-running"] == "refuse":
        raise ApiError(
            "Conflict", message=f"The job is {state.code}; it can be canceled only before it starts"
        )
    return job if state.is_over else canceled(job, at=now)
