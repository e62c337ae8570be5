"""The conversions of a job: list, add, read, change, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from pixelpact.mockserver.accounts.presets import presets_by_id
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.handlers.validation import conversion_faults
from pixelpact.mockserver.jobs.building import new_conversion
from pixelpact.mockserver.jobs.changes import with_conversions, with_fields, with_next_status
from pixelpact.mockserver.jobs.documents import conversion_document
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.records import Conversion, Job
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.stores.base import Record
from pixelpact.mockserver.web.bodies import checked, invalid
from pixelpact.mockserver.web.responses import json_response, listing
from pixelpact.schema import Violation, as_object, success_status


async def list_job_conversions(call: Call) -> Response:
    """All conversions of the job."""
    state = call.state_of(await call.job())
    rows = [conversion_document(conversion, state) for conversion in state.job.conversions]
    return listing(rows, call.request, profile=call.profile)


async def add_conversion(call: Call) -> Response:
    """The new conversion."""
    job = await call.job()
    body = await call.body("ConversionRequest")
    presets = await _checked_presets(call, job, body)

    def change(kept: Job, now: float) -> Job:
        number = kept.parts_added
        added = new_conversion(
            body,
            conversion_id=part_id(kept.id, number),
            seed_parts=(call.settings.seed, kept.id, number),
            presets=presets,
        )
        return with_conversions(kept, (added,), at=now)

    changed = await call.change_parts(job, change)
    return _conversion_response(
        call, changed, changed.conversions[-1].id, status=success_status("addConversion")
    )


async def get_conversion(call: Call) -> Response:
    """One conversion."""
    return _conversion_response(call, await call.job(), call.request.path_params["conversion_id"])


async def update_conversion(call: Call) -> Response:
    """The conversion with other options or metadata, in place of what it had."""
    job, conversion_id = await call.job(), call.request.path_params["conversion_id"]
    old = _find_conversion(job, conversion_id)
    update = await call.body("ConversionUpdate")
    body = {
        "target": old.target,
        "category": old.category,
        "options": as_object(update["options"]) if "options" in update else dict(old.options),
        "metadata": as_object(update["metadata"]) if "metadata" in update else dict(old.metadata),
        "output_target": list(old.output_targets),
    }
    checked(body, "ConversionRequest", profile=call.profile)
    presets = await _checked_presets(call, job, body)

    def change(kept: Job, now: float) -> Job:
        current = _find_conversion(kept, conversion_id)
        changed = new_conversion(
            body, conversion_id=current.id, seed_parts=current.seed_parts, presets=presets
        )
        conversions = tuple(changed if known.id == current.id else known for known in kept.conversions)
        return with_fields(kept, conversions=conversions, modified_at=now)

    return _conversion_response(call, await call.change_parts(job, change), conversion_id)


async def remove_conversion(call: Call) -> Response:
    """Nothing; the conversion is gone, and the job may be incomplete again."""
    job, conversion_id = await call.job(), call.request.path_params["conversion_id"]

    def change(kept: Job, now: float) -> Job:
        gone = _find_conversion(kept, conversion_id)
        rest = tuple(known for known in kept.conversions if known.id != gone.id)
        return with_next_status(with_fields(kept, conversions=rest), at=now)

    await call.change_parts(job, change)
    return Response(status_code=success_status("removeConversion"))


async def _checked_presets(call: Call, job: Job, body: Mapping[str, Any]) -> Mapping[str, Record]:
    """The presets that a conversion names.

    Raises:
        ApiError: Invalid, if the catalogue does not have the conversion's target or options.
    """
    rows: Sequence[Mapping[str, Any]] = [body]
    presets = await presets_by_id(rows, account=job.account, store=call.store)
    faults = conversion_faults(rows, presets=presets, profile=call.profile, path=())
    if faults:
        # The body is one conversion, not a list: a place in a list would say nothing.
        raise invalid(
            [Violation(fault.path[1:], fault.keyword, fault.message) for fault in faults],
            profile=call.profile,
        )
    return presets


def _find_conversion(job: Job, conversion_id: str) -> Conversion:
    found = next((known for known in job.conversions if known.id == conversion_id), None)
    if found is None:
        raise ApiError("NotFound", message=f"The job has no conversion {conversion_id[:64]!r}")
    return found


def _conversion_response(call: Call, job: Job, conversion_id: str, *, status: int = 200) -> Response:
    document = conversion_document(_find_conversion(job, conversion_id), call.state_of(job))
    return json_response(document, status=status)
