"""Tidying: cancel the jobs that a run made and did not finish, delete its outputs and presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from pixelpact.contract_tests.client.client import ApiClient, Spending
from pixelpact.contract_tests.client.errors import (
    BudgetSpent,
    ContractTestsError,
    NotConclusive,
    UnusableAnswer,
)
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import MARK
from pixelpact.contract_tests.suite.made import Made, MadeJob
from pixelpact.schema import statuses

_CLEANUP = Spending(for_cleanup=True)
_GONE = (404, 410)
#: What a request may meet that leaves the others to be sent.
_UNANSWERED = (UnusableAnswer, NotConclusive)


def cost_of_tidying(made: Made) -> int:
    """The most requests that tidying takes, as far as is known; a job may need a read as well."""
    jobs = sum(2 if not job.is_over else len(job.outputs) for job in made.jobs.values())
    return jobs + len(made.presets) + (3 if made.unknown else 0)


def tidy(made: Made, clients: Mapping[str, ApiClient], *, run_id: str) -> int:
    """The number of things that are left after tidying what a run made: none, unless the budget ended.

    Never raises for what the server answers.
    """
    with suppress(BudgetSpent):
        if made.unknown > 0:
            _find_unknown_jobs(made, clients, run_id=run_id)
        for preset_id, account in list(made.presets.items()):
            _remove_preset(made, clients[account], preset_id)
        for job in list(made.jobs.values()):
            with suppress(*_UNANSWERED):
                _tidy_job(made, job, clients[job.account])
    return len(made.presets) + sum(not job.is_tidy for job in made.jobs.values())


def _tidy_job(made: Made, job: MadeJob, api: ApiClient) -> None:
    if not job.is_over:
        answer = api.call("cancelJob", path={"job_id": job.id}, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.job_is_over(job.id)
        else:
            _note_end(made, job, api)
    for output in list(job.outputs):
        path = {"job_id": job.id, "output_id": output}
        answer = api.call("removeOutput", path=path, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.output_is_gone(job.id, output)


def _note_end(made: Made, job: MadeJob, api: ApiClient) -> None:
    """Note that a job which can't be canceled has ended, if it has."""
    read = api.call("getJob", path={"job_id": job.id}, spending=_CLEANUP)
    with suppress(ContractTestsError):
        known = statuses().get(read.text("status", "code"))
        if known is not None and known.terminal:
            made.job_is_over(job.id, [str(row["id"]) for row in _rows(read, "output")])


def _remove_preset(made: Made, api: ApiClient, preset_id: str) -> None:
    with suppress(*_UNANSWERED):
        answer = api.call("removePreset", path={"preset_id": preset_id}, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.preset_is_gone(preset_id)


def _find_unknown_jobs(made: Made, clients: Mapping[str, ApiClient], *, run_id: str) -> None:
    """Note the jobs whose creation was never answered: the newest ones with the mark of the run."""
    for account, api in clients.items():
        try:
            listed = api.call("listJobs", spending=_CLEANUP)
        except _UNANSWERED:
            return
        for row in _rows(listed):
            job_id = row.get("id")
            if isinstance(job_id, str) and job_id not in made.jobs and _is_marked(row, run_id):
                made.add_job(job_id, account=account, kept_back=0)
    while made.unknown > 0:
        made.end_job()


def _is_marked(row: Mapping[str, object], run_id: str) -> bool:
    lists = [row.get(name) for name in ("conversion", "input")]
    marks = [
        part["metadata"].get(MARK)
        for parts in lists
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, dict) and isinstance(part.get("metadata"), dict)
    ]
    return run_id in marks


def _rows(answer: Exchange, *path: str) -> Iterator[dict[str, object]]:
    try:
        rows = answer.at(*path)
    except ContractTestsError:
        return
    yield from (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))
