"""Mutants in jobs with an input or a conversion that fails."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.rewriting import (
    Condition,
    Edit,
    answered,
    edited,
    is_success,
    put,
    status_put,
)
from pixelpact.mockserver.mutants.traffic import Traffic


def _failing(lenient: bool, status: str, inputs: int) -> Condition:
    """Jobs that end with a status, have so many inputs, and tolerate one that fails or not."""

    def applies(response: Traffic) -> bool:
        job = response.json
        messages = job["warnings"] if lenient and status == "completed" else job["errors"] or job["warnings"]
        return bool(
            job["status"]["code"] == status
            and len(job["input"]) == inputs
            and job["fail_on_input_error"] is not lenient
            and any(message["source"] == "input" for message in messages)
        )

    return applies


def _failure(check: str, what: str, word: str, edit: Edit, when: Condition, **known: Any) -> None:
    mutant(check, what, operations=("getJob",), word=word, response=edited(edit, when), **known)


def _outputs_of_all(job: Any, _: Traffic) -> None:
    for output in job["output"]:
        output["source"]["input"] = [row["id"] for row in job["input"]]


def _ready_inputs(job: Any, _: Traffic) -> None:
    for row in job["input"]:
        row["status"] = "ready"


def _other_source(job: Any, _: Traffic) -> None:
    job["errors"][0]["source"] = "output"


def _is_empty_prompt(response: Traffic) -> bool:
    """Jobs that failed for their conversion, and do not tolerate that."""
    job = response.json
    sources = [message["source"] for message in job["errors"]]
    return sources == ["conversion"] and job["fail_on_conversion_error"] is True


def _warned_too(job: Any, _: Traffic) -> None:
    job["warnings"] = job["errors"]


def _of_the_job(job: Any, _: Traffic) -> None:
    job["errors"][0]["id_source"] = job["id"]


_failure(
    "lifecycle/failing-conversion-fails",
    "has the error of a conversion in the warnings of a job as well",
    "fail_on_conversion_error",
    _warned_too,
    _is_empty_prompt,
)
_failure(
    "lifecycle/failing-conversion-error",
    "names the job in place of the conversion in the errors of a job",
    "id_source",
    _of_the_job,
    _is_empty_prompt,
)
_failure(
    "lifecycle/failing-no-picture-left-fails",
    "completes a job without any output, if it tolerates conversions that fail",
    "fail_on_conversion_error",
    status_put("completed"),
    lambda response: bool(response.json["callback"] and response.json["warnings"]),
)
_failure(
    "lifecycle/status-info",
    "explains failed as completed",
    "info",
    lambda job, _: job["status"].update(info="The file has been successfully converted."),
    _failing(False, "failed", 2),
)
mutant(
    "lifecycle/failing-input-taken",
    "refuses an input of a cloud that nobody offers",
    operations=("createJob",),
    word="201",
    response=answered(
        400, lambda response: b"no-such-cloud" in (response.request or response).body and is_success(response)
    ),
)
_failure(
    "lifecycle/failing-strict-fails",
    "completes a job with an input that fails",
    "fail_on_input_error",
    status_put("completed"),
    _failing(False, "failed", 2),
    also=("history/failed-complete", "history/failed-statuses"),
    why="a history is compared with the statuses that were read",
)
_failure(
    "lifecycle/failing-strict-error",
    "says that the error of an input that fails is of an output",
    "source",
    _other_source,
    _failing(False, "failed", 2),
)
_failure(
    "lifecycle/failing-input-status",
    "shows an input that failed as ready",
    "failed",
    _ready_inputs,
    _failing(False, "failed", 2),
)
_failure(
    "lifecycle/failing-lenient-completes",
    "fails a job that tolerates an input that fails",
    "fail_on_input_error",
    status_put("failed"),
    _failing(True, "completed", 2),
)
_failure(
    "lifecycle/failing-lenient-warning",
    "does not warn of an input that fails",
    "warnings",
    put(warnings=[]),
    _failing(True, "completed", 2),
)
_failure(
    "lifecycle/failing-lenient-output",
    "says that an output is made of inputs that failed, too",
    "inputs",
    _outputs_of_all,
    _failing(True, "completed", 2),
)
_failure(
    "lifecycle/failing-nothing-left-fails",
    "completes a job that has no output, if it tolerates inputs that fail",
    "status",
    status_put("completed"),
    _failing(True, "failed", 1),
)
_failure(
    "lifecycle/failing-conversion-warning",
    "does not warn of a conversion that fails",
    "warnings",
    put(warnings=[]),
    lambda response: response.json["fail_on_conversion_error"] is False,
)
