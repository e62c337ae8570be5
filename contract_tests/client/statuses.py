"""Statuses of jobs and of answers, from `openapi.json`."""

from __future__ import annotations

from pixelpact.schema import error_answers, operations, statuses

CONFLICT = error_answers()["Conflict"].status
NOT_FOUND = error_answers()["NotFound"].status
#: Progress of a job by status; a job never goes back.
RANK = {code: rank for rank, code in enumerate(statuses())}


def success_status(operation: str) -> int:
    """The status with which an operation succeeds.

    >>> success_status("createJob")
    201
    """
    return operations()[operation].success_status
