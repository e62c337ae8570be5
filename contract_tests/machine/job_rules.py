"""Steps with whole jobs: create, read, list, start, change, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, multiple, rule

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.machine.base import ACCOUNTS, JOBS, Steps
from pixelpact.contract_tests.model.account import CONFLICT, Account, Asked, success
from pixelpact.contract_tests.model.drafts import (
    PASSWORDS,
    JobDraft,
    flags,
    forgiven,
    job_drafts,
    passwords,
    running_drafts,
)
from pixelpact.contract_tests.model.job import Job, named_status, settled, with_status
from pixelpact.contract_tests.model.listing import earlier_jobs, list_jobs
from pixelpact.contract_tests.model.mismatches import history_faults
from pixelpact.schema import error_answers, headers, statuses
from pixelpact.strategies import Invalid, invalid_options

_ACCOUNTS = st.integers(0, ACCOUNTS - 1)
_REPEAT_KEYS = st.none() | st.sampled_from(("a", "b"))


class JobRules(Steps):
    """Steps with whole jobs."""

    @initialize(target=JOBS, drafts=st.tuples(*[running_drafts()] * ACCOUNTS))
    def begin(self, drafts: tuple[JobDraft, ...]) -> MultipleResults[str]:
        """Note the jobs that the accounts have already, and create one in each."""
        created = []
        for account, draft in zip(self.accounts, drafts, strict=True):
            account.earlier = frozenset(earlier_jobs(account))
            list_jobs(account)
            created.append(self._created(account, account.asked(draft), None))
        return multiple(*(job for job in created if job))

    @rule(target=JOBS, account=_ACCOUNTS, draft=job_drafts(), idempotency_key=_REPEAT_KEYS)
    def create(
        self, account: int, draft: JobDraft, idempotency_key: str | None
    ) -> str | MultipleResults[str]:
        """Create a job; with an idempotency key that was used before, it is the first one, or a conflict."""
        owner = self.accounts[account]
        asked = owner.asked(draft)
        if idempotency_key in owner.repeatable:
            self._repeat(account, idempotency_key, asked)
            return multiple()
        return self._created(owner, asked, idempotency_key) or multiple()

    @rule(account=_ACCOUNTS, idempotency_key=st.sampled_from(("a", "b")))
    def repeat(self, account: int, idempotency_key: str) -> None:
        """Send the same body with the same idempotency key again: it is the first job."""
        known = self.accounts[account].repeatable.get(idempotency_key)
        if known:
            self._repeat(account, idempotency_key, known[0])

    @rule(account=_ACCOUNTS, fault=invalid_options())
    def create_with_a_fault(self, account: int, fault: Invalid) -> None:
        """Send options with one fault: refused, naming the option, and no job is there."""
        owner = self.accounts[account]
        if forgiven(fault, self.profile):
            return
        answer = owner.ask(
            "createJob",
            self.profile.value("invalid-request"),
            json=staged_job(fault.payload),
            rule=f"invalid options: {fault.id}",
        )
        if fault.option is not None:
            owner.names(answer, fault.option)

    @rule(account=_ACCOUNTS, body=st.sampled_from((b"", b"{", b"[1,]", b'{"process": NaN}')))
    def create_without_json(self, account: int, body: bytes) -> None:
        """Send what is no JSON: refused."""
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
        """Read a job until it is over."""
        self.ended(job)

    @rule(account=_ACCOUNTS, page=st.integers(1, 2), status=st.none() | st.sampled_from(tuple(statuses())))
    def list_page(self, account: int, page: int, status: str | None) -> None:
        """List the jobs of an account."""
        list_jobs(self.accounts[account], page=page, status=status)

    @rule(job=JOBS)
    def read_history(self, job: str) -> None:
        """Ask for the statuses that a job has had."""
        chosen, why = self.chosen(job), "statuses are recorded, and never go back"
        answer = chosen.account.ask("listHistory", 200, job=chosen.job, rule=why)
        rows = chosen.account.document(answer, "History", rule=why, rows=True)
        codes = [named_status(row["status"], self.profile) for row in rows]
        codes = codes if self.profile["history-order"] == "oldest-first" else codes[::-1]
        chosen.account.check(answer, history_faults(chosen.job, codes, self.profile), rule=why)
        chosen.account.keep(with_status(replace(chosen.job, history=tuple(codes)), codes[-1]))

    @rule(job=JOBS)
    def start(self, job: str) -> None:
        """Start a job, or say once more that a running one is to run."""
        self.change(job, changes={"process": True}, places=None)

    @rule(job=JOBS, changes=flags(), places=st.none() | st.lists(passwords(), max_size=2))
    def change(self, job: str, changes: dict[str, bool], places: list[int] | None) -> None:
        """Change flags of a job, and its passwords if some are given: possible until it starts."""
        chosen = self.chosen(job)
        restated = changes == {"process": True} and places is None
        ignores_start = restated and self.profile["restart-running"] == "ignore"
        ignores_end = restated and self.profile["restart-ended"] == "ignore"
        needs_input = changes.get("process", False) and self.profile["start-without-input"] == "refuse"
        body: dict[str, Any] = dict(changes)
        if places is not None:
            body["download_passwords"] = [PASSWORDS[place] for place in places]
        if not body:
            return
        answer, known = self.ask_job(
            "updateJob",
            chosen,
            waiting=CONFLICT if needs_input and not chosen.job.inputs else 200,
            running=200 if ignores_start else CONFLICT,
            ended=200 if ignores_end else CONFLICT,
            rule="a job can be changed until it starts",
            json=body,
        )
        if answer.response.status_code == CONFLICT:
            return
        if not known.closed:
            known = chosen.account.keep(_changed(known, body))
        chosen.account.shows(answer, known, rule="a changed job is as asked for")

    @rule(job=JOBS)
    def cancel(self, job: str) -> None:
        """Cancel a job: possible until it is over."""
        chosen, done = self.chosen(job), success("cancelJob")
        question = "cancel-canceled" if chosen.job.canceled else "cancel-ended"
        ended = CONFLICT if self.profile[question] == "refuse" else done
        running = CONFLICT if self.profile["cancel-running"] == "refuse" else done
        answer, known = self.ask_job(
            "cancelJob", chosen, waiting=done, running=running, ended=ended, rule="a job is canceled once"
        )
        if answer.response.status_code == CONFLICT or known.over:
            return
        canceled = replace(known, canceled=True)
        chosen.account.keep(canceled)
        if known.started and ended == done:
            # Where canceling a job that is over does nothing, only a read tells what it did.
            read = chosen.account.ask("getJob", *self.readable, job=known, rule="a job can be read")
            if read.response.status_code == 200 and read.response.json()["status"]["code"] != "canceled":
                chosen.account.shows(
                    read, chosen.account.keep(replace(known, ended=True)), rule="it has ended"
                )

    def _created(self, owner: Account, asked: Asked, idempotency_key: str | None) -> str | None:
        refused = self.profile.value("invalid-request")
        answer = owner.ask(
            "createJob",
            refused if asked.refused else success("createJob"),
            json=asked.body,
            headers=self._named(idempotency_key),
            rule="a valid job is created, as far as the profile takes it",
        )
        if asked.refused:
            owner.names(answer, *asked.refused)
            return None
        job = owner.created(answer, asked)
        if idempotency_key is not None:
            owner.repeatable[idempotency_key] = (asked, job.id)
        return job.id

    def _repeat(self, account: int, idempotency_key: str, asked: Asked) -> None:
        owner = self.accounts[account]
        if self.profile["idempotency-key"] == "ignored":
            self._created(owner, asked, idempotency_key)
            return
        before, first = owner.repeatable[idempotency_key]
        refused = before.body != asked.body and self.profile["idempotency-conflict"] == "refuse"
        why = "a repeated idempotency key makes no second job"
        answer = owner.ask(
            "createJob",
            CONFLICT if refused else success("createJob"),
            json=asked.body,
            headers=self._named(idempotency_key),
            rule=why,
        )
        if not refused:
            owner.shows(answer, owner.jobs[first], rule=why)

    def _named(self, idempotency_key: str | None) -> dict[str, str]:
        name = headers().idempotency_key
        return {} if idempotency_key is None else {name: f"{self.run_name}-{idempotency_key}"}


def _changed(job: Job, body: Mapping[str, Any]) -> Job:
    switches = {name: value for name, value in body.items() if name in job.flags}
    passwords_now = tuple(body.get("download_passwords", job.passwords))
    return settled(replace(job, flags={**job.flags, **switches}, passwords=passwords_now))
