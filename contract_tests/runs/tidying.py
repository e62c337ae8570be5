"""Tidying: cancel the jobs that a run made and did not finish, delete its outputs and presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

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


@dataclass(slots=True)
class Things:
    """Numbers of things at an API: jobs that may still run, outputs and presets.

    >>> str(Things(jobs=2, presets=1)), str(Things())
    ('2 jobs and 1 preset', 'nothing')
    """

    jobs: int = 0
    outputs: int = 0
    presets: int = 0

    def __bool__(self) -> bool:
        return bool(self.jobs or self.outputs or self.presets)

    def __str__(self) -> str:
        numbers = {"job": self.jobs, "output": self.outputs, "preset": self.presets}
        parts = [f"{number} {name}{'s' * (number != 1)}" for name, number in numbers.items() if number]
        return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "nothing"

    def add(self, more: Things) -> None:
        """Add the numbers of others."""
        self.jobs += more.jobs
        self.outputs += more.outputs
        self.presets += more.presets


def untidy(made: Made) -> Things:
    """What is left of what a run made; jobs whose creation was never answered count, as they may be there."""
    return Things(
        jobs=made.unknown + sum(not job.is_over for job in made.jobs.values()),
        outputs=sum(len(job.outputs) for job in made.jobs.values()),
        presets=len(made.presets),
    )


def cost_of_tidying(made: Made) -> int:
    """The most requests that tidying takes, as far as is known; a job may need a read as well."""
    jobs = sum(2 if not job.is_over else len(job.outputs) for job in made.jobs.values())
    return jobs + len(made.presets) + (3 if made.unknown else 0)


def tidy(made: Made, clients: Mapping[str, ApiClient], *, run_id: str) -> Things:
    """Tidy what a run made, as far as the budget goes: what was tidied, which `untidy` no longer counts.

    Never raises for what the server answers.
    """
    done = Things()
    with suppress(BudgetSpent):
        if made.unknown:
            _find_unknown_jobs(made, clients, run_id=run_id)
        for preset_id, account in list(made.presets.items()):
            _remove_preset(made, clients[account], preset_id, done)
        for job in list(made.jobs.values()):
            if not job.is_tidy:
                with suppress(*_UNANSWERED):
                    _tidy_job(made, job, clients[job.account], done)
    return done


def _tidy_job(made: Made, job: MadeJob, api: ApiClient, done: Things) -> None:
    if not job.is_over:
        answer = api.call("cancelJob", path={"job_id": job.id}, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.job_is_over(job.id)
        else:
            _note_end(made, job, api)
        done.jobs += job.is_over
    for output in list(job.outputs):
        path = {"job_id": job.id, "output_id": output}
        answer = api.call("removeOutput", path=path, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.output_is_gone(job.id, output)
            done.outputs += 1


def _note_end(made: Made, job: MadeJob, api: ApiClient) -> None:
    """Note that a job which can't be canceled has ended, if it has."""
    read = api.call("getJob", path={"job_id": job.id}, spending=_CLEANUP)
    with suppress(ContractTestsError):
        known = statuses().get(read.text("status", "code"))
        if known is not None and known.terminal:
            made.job_is_over(job.id, [str(row["id"]) for row in _rows(read, "output")])


def _remove_preset(made: Made, api: ApiClient, preset_id: str, done: Things) -> None:
    with suppress(*_UNANSWERED):
        answer = api.call("removePreset", path={"preset_id": preset_id}, spending=_CLEANUP)
        if answer.response.is_success or answer.response.status_code in _GONE:
            made.preset_is_gone(preset_id)
            done.presets += 1


def _find_unknown_jobs(made: Made, clients: Mapping[str, ApiClient], *, run_id: str) -> None:
    """Note the jobs whose creation was never answered: the newest ones with the mark of the run."""
    for account, api in clients.items():
        try:
            listed = api.call("listJobs", spending=_CLEANUP)
        except _UNANSWERED:
            return
        if not listed.response.is_success:
            return
        for row in _rows(listed):
            job_id = row.get("id")
            if isinstance(job_id, str) and job_id not in made.jobs and _is_marked(row, run_id):
                made.add_job(job_id, account=account, kept_back=0)
    while made.unknown:
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
