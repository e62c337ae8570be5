"""Mutants in jobs that run: their start, their statuses, what they refuse, history, threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import (
    Condition,
    Edit,
    edited,
    is_success,
    job_id,
    put,
    requested,
    sent,
    status_put,
    without,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.mockserver.mutants.waiting import ROUTES

_WAITING = ("incomplete", "ready")
_OVER = ("completed", "failed", "canceled")
_ROUTES_AT_THE_END = ("updateJob", "addInput", "addConversion", "removeInput")


@dataclass
class _Jobs:
    """What a mutant remembers of jobs: which were started by PATCH, have ended, wait for an upload."""

    started: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    awaiting: dict[str, int] = field(default_factory=dict)
    staged_reads: dict[str, int] = field(default_factory=dict)
    completed_reads: dict[str, int] = field(default_factory=dict)

    def note(self, response: Traffic) -> None:
        """Note what a response says."""
        job = response.json if is_success(response) else None
        if not isinstance(job, dict) or not isinstance(job.get("status"), dict):
            return
        code, name = job["status"]["code"], job["id"]
        if response.operation == "createJob" and sent(response).get("process", True) and not job["input"]:
            self.awaiting[name] = 0
        if response.operation == "updateJob" and _is_start(response):
            self.started.add(name)
        if response.operation == "getJob":
            if code in _OVER:
                self.ended.add(name)
            if code in _WAITING and job["input"] and job["conversion"]:
                self.staged_reads[name] = self.staged_reads.get(name, 0) + 1
            if code == "completed":
                self.completed_reads[name] = self.completed_reads.get(name, 0) + 1


def _remembering(change: Callable[[_Jobs, Traffic], None]) -> Callable[[], tuple[None, Change]]:
    """The changes of a mutant whose responses depend on earlier ones."""

    def changes() -> tuple[None, Change]:
        jobs = _Jobs()

        def respond(response: Traffic) -> None:
            jobs.note(response)
            change(jobs, response)

        return None, respond

    return changes


def _is_start(response: Traffic) -> bool:
    return sent(response).get("process") is True


def _second_staged_read(jobs: _Jobs, response: Traffic) -> None:
    if response.operation == "getJob" and jobs.staged_reads.get(job_id(response), 0) > 1:
        edited(status_put("processing"), lambda one: one.json["status"]["code"] in _WAITING)(response)


mutant(
    "lifecycle/staged-stays",
    "shows a staged job as processing from its second read on",
    operations=("createJob", "getJob"),
    word="status",
    changes=_remembering(_second_staged_read),
)
mutant(
    "lifecycle/start",
    "answers a start with process:false",
    operations=("updateJob",),
    word="process",
    response=edited(put(process=False), _is_start),
)
mutant(
    "lifecycle/start-leaves-the-rest",
    "sets another callback when a job starts",
    operations=("updateJob",),
    word="callback",
    response=edited(put(callback="https://wrong.invalid/"), _is_start),
)
mutant(
    "lifecycle/start-with-changes",
    "ignores all fields but process in a PATCH that starts a job",
    operations=("updateJob",),
    word="fail_on_conversion_error",
    request=requested(
        lambda body, _: (
            {"process": True} if body.get("process") is True and "fail_on_conversion_error" in body else body
        )
    ),
)


def _forgets_flag(jobs: _Jobs, response: Traffic) -> None:
    if response.operation == "getJob" and job_id(response) in jobs.ended & jobs.started:
        edited(put(fail_on_input_error=False))(response)


mutant(
    "lifecycle/end-leaves-the-rest",
    "switches fail_on_input_error off when a job ends",
    operations=("createJob", "updateJob", "getJob"),
    word="fail_on_input_error",
    changes=_remembering(_forgets_flag),
)
mutant(
    "lifecycle/nothing-before-the-end",
    "asks for a credit when a job starts",
    operations=("updateJob",),
    word="spent",
    response=edited(put(spent=1), _is_start),
)


def _doubled(jobs: _Jobs, response: Traffic) -> None:
    if response.operation == "getJob" and job_id(response) in jobs.started:
        edited(lambda job, _: put(output=job["output"] * 2)(job, _))(response)


mutant(
    "lifecycle/completes",
    "lists the output of a staged job twice",
    operations=("createJob", "updateJob", "getJob"),
    word="output",
    changes=_remembering(_doubled),
)


def _back(jobs: _Jobs, response: Traffic) -> None:
    if response.operation == "getJob" and jobs.completed_reads.get(job_id(response), 0) > 1:
        edited(status_put("processing"))(response)


mutant(
    "lifecycle/never-goes-back",
    "goes back from completed to processing at the second read",
    operations=("createJob", "getJob"),
    word="status",
    changes=_remembering(_back),
    also=("outputs/still-completed",),
    why="it reads a completed job again",
)


def _tolerant(operation: str, *, at_the_end: bool) -> Callable[[], tuple[None, Change]]:
    def change(jobs: _Jobs, response: Traffic) -> None:
        name = job_id(response)
        is_over = name in jobs.ended
        if response.operation == operation and name in jobs.started and is_over == at_the_end:
            response.status = 200 if response.status >= 400 else response.status

    return _remembering(change)


for _operation in ROUTES:
    if _operation == "addInput":  # a probe asks for it
        continue
    mutant(
        f"lifecycle/started-refuses-{_operation.lower()}",
        f"answers {_operation} of a job that was started by a PATCH with 200",
        operations=("createJob", "updateJob", "getJob", _operation),
        word=_operation,
        changes=_tolerant(_operation, at_the_end=False),
    )
for _operation in _ROUTES_AT_THE_END:
    mutant(
        f"lifecycle/ended-refuses-{_operation.lower()}",
        f"answers {_operation} of a job that has ended with 200",
        operations=("createJob", "updateJob", "getJob", _operation),
        word=_operation,
        changes=_tolerant(_operation, at_the_end=True),
    )


def _fails_after_upload(jobs: _Jobs, response: Traffic) -> None:
    if response.operation == "getJob" and job_id(response) in jobs.awaiting:
        edited(status_put("failed"), lambda one: one.json["status"]["code"] == "completed")(response)


def _takes_more(jobs: _Jobs, response: Traffic) -> None:
    name = job_id(response)
    if response.operation == "uploadFile" and name in jobs.awaiting:
        jobs.awaiting[name] += 1
        if jobs.awaiting[name] > 1:
            response.status = 200


def _fails_after_conversion() -> tuple[None, Change]:
    late: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "addConversion" and is_success(response):
            late.add(job_id(response))
        elif response.operation == "getJob" and job_id(response) in late:
            edited(status_put("failed"), lambda one: one.json["status"]["code"] == "completed")(response)

    return None, respond


mutant(
    "lifecycle/last-conversion-starts",
    "fails a job that waited for its conversion",
    operations=("addConversion", "getJob"),
    word="completed",
    changes=_fails_after_conversion,
)
mutant(
    "lifecycle/first-upload-starts",
    "fails a job that waited for its first upload",
    operations=("createJob", "getJob"),
    word="completed",
    changes=_remembering(_fails_after_upload),
)
mutant(
    "lifecycle/first-upload-closes",
    "takes a second upload for a job that the first one has started",
    operations=("createJob", "uploadFile"),
    word="uploadFile",
    changes=_remembering(_takes_more),
)


def _of(code: str) -> Condition:
    return lambda response: any(row["status"] == code for row in response.json)


def _older_last(rows: Any, _: Traffic) -> None:
    rows[-1]["created_at"] = "2001-01-01T00:00:00"


def _without_status(code: str) -> Edit:
    return lambda rows, _: [row for row in rows if row["status"] != code]


def _first_again(rows: Any, _: Traffic) -> Any:
    again = {"id": "00000000-0000-4000-8000-000000000001", "created_at": rows[-1]["created_at"]}
    return [*rows, {**rows[0], **again}]


def _for_all(edit: Edit, when: Condition) -> tuple[None, Change]:
    return None, edited(edit, when)


def _but_for_the_first(edit: Edit, when: Condition) -> tuple[None, Change]:
    """A change of the responses about all jobs but the first, which a question of the ledger may be about."""
    jobs: list[str] = []

    def respond(response: Traffic) -> None:
        if is_success(response) and when(response):
            jobs.append(job_id(response))
            if job_id(response) != jobs[0]:
                edited(edit)(response)

    return None, respond


#: What notices that a status is missing in a history, besides the checks of just that.
_ALSO_INCOMPLETE: Mapping[str, tuple[str, ...]] = {
    "canceled": ("history/canceled-statuses",),
    "completed": ("history/ended-statuses", "callbacks/every-change", "callbacks/order"),
    "failed": ("history/failed-statuses",),
}

for _name, _code in (("canceled", "canceled"), ("ended", "completed"), ("failed", "failed")):
    mutant(
        f"history/{_name}-shape",
        f"leaves info out of the history of jobs that are {_code}",
        operations=("listHistory",),
        word="info",
        response=edited(lambda rows, message: without("info")(rows[0], message), _of(_code)),
    )
    mutant(
        f"history/{_name}-statuses",
        f"has the first status of jobs that are {_code} last in the history",
        operations=("listHistory",),
        word="history",
        changes=partial(_but_for_the_first if _name == "canceled" else _for_all, _first_again, _of(_code)),
    )
    mutant(
        f"history/{_name}-complete",
        f"leaves the status {_code} out of the history",
        operations=("listHistory",),
        word="history",
        response=edited(_without_status(_code), _of(_code)),
        also=_ALSO_INCOMPLETE[_code],
        why="they compare the statuses with those that were seen, or called back",
    )
    mutant(
        f"history/{_name}-infos",
        f"explains the last status in the history of jobs that are {_code} as the first",
        operations=("listHistory",),
        word="info",
        response=edited(lambda rows, _: rows[-1].update(info=rows[0]["info"]), _of(_code)),
    )
    mutant(
        f"history/{_name}-times",
        f"gives the last status in the history of jobs that are {_code} an old time",
        operations=("listHistory",),
        word="created_at",
        response=edited(_older_last, _of(_code)),
    )


def _idle() -> tuple[None, Change]:
    waiting: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "createJob" and is_success(response):
            if not sent(response).get("input") and not sent(response).get("process", True):
                waiting.add(response.json["id"])
        elif response.operation == "listThreads" and job_id(response) in waiting:
            response.json = [{"hash": "0", "status": 1, "info": "Wrong", "exec_time": 0}]

    return None, respond


mutant(
    "threads/none-before-the-start",
    "lists a thread for a job without an input",
    operations=("createJob", "listThreads"),
    word="threads",
    changes=_idle,
)
mutant(
    "threads/shape",
    "leaves exec_time out of threads",
    operations=("listThreads",),
    word="exec_time",
    response=edited(lambda rows, message: [without("exec_time")(row, message) for row in rows] and None),
)


def _failed_if_interrupted() -> tuple[None, Change]:
    started: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "addInput" and not is_success(response):
            started.add(job_id(response))
        elif response.operation == "getJob" and job_id(response) in started:
            edited(status_put("failed"), lambda job: job.json["status"]["code"] == "canceled")(response)

    return None, respond


mutant(
    "lifecycle/canceled-while-running",
    "shows a job that was canceled after a late input as failed",
    operations=("addInput", "getJob"),
    word="canceled",
    changes=_failed_if_interrupted,
)
