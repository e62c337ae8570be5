"""The context that checks and probes ask an API in: clients, what is known of the server, shared steps."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pixelpact.contract_tests.client.client import ApiClient, Spending
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import (
    BudgetSpent,
    ContractBroken,
    ContractTestsError,
    NotConclusive,
    UnknownAnswer,
)
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.listener import Listener
from pixelpact.contract_tests.suite.made import Made
from pixelpact.schema import TEXT_TO_IMAGE, Profile, find_conversion, ledger, statuses

if TYPE_CHECKING:
    from pixelpact.contract_tests.suite.items import Step

T = TypeVar("T")

#: The names of the two accounts.
FIRST, SECOND = "first", "second"
#: Pauses between reads of a job that runs, in seconds; a job that has not ended then never ends.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, *repeat(15.0, 20))
#: How many of them are waited for a job that has not begun, and for each job after one that has not ended.
_IF_NOT_BEGUN, _AFTER_AN_ENDLESS_JOB = 6, 3
#: The statuses of jobs that nothing works on.
_WAITING = ("incomplete", "ready")
#: The metadata by which a run finds jobs whose creation was never answered.
MARK = "pixelpact_run"
#: The operations that answer with a job.
_SHOW_JOBS = ("createJob", "getJob", "updateJob")
#: What is cheap to draw.
SMALL: Mapping[str, Any] = {"width": 64, "height": 64, "num_inference_steps": 1}


class Clock(Protocol):
    """A clock that moves: that of a mock server's control API."""

    def advance(self, seconds: float) -> None:
        """Move the clock of the first account forward."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that was taken: its result, and the last answer that it saw."""

    succeeded: bool = False
    result: Any = None
    last: Exchange | None = None


@dataclass
class Context:
    """What checks and probes of one run share.

    `clients` are those of the accounts by name, the second one only if there is a key for it. `given` is the
    profile that the run was given, `observed` holds the answers that probes have seen. `sleep` waits.
    """

    clients: Mapping[str, ApiClient]
    given: Profile
    made: Made
    run_id: str
    listener: Listener | None = None
    clock: Clock | None = None
    secret: str = ""
    sleep: Callable[[float], None] = time.sleep
    observed: dict[str, str] = field(default_factory=dict)
    #: The last answer: the evidence of what a probe has just seen.
    last: Exchange | None = None
    #: The last answer that showed each job, by its id, as long as nothing was done to the job since.
    shown: dict[str, Exchange] = field(default_factory=dict)
    _taken: dict[str, _Taken] = field(default_factory=dict)
    _created_at: dict[str, float] = field(default_factory=dict)
    _longest_run_s: float = 0.0
    _has_endless_job: bool = False

    @property
    def profile(self) -> Profile:
        """The answers to the ledger's questions: those observed, otherwise those of the given profile."""
        return Profile({**self.given.answers, **self.observed})

    @property
    def api(self) -> ApiClient:
        """The client of the first account."""
        return self.clients[FIRST]

    def take(self, step: Step[T]) -> T:
        """The result of a step, which is taken once in a run.

        Raises:
            ContractTestsError: as the step does, the first time.
            NotConclusive: it has failed before.
        """
        if step.id not in self._taken:
            self._taken[step.id] = _Taken()
            try:
                self._taken[step.id] = _Taken(True, step.action(self), self.last)
            except BudgetSpent:
                del self._taken[step.id]
                raise
            except ContractBroken as broken:
                raise ContractBroken(replace(broken.finding, rule=step.rule)) from None
        taken = self._taken[step.id]
        if not taken.succeeded:
            raise NotConclusive(f"builds on a step that failed: {step.rule}")
        self.last = taken.last
        result: T = taken.result
        return result

    def call(
        self,
        operation: str,
        *,
        account: str = FIRST,
        paid_jobs: int = 0,
        leaves: int = 0,
        retried: bool = True,
        **request: Any,
    ) -> Exchange:
        """The answer to an operation; what it makes or ends is noted.

        `leaves` is the number of requests that tidying what it makes will need: one for a job to cancel or
        for each output of a job that runs, one for a preset.

        Raises:
            UnusableAnswer, BudgetSpent: see `ApiClient.call`.
        """
        path = request.get("path") or {}
        tidies = self._tidies(operation, path)
        spending = Spending(paid_jobs, leaves, for_cleanup=tidies, retried=retried)
        if operation == "createJob":
            self.made.begin_job()
        try:
            answer = self.last = self.clients[account].call(operation, spending=spending, **request)
        except BudgetSpent:
            if operation == "createJob":
                self.made.end_job()  # it was not sent
            raise
        self._note(answer, path, account=account, leaves=leaves)
        self._note_shown(answer, path)
        budget = self.clients[account].budget
        if paid_jobs and answer.response.is_client_error and budget is not None:
            budget.release(0, paid_jobs=paid_jobs)
        if operation == "createJob":
            self.made.end_job()
        return answer

    def download(self, uri: str, *, operation: str = "downloadOutput", **request: Any) -> Exchange:
        """The answer to a GET of an output's `uri`, or with `headOutput` to a HEAD; no key is sent."""
        answer = self.last = self.api.download(uri, operation=operation, **request)
        for job_id in [known for known in self.shown if known in uri]:
            del self.shown[job_id]  # its counters move
        return answer

    def stage(
        self, options: Mapping[str, Any] | None = None, *, account: str = FIRST, **job: Any
    ) -> Exchange:
        """The answer to `createJob` for a job that can't start: staged, and without an input."""
        return self.call("createJob", account=account, leaves=1, json=self.staged_body(options, **job))

    def staged_body(self, options: object = None, **job: Any) -> dict[str, Any]:
        """The body of a job that can't start: staged, and without an input; `options` may be invalid."""
        conversion = self.conversion({} if options is None else options)
        return {"process": False, "conversion": [conversion], **job}

    def conversion(self, options: object, **fields: Any) -> dict[str, Any]:
        """A text-to-image conversion, with the mark of this run in its metadata."""
        entry = find_conversion(TEXT_TO_IMAGE)
        category = {"category": entry.category} if entry else {}
        return {
            "target": TEXT_TO_IMAGE,
            **category,
            "options": options,
            "metadata": {MARK: self.run_id},
            **fields,
        }

    def prompt(self, text: str, **fields: Any) -> dict[str, Any]:
        """An input that holds a text, as a prompt."""
        field_name = self.profile.value("base64-field") or self.profile["base64-field"]
        content = base64.b64encode(text.encode()).decode()
        return {"type": "base64", field_name: content, "filename": "prompt.txt", **fields}

    def launch(
        self,
        *prompts: str,
        options: Mapping[str, Any] = SMALL,
        outputs: int = 1,
        account: str = FIRST,
        **job: Any,
    ) -> Exchange:
        """The answer to `createJob` for a paid job that draws the prompts and has so many `outputs`."""
        body = {
            "conversion": [self.conversion(dict(options))],
            "input": [self.prompt(text) for text in prompts],
            **job,
        }
        return self.call("createJob", account=account, paid_jobs=1, leaves=outputs, json=body)

    def draw(self, *prompts: str, account: str = FIRST, **job: Any) -> Exchange:
        """The last read of a paid job that has ended; see `launch`.

        Raises:
            NotConclusive: it can't be created, or does not end.
        """
        created = self.launch(*prompts, account=account, **job)
        return self.finish(self.id_of(created), account=account)

    def id_of(self, created: Exchange) -> str:
        """The id in an answer that creates something.

        Raises:
            NotConclusive: there is none, or a refusal was answered. The check of that operation tells.
        """
        if not created.response.is_success:
            raise NotConclusive(f"{created.operation.id} was answered {created.response.status_code}")
        made_id = _text(created, "id")
        if made_id is None:
            raise NotConclusive(f"{created.operation.id} names no id")
        return made_id

    def read(self, job_id: str, *, account: str = FIRST, **request: Any) -> Exchange:
        """The answer to a read of a job."""
        return self.call("getJob", account=account, path={"job_id": job_id}, **request)

    def finish(self, job_id: str, *, account: str = FIRST) -> Exchange:
        """The last read of a job that runs; paused between reads as long as jobs of this server take.

        Raises:
            NotConclusive: it can't be read, or has not ended after some minutes.
        """
        started_at = time.monotonic()
        age = started_at - self._created_at.get(job_id, started_at)
        first = self._longest_run_s if age < self._longest_run_s else 0.0
        most = _AFTER_AN_ENDLESS_JOB if self._has_endless_job else len(_PAUSES)
        for number, pause in enumerate((first, *_PAUSES[:most])):
            self.sleep(pause)
            read = self.read(job_id, account=account)
            if read.response.status_code != 200:
                raise NotConclusive(f"getJob was answered {read.response.status_code}")
            code = read.text("status", "code")
            if self.is_over(code):
                if number:  # it was seen to run, so that this is how long jobs take
                    self._longest_run_s = max(self._longest_run_s, time.monotonic() - started_at)
                return read
            if code in _WAITING and number >= _IF_NOT_BEGUN:
                break
        if self._has_endless_job:
            raise NotConclusive(f"an earlier job did not end, and neither does this one ({code})")
        self._has_endless_job = True
        raise read.broken(f"must end, is {code} after {time.monotonic() - started_at:.0f} s")

    def is_over(self, code: str) -> bool:
        """Whether a job with this status has ended."""
        known = statuses().get(code)
        return known is not None and known.terminal

    def cancel(self, job_id: str, *, account: str = FIRST, **request: Any) -> Exchange:
        """The answer to the cancellation of a job."""
        return self.call("cancelJob", account=account, path={"job_id": job_id}, **request)

    def which(self, entry: str, value: object, evidence: Exchange) -> str:
        """The id of the answer that has this value, or, among answers without values, this id.

        Raises:
            UnknownAnswer: none has; the evidence goes with it.
        """
        self.last = evidence
        for answer in ledger()[entry].choices.values():
            if (answer.id if answer.value is None else answer.value) == value:
                return answer.id
        raise self.unknown(entry, f"was {in_json(value)}", evidence)

    def evidence(self) -> str:
        """The last request, as a `curl` line with secrets masked, and the status that answered it."""
        if self.last is None:
            return ""
        seen = self.last.redacted()
        return f"{seen.status} to {seen.curl}"

    def unknown(
        self, entry: str, what: str, evidence: Exchange, *, subject: str | None = None
    ) -> UnknownAnswer:
        """The failure of a probe that saw something else than the entry's choices.

        `what` reads on from the `subject`, which is the operation unless another is given.
        """
        choices = " or ".join(ledger()[entry].choices)
        start = evidence.operation.id if subject is None else subject
        return UnknownAnswer(f"{start} {what}; the choices are {choices}".lstrip(), evidence.redacted())

    def keep_back(self, job_id: str, requests: int) -> None:
        """Keep more requests back for tidying a job that is about to grow, if it is one of this run.

        Raises:
            BudgetSpent: so many are not left.
        """
        job = self.made.jobs.get(job_id)
        budget = self.clients[job.account].budget if job else None
        if job is not None and budget is not None:
            budget.keep_back(requests)
            job.kept_back += requests

    def _tidies(self, operation: str, path: Mapping[str, str]) -> bool:
        """Whether a request does what was kept back for tidying; it is then paid for with that."""
        job = self.made.jobs.get(path.get("job_id", ""))
        if operation not in ("cancelJob", "removeOutput") or job is None or not job.kept_back:
            return operation == "removePreset" and path.get("preset_id") in self.made.presets
        if operation == "removeOutput" and path.get("output_id") not in job.outputs:
            return False
        if operation == "cancelJob" and job.is_over:
            return False
        job.kept_back -= 1
        return True

    def _note(self, answer: Exchange, path: Mapping[str, str], *, account: str, leaves: int) -> None:
        """Note what an answer says of jobs, outputs and presets of this run."""
        operation, is_success = answer.operation.id, answer.response.is_success
        budget = self.clients[account].budget
        made_id = _text(answer, "id") if is_success and leaves else None
        if operation == "createJob" and (made_id or (is_success and _text(answer, "id"))):
            self._note_job(answer, account=account, leaves=leaves)
        elif operation == "createPreset" and is_success and (preset := _text(answer, "id")):
            self.made.add_preset(preset, account=account)
        elif leaves and budget is not None:
            budget.release(leaves)
        if not is_success:
            return
        if operation == "cancelJob":
            self.made.job_is_over(path["job_id"])
        elif operation == "removeOutput":
            self.made.output_is_gone(path["job_id"], path["output_id"])
        elif operation == "removePreset":
            self.made.preset_is_gone(path["preset_id"])
        elif operation in ("createJob", "getJob", "updateJob"):
            self._note_end(answer)

    def _note_shown(self, answer: Exchange, path: Mapping[str, str]) -> None:
        """Note the job that an answer shows, or that the one in the path was changed."""
        if answer.operation.id in _SHOW_JOBS and answer.response.is_success:
            self.shown[_text(answer, "id") or ""] = answer
        elif answer.operation.method != "GET" and not answer.response.is_client_error:
            self.shown.pop(path.get("job_id", ""), None)

    def _note_job(self, answer: Exchange, *, account: str, leaves: int) -> None:
        job_id = _text(answer, "id") or ""
        if job_id in self.made.jobs:  # an idempotency key led to it
            budget = self.clients[account].budget
            if budget is not None:
                budget.release(leaves)
            return
        self.made.add_job(job_id, account=account, kept_back=leaves)
        self._created_at[job_id] = time.monotonic()

    def _note_end(self, answer: Exchange) -> None:
        job = self.made.jobs.get(_text(answer, "id") or "")
        if job is None or job.is_over or not self.is_over(_text(answer, "status", "code") or ""):
            return
        self.made.job_is_over(job.id, list(_ids(answer, "output")))
        budget = self.clients[job.account].budget
        spare = job.kept_back - len(job.outputs)
        if spare > 0 and budget is not None:
            budget.release(spare)
            job.kept_back -= spare


def _text(answer: Exchange, *path: str) -> str | None:
    """The text at a place in an answer; `None` where there is none."""
    try:
        return answer.text(*path)
    except ContractTestsError:
        return None


def _ids(answer: Exchange, field_name: str) -> Iterator[str]:
    try:
        rows = answer.at(field_name)
    except ContractTestsError:
        return
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            yield row["id"]
