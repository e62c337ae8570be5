"""The changes of mutants that show the outputs of jobs wrongly, limited to some kinds of jobs.

Most checks look at outputs of a job with one conversion. Mutants of outputs are wrong only for jobs with
several conversions, so that no check of anything else notices them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import job_id
from pixelpact.mockserver.mutants.traffic import Traffic

#: A job or an output as a response shows it.
Document: TypeAlias = dict[str, Any]
#: Changes rows in place: those of the outputs that a response shows.
RowsChange: TypeAlias = Callable[[list[Document]], None]
#: Whether a job, as it is created, is one that the mutant is wrong for.
JobFilter: TypeAlias = Callable[[Document], bool]

#: The operations that show outputs.
SHOWING = ("getJob", "listOutputs", "getOutput", "updateOutput", "updateOutputs")
#: How many conversions and inputs make an album.
_CONVERSIONS, _INPUTS = 3, 2


def is_album(job: Document) -> bool:
    """Whether a job has three conversions of two inputs, as the one whose outputs are looked at."""
    return len(job["conversion"]) == _CONVERSIONS and len(job["input"]) == _INPUTS


def of_jobs(which: JobFilter, change: Change) -> Callable[[], tuple[None, Change]]:
    """The changes of a mutant that is wrong for some jobs: those that `which` chooses at their creation."""

    def changes() -> tuple[None, Change]:
        chosen: set[str] = set()

        def response(answered: Traffic) -> None:
            if answered.operation == "createJob":
                job = answered.json
                if isinstance(job, dict) and "id" in job and which(job):
                    chosen.add(job["id"])
            elif job_id(answered) in chosen:
                change(answered)

        return None, response

    return changes


def rows_of(answered: Traffic, change: RowsChange) -> None:
    """Change the outputs that a response shows."""
    document = answered.json
    if answered.operation == "getJob" and isinstance(document, dict):
        change(document["output"])
    elif isinstance(document, list):
        change(document)
    elif isinstance(document, dict):
        change([document])
    answered.json = document


def shown_wrongly(
    check: str,
    what: str,
    word: str,
    change: RowsChange,
    *,
    operations: Collection[str] = SHOWING,
    which: JobFilter = is_album,
    **known: Any,
) -> None:
    """Register a mutant that shows outputs of an album wrongly, in the answers of some operations."""

    def response(answered: Traffic) -> None:
        if answered.operation in operations and answered.status == 200 and answered.body:
            rows_of(answered, change)

    mutant(
        check,
        what,
        operations=("createJob", *operations),
        word=word,
        changes=of_jobs(which, response),
        **known,
    )
