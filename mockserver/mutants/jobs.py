"""Mutants in the creation of jobs."""

from __future__ import annotations

from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.traffic import Traffic


def _created_with_200(response: Traffic) -> None:
    if response.status == 201:
        response.status = 200


mutant(
    "jobs/created-status",
    "answers a created job with 200 instead of 201",
    operations=("createJob",),
    word="201",
    response=_created_with_200,
)
