"""The base of the machine: its accounts, their jobs, and helper methods of its rules."""

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
from pixelpact.contract_tests.client.statuses import NOT_FOUND
from pixelpact.contract_tests.model.account import Account
from pixelpact.contract_tests.model.job import Job
from pixelpact.contract_tests.model.listing import list_jobs
from pixelpact.schema import Profile

_Part = TypeVar("_Part")

ACCOUNTS = 2
#: The ids of all jobs.
JOBS: Bundle[str] = Bundle("jobs")
#: The ids of jobs that were created to wait for their start; they are in `JOBS` as well.
STAGED: Bundle[str] = Bundle("staged")
#: The ids of jobs that were created to run at once; they are in `JOBS` as well.
LAUNCHED: Bundle[str] = Bundle("launched")


@dataclass(frozen=True, slots=True)
class OwnedJob:
    """A job and the account that owns it."""

    account: Account
    job: Job


class Steps(RuleBasedStateMachine):
    """A machine without rules; `JobMachine` describes its attributes."""

    base_url: ClassVar[str]
    profile: ClassVar[Profile] = Profile()
    reads: ClassVar[int] = 3
    pause_s: ClassVar[float] = 0.0
    _numbers: ClassVar[Iterator[int]] = count()

    def __init_subclass__(cls) -> None:
        """Number the accounts of each machine from 0."""
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
        #: Servers remember idempotency keys for a day, so each run has its own.
        self.run_name = secrets.token_hex(8)

    @classmethod
    def api_key(cls, number: int) -> str:
        """The API key of account `number`; each number is used once."""
        return f"pixelpact-machine-{number}"

    def teardown(self) -> None:
        """List the jobs of each account a last time, unless a step has failed."""
        try:
            for account in self.accounts if sys.exc_info()[0] is None else ():
                list_jobs(account)
        finally:
            for account in self.accounts:
                account.api.close()

    def find(self, job_id: str) -> OwnedJob:
        """The job with an id, and its account."""
        account = next(account for account in self.accounts if job_id in account.jobs)
        return OwnedJob(account, account.jobs[job_id])

    @property
    def readable(self) -> tuple[int, ...]:
        """The statuses that answer a read of a job that may be canceled."""
        return (200,) if self.profile["read-canceled"] == "200" else (200, NOT_FOUND)

    def ask_job(
        self,
        operation: str,
        owned: OwnedJob,
        *,
        waiting: int,
        running: int,
        ended: int,
        rule: str,
        **request: Any,
    ) -> tuple[Exchange, Job]:
        """The answer to an operation whose status depends on the job's, and the job after it.

        A running job may have ended since it was last read: the status of the answer shows whether it has.
        """
        account, job = owned.account, owned.job
        if job.over:
            return account.ask(operation, ended, job=job, rule=rule, **request), job
        if not job.started:
            return account.ask(operation, waiting, job=job, rule=rule, **request), job
        answer = account.ask(operation, running, ended, job=job, rule=rule, **request)
        if running != ended and answer.response.status_code == ended:
            job = account.remember(replace(job, ended=True))
        return answer, job

    def ended(self, job_id: str) -> Job:
        """The job after at most `reads` reads, fewer if it ends before; it may still be running."""
        job = self.read(job_id)
        for _ in range(self.reads - 1):
            if job.over or not job.started:
                break
            time.sleep(self.pause_s)  # the server under test has its own clock
            job = self.read(job_id)
        return job

    def read(self, job_id: str) -> Job:
        """The job after one more read."""
        owned, why = self.find(job_id), "a job is as the model has it"
        if owned.job.canceled and self.profile["read-canceled"] == "404":
            owned.account.ask("getJob", NOT_FOUND, job=owned.job, rule=why)
            return owned.job
        answer = owned.account.ask("getJob", 200, job=owned.job, rule=why)
        return owned.account.expect_job(answer, owned.job, rule=why)


def pick(parts: Sequence[_Part], number: int) -> _Part | None:
    """The part with a number, which wraps around; `None` without parts."""
    return parts[number % len(parts)] if parts else None
