"""Rules about whole jobs: create, read, list, start, change, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, multiple, rule

from pixelpact.contract_tests.client.client import STAGED_OPTIONS, staged_job
from pixelpact.contract_tests.client.statuses import CONFLICT, success_status
from pixelpact.contract_tests.machine.base import ACCOUNTS, JOBS, LAUNCHED, STAGED, Steps
from pixelpact.contract_tests.model.account import Account, JobRequest
from pixelpact.contract_tests.model.drafts import (
    PASSWORDS,
    JobDraft,
    flags,
    is_tolerated,
    job_drafts,
    key_of,
    passwords,
    running_drafts,
    staged_drafts,
)
from pixelpact.contract_tests.model.job import Job, named_status, started_if_complete, with_status
from pixelpact.contract_tests.model.listing import earlier_jobs, list_jobs
from pixelpact.contract_tests.model.mismatches import history_mismatches
from pixelpact.schema import error_answers, headers, statuses
from pixelpact.strategies import Invalid, invalid_options

_ACCOUNTS = st.integers(0, ACCOUNTS - 1)


class JobRules(Steps):
    """Rules about whole jobs."""

    @initialize(targets=(JOBS, LAUNCHED), drafts=st.tuples(*[running_drafts()] * ACCOUNTS))
    def begin(self, drafts: tuple[JobDraft, ...]) -> MultipleResults[str]:
        """Create a job that runs at once in each account."""
        return self._begun(drafts)

    @initialize(targets=(JOBS, STAGED), drafts=st.tuples(*[staged_drafts()] * ACCOUNTS))
    def begin_staged(self, drafts: tuple[JobDraft, ...]) -> MultipleResults[str]:
        """Create a job that waits for its start in each account."""
        return self._begun(drafts)

    @rule(target=JOBS, account=_ACCOUNTS, draft=job_drafts(), idempotent=st.booleans())
    def create(self, account: int, draft: JobDraft, idempotent: bool) -> str | MultipleResults[str]:
        """Create a job; with the idempotency key of an earlier one, expect that one again, or a conflict."""
        owner = self.accounts[account]
        job_request = owner.job_request(draft)
        if idempotent and owner.repeatable and self.profile["idempotency-key"] != "ignored":
            self._repeat(owner, job_request, *owner.repeatable)
            return multiple()
        return self._create(owner, job_request, idempotent=idempotent) or multiple()

    @rule(targets=(JOBS, STAGED), account=_ACCOUNTS, draft=staged_drafts())
    def stage(self, account: int, draft: JobDraft) -> str | MultipleResults[str]:
        """Create a job that waits for its start."""
        owner = self.accounts[account]
        return self._create(owner, owner.job_request(draft)) or multiple()

    @rule(targets=(JOBS, LAUNCHED), account=_ACCOUNTS, draft=running_drafts())
    def launch(self, account: int, draft: JobDraft) -> str | MultipleResults[str]:
        """Create a job that runs at once."""
        owner = self.accounts[account]
        return self._create(owner, owner.job_request(draft)) or multiple()

    @rule(account=_ACCOUNTS)
    def repeat(self, account: int) -> None:
        """Send the same body with the same idempotency key again: expect the first job."""
        owner = self.accounts[account]
        if owner.repeatable and self.profile["idempotency-key"] != "ignored":
            self._repeat(owner, owner.repeatable[0], *owner.repeatable)

    @rule(account=_ACCOUNTS, fault=invalid_options())
    def create_with_a_fault(self, account: int, fault: Invalid) -> None:
        """Send options with one fault: expect a refusal that names the option, and no job."""
        owner = self.accounts[account]
        if is_tolerated(fault, self.profile):
            return
        answer = owner.ask(
            "createJob",
            self.profile.value("invalid-request"),
            json=staged_job(fault.payload),
            rule=f"invalid options: {fault.id}",
        )
        owner.expect_named(answer, key_of(fault, options=STAGED_OPTIONS))

    @rule(account=_ACCOUNTS, body=st.sampled_from((b"", b"{", b"[1,]", b'{"process": NaN}')))
    def create_without_json(self, account: int, body: bytes) -> None:
        """Send a body that is not JSON: expect a refusal."""
        empty = error_answers()["EmptyBody"].status if self.profile["empty-body"] == "refuse" else 204
        expected = self.profile.value("invalid-request") if body else empty
        content_type = {"Content-Type": "application/json"}
        self.accounts[account].ask(
            "createJob", expected, content=body, headers=content_type, rule="a body must be JSON"
        )

    @rule(job=JOBS)
    def read_job(self, job: str) -> None:
        """Read a job."""
        self.read(job)

    @rule(job=JOBS)
    def wait(self, job: str) -> None:
        """Read a job until it has ended."""
        self.ended(job)

    @rule(account=_ACCOUNTS, page=st.integers(1, 2), status=st.none() | st.sampled_from(tuple(statuses())))
    def list_page(self, account: int, page: int, status: str | None) -> None:
        """List the jobs of an account."""
        list_jobs(self.accounts[account], page=page, status=status)

    @rule(job=JOBS)
    def read_history(self, job: str) -> None:
        """Read the statuses that a job has had."""
        owned, why = self.find(job), "statuses are recorded, and never go back"
        answer = owned.account.ask("listHistory", 200, job=owned.job, rule=why)
        rows = owned.account.document(answer, "History", rule=why, rows=True)
        codes = [named_status(row["status"], self.profile) for row in rows]
        codes = codes if self.profile["history-order"] == "oldest-first" else codes[::-1]
        owned.account.check(answer, history_mismatches(owned.job, codes, self.profile), rule=why)
        owned.account.remember(with_status(replace(owned.job, history=tuple(codes)), codes[-1]))

    @rule(job=JOBS)
    def start(self, job: str) -> None:
        """Start a job, or set the flag `process` of a running one again."""
        self.change(job, changes={"process": True}, places=None)

    @rule(job=JOBS, changes=flags(), places=st.none() | st.lists(passwords(), max_size=2))
    def change(self, job: str, changes: dict[str, bool], places: list[int] | None) -> None:
        """Change flags of a job, and its passwords if some are given: possible until it starts."""
        owned = self.find(job)
        is_start = changes == {"process": True} and places is None
        ignores_start = is_start and self.profile["restart-running"] == "ignore"
        ignores_end = is_start and self.profile["restart-ended"] == "ignore"
        needs_input = changes.get("process", False) and self.profile["start-without-input"] == "refuse"
        body: dict[str, Any] = dict(changes)
        if places is not None:
            body["download_passwords"] = [PASSWORDS[place] for place in places]
        if not body:
            return
        answer, known = self.ask_job(
            "updateJob",
            owned,
            waiting=CONFLICT if needs_input and not owned.job.inputs else 200,
            running=200 if ignores_start else CONFLICT,
            ended=200 if ignores_end else CONFLICT,
            rule="a job can be changed until it starts",
            json=body,
        )
        if answer.response.status_code == CONFLICT:
            return
        if not known.closed:
            known = owned.account.remember(_changed(known, body))
        owned.account.expect_job(answer, known, rule="a changed job is as requested")

    @rule(job=JOBS)
    def cancel(self, job: str) -> None:
        """Cancel a job: possible until it has ended."""
        owned, done = self.find(job), success_status("cancelJob")
        question = "cancel-canceled" if owned.job.canceled else "cancel-ended"
        ended = CONFLICT if self.profile[question] == "refuse" else done
        running = CONFLICT if self.profile["cancel-running"] == "refuse" else done
        answer, known = self.ask_job(
            "cancelJob", owned, waiting=done, running=running, ended=ended, rule="a job is canceled once"
        )
        if answer.response.status_code == CONFLICT or known.over:
            return
        owned.account.remember(replace(known, canceled=True))
        if known.started and ended == done:
            # Where canceling a job that has ended changes nothing, only a read shows which of both it was.
            read = owned.account.ask("getJob", *self.readable, job=known, rule="a job can be read")
            if read.response.status_code != 200:
                return
            document = owned.account.document(read, "Job", rule="a job can be read")
            if document["status"]["code"] != "canceled":
                job_ended = owned.account.remember(replace(known, ended=True))
                owned.account.expect_job(read, job_ended, rule="it has ended")

    def _note_earlier_jobs(self) -> None:
        """Note the jobs that the accounts have before the first one of this run is created."""
        for account in self.accounts:
            if not account.jobs and not account.earlier:
                account.earlier = frozenset(earlier_jobs(account))
                list_jobs(account)

    def _begun(self, drafts: tuple[JobDraft, ...]) -> MultipleResults[str]:
        self._note_earlier_jobs()
        created = [
            self._create(account, account.job_request(draft))
            for account, draft in zip(self.accounts, drafts, strict=True)
        ]
        return multiple(*(job for job in created if job))

    def _create(self, owner: Account, job_request: JobRequest, *, idempotent: bool = False) -> str | None:
        """The id of a new job; `None` if the profile refuses it."""
        refused = self.profile.value("invalid-request")
        answer = owner.ask(
            "createJob",
            refused if job_request.refused else success_status("createJob"),
            json=job_request.body,
            headers=self._idempotency_header() if idempotent else {},
            rule="a valid job is created, as far as the profile takes it",
        )
        if job_request.refused:
            owner.expect_named(answer, *job_request.refused)
            return None
        job = owner.observe_new_job(answer, job_request)
        if idempotent:
            owner.repeatable = (job_request, job.id)
        return job.id

    def _repeat(
        self, owner: Account, job_request: JobRequest, first_request: JobRequest, first_job: str
    ) -> None:
        refused = first_request.body != job_request.body and self.profile["idempotency-conflict"] == "refuse"
        why = "a repeated idempotency key makes no second job"
        answer = owner.ask(
            "createJob",
            CONFLICT if refused else success_status("createJob"),
            json=job_request.body,
            headers=self._idempotency_header(),
            rule=why,
        )
        if not refused:
            owner.expect_job(answer, owner.jobs[first_job], rule=why)

    def _idempotency_header(self) -> dict[str, str]:
        return {headers().idempotency_key: self.run_name}


def _changed(job: Job, body: Mapping[str, Any]) -> Job:
    switches = {name: value for name, value in body.items() if name in job.flags}
    passwords_now = tuple(body.get("download_passwords", job.passwords))
    return started_if_complete(replace(job, flags={**job.flags, **switches}, passwords=passwords_now))
