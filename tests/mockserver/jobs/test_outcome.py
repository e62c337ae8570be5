"""The outcome of a job: its runs, errors and warnings."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.records import InjectedFaults, Message
from pixelpact.schema import Profile, job_messages
from tests.mockserver.jobs.records import DRAWING, REMOTE, UPLOAD, new_job

LOST = Message("input", "l", 1, "lost")
FAILED = replace(REMOTE, id="l", failure=LOST)
EMPTY = replace(UPLOAD, id="e", text=" ")
NOTE = Message("conversion", "c", 9, "no such preset")


@pytest.mark.parametrize(
    ("fails_on_inputs", "fails_on_conversions", "errors", "warnings"),
    [
        (True, True, ["l", "c"], ["c"]),
        (True, False, ["l"], ["c", "c"]),
        (False, True, ["c"], ["c", "l"]),
        (False, False, [], ["c", "l", "c"]),
    ],
)
def test_errors_are_downgraded_to_warnings_by_their_flags(
    fails_on_inputs: bool, fails_on_conversions: bool, errors: list[str], warnings: list[str]
) -> None:
    job = new_job(
        FAILED,
        EMPTY,
        UPLOAD,
        conversions=(replace(DRAWING, warning=NOTE),),
        fail_on_input_error=fails_on_inputs,
        fail_on_conversion_error=fails_on_conversions,
    )

    found = outcome(job)

    assert [message.id_source for message in found.errors] == errors
    assert [message.id_source for message in found.warnings] == warnings
    assert found.warnings[0] == NOTE
    assert [run.inputs for run in found.runs] == ([] if errors else [(UPLOAD,)])
    assert found.failed == bool(errors)


def test_a_job_without_results_fails_also_without_errors() -> None:
    job = new_job(FAILED, fail_on_input_error=False)

    assert outcome(job).errors == ()
    assert outcome(job).failed


def test_a_scenario_fails_every_input_and_conversion() -> None:
    faults = InjectedFaults(input_failure="source-not-found", conversion_failure="conversion-failed")

    found = outcome(new_job(REMOTE, UPLOAD, faults=faults))

    known = [job_messages()[key].code for key in ("source-not-found", "conversion-failed")]
    assert [message.id_source for message in found.errors] == ["i", "u", "c"]
    assert [message.code for message in found.errors] == [known[0], known[0], known[1]]


@pytest.mark.parametrize(("answer", "runs"), [("product", 4), ("pairs", 2)])
def test_conversions_meet_all_inputs_or_their_partner(answer: str, runs: int) -> None:
    texts = (UPLOAD, replace(UPLOAD, id="v"))
    job = new_job(
        *texts,
        conversions=(DRAWING, replace(DRAWING, id="d")),
        profile=Profile({"conversions-times-inputs": answer}),
    )

    found = [(run.conversion.id, run.inputs[0].id) for run in outcome(job).runs]

    assert len(found) == runs
    assert {("c", "u"), ("d", "v")} <= set(found)
