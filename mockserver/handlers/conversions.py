"""The conversions of a job: list, add, read, change, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from pixelpact.mockserver.accounts.presets import presets_by_id
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.validation import conversion_faults
from pixelpact.mockserver.jobs.building import new_conversion
from pixelpact.mockserver.jobs.changes import with_conversions, with_fields, with_next_status
from pixelpact.mockserver.jobs.documents import conversion_document
from pixelpact.mockserver.jobs.records import Conversion, Job
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.stores.memory import Record
from pixelpact.mockserver.web.bodies import checked, invalid
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response, listing, success
from pixelpact.schema import Violation, as_object


async def list_job_conversions(mock: Mock, request: Request) -> Response:
    """All conversions of the job."""
    state = mock.state(await mock.job(request))
    rows = [conversion_document(each, state) for each in state.job.conversions]
    return listing(rows, request, profile=mock.profile)


async def add_conversion(mock: Mock, request: Request) -> Response:
    """The new conversion."""
    job = await mock.job(request)
    asked = await mock.asked(request, "ConversionRequest")
    presets = await _judged(mock, job, asked)

    def change(kept: Job, now: float) -> Job:
        return with_conversions(kept, (_made(mock, kept, asked, kept.parts_added, presets),), at=now)

    changed = await mock.change_parts(job, change)
    return _one(mock, changed, changed.conversions[-1].id, status=success("addConversion"))


async def get_conversion(mock: Mock, request: Request) -> Response:
    """One conversion."""
    return _one(mock, await mock.job(request), request.path_params["conversion_id"])


async def update_conversion(mock: Mock, request: Request) -> Response:
    """The conversion with other options or metadata, in place of what it had."""
    job, conversion_id = await mock.job(request), request.path_params["conversion_id"]
    old = _find(job, conversion_id)
    update = await mock.asked(request, "ConversionUpdate")
    asked = {
        "target": old.target,
        "category": old.category,
        "options": as_object(update["options"]) if "options" in update else dict(old.options),
        "metadata": as_object(update["metadata"]) if "metadata" in update else dict(old.metadata),
        "output_target": list(old.output_targets),
    }
    checked(asked, "ConversionRequest", profile=mock.profile)
    presets = await _judged(mock, job, asked)

    def change(kept: Job, now: float) -> Job:
        current = _find(kept, conversion_id)
        made = replace(_made(mock, kept, asked, 0, presets), id=current.id, seed_parts=current.seed_parts)
        conversions = tuple(made if each.id == current.id else each for each in kept.conversions)
        return with_fields(kept, conversions=conversions, modified_at=now)

    return _one(mock, await mock.change_parts(job, change), conversion_id)


async def remove_conversion(mock: Mock, request: Request) -> Response:
    """Nothing; the conversion is gone, and the job may be incomplete again."""
    job, conversion_id = await mock.job(request), request.path_params["conversion_id"]

    def change(kept: Job, now: float) -> Job:
        gone = _find(kept, conversion_id)
        rest = tuple(each for each in kept.conversions if each.id != gone.id)
        return with_next_status(with_fields(kept, conversions=rest), at=now)

    await mock.change_parts(job, change)
    return Response(status_code=success("removeConversion"))


async def _judged(mock: Mock, job: Job, asked: Mapping[str, Any]) -> Mapping[str, Record]:
    """The presets that a conversion names.

    Raises:
        ApiError: Invalid, where the catalogue does not have its target or options.
    """
    rows: Sequence[Mapping[str, Any]] = [asked]
    presets = await presets_by_id(rows, account=job.account, store=mock.store)
    faults = conversion_faults(rows, presets=presets, profile=mock.profile, path=())
    if faults:
        # One conversion, not a list of them: its place in a list says nothing.
        raise invalid(
            [Violation(fault.path[1:], fault.keyword, fault.message) for fault in faults],
            profile=mock.profile,
        )
    return presets


def _made(
    mock: Mock, job: Job, asked: Mapping[str, Any], number: int, presets: Mapping[str, Record]
) -> Conversion:
    parts = (mock.settings.seed, job.id, number)
    return new_conversion(asked, job_id=job.id, number=number, seed_parts=parts, presets=presets)


def _find(job: Job, conversion_id: str) -> Conversion:
    found = next((each for each in job.conversions if each.id == conversion_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no conversion {conversion_id[:64]!r}")
    return found


def _one(mock: Mock, job: Job, conversion_id: str, *, status: int = 200) -> Response:
    document = conversion_document(_find(job, conversion_id), mock.state(job))
    return json_response(document, status=status)
