"""What all rules of the machine share: its accounts, their jobs, and how an answer is judged."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import Bundle, RuleBasedStateMachine

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.model.account import NOT_FOUND, Account
from pixelpact.contract_tests.model.job import Job
from pixelpact.contract_tests.model.listing import list_jobs
from pixelpact.schema import Profile

_Part = TypeVar("_Part")

ACCOUNTS = 2
#: The ids of jobs.
JOBS: Bundle[str] = Bundle("jobs")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A job and the account that it belongs to."""

    account: Account
    job: Job


class Steps(RuleBasedStateMachine):
    """A machine without rules: see `JobMachine` for what its attributes mean."""

    base_url: ClassVar[str]
    profile: ClassVar[Profile] = Profile()
    reads: ClassVar[int] = 3
    pause_s: ClassVar[float] = 0.0
    _numbers: ClassVar[Iterator[int]] = count()

    def __init_subclass__(cls) -> None:
        """Count the accounts of each machine from 0."""
        super().__init_subclass__()
        cls._numbers = count()

    def __init__(self) -> None:
        super().__init__()
        self.accounts = tuple(
            Account(self.base_url, self.api_key(next(self._numbers)), profile=self.profile)
            for _ in range(ACCOUNTS)
        )
        for account in self.accounts:
            account.neighbours = tuple(other for other in self.accounts if other is not account)
        #: Idempotency keys are remembered for a day: each run has its own.
        self.run_name = secrets.token_hex(8)

    @classmethod
    def api_key(cls, number: int) -> str:
        """The API key of account `number`; no number comes twice."""
        return f"pixelpact-machine-{number}"

    def teardown(self) -> None:
        """List the jobs of each account a last time, unless a step has failed."""
        try:
            for account in self.accounts if sys.exc_info()[0] is None else ():
                list_jobs(account)
        finally:
            for account in self.accounts:
                account.api.close()

    def chosen(self, job_id: str) -> Chosen:
        """The job with an id."""
        account = next(account for account in self.accounts if job_id in account.jobs)
        return Chosen(account, account.jobs[job_id])

    @property
    def readable(self) -> tuple[int, ...]:
        """The statuses with which a job is read that may be canceled."""
        return (200,) if self.profile["read-canceled"] == "200" else (200, NOT_FOUND)

    def ask_job(
        self,
        operation: str,
        chosen: Chosen,
        *,
        waiting: int,
        running: int,
        ended: int,
        rule: str,
        **request: Any,
    ) -> tuple[Exchange, Job]:
        """The answer to an operation whose status depends on how far the job is, and the job after it.

        A job on its way may have ended since it was seen last: then both answers will do, and one tells.
        """
        account, job = chosen.account, chosen.job
        if job.over:
            return account.ask(operation, ended, job=job, rule=rule, **request), job
        if not job.started:
            return account.ask(operation, waiting, job=job, rule=rule, **request), job
        answer = account.ask(operation, running, ended, job=job, rule=rule, **request)
        if running != ended and answer.response.status_code == ended:
            job = account.keep(replace(job, ended=True))
        return answer, job

    def ended(self, job_id: str) -> Job:
        """The job after reads until it is over, at most `reads` of them; it may still be on its way."""
        known = self.read(job_id)
        for _ in range(self.reads - 1):
            if known.over or not known.started:
                break
            time.sleep(self.pause_s)  # the server under test has a clock of its own
            known = self.read(job_id)
        return known

    def read(self, job_id: str) -> Job:
        """The job after one more read."""
        chosen, rule = self.chosen(job_id), "a job is as the model has it"
        if chosen.job.canceled and self.profile["read-canceled"] == "404":
            chosen.account.ask("getJob", NOT_FOUND, job=chosen.job, rule=rule)
            return chosen.job
        answer = chosen.account.ask("getJob", 200, job=chosen.job, rule=rule)
        return chosen.account.shows(answer, chosen.job, rule=rule)


def pick(parts: Sequence[_Part], number: int) -> _Part | None:
    """A part by its number, counted round; `None` where there are none."""
    return parts[number % len(parts)] if parts else None
