"""The machine finds nothing wrong with the mock server, meets all rules in balance, and finds what is wrong."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from pixelpact.contract_tests import ContractBroken, JobMachine, machine_for
from pixelpact.contract_tests.machine.base import OwnedJob
from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.handlers import jobs, outputs, presets
from pixelpact.mockserver.jobs import documents, outcome
from pixelpact.mockserver.jobs import outputs as files
from pixelpact.mockserver.stores.memory import MemoryStore
from pixelpact.mockserver.web import authentication
from pixelpact.schema import Profile, ledger
from tests.changes import with_status
from tests.samples import sampled
from tests.wrong_servers import Patch, rewriting, setting

#: How often each rule was given a job in each state: open, running or ended.
Met: TypeAlias = Counter[tuple[str, str]]


def run(machine: type[JobMachine], *, runs: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=30,
            phases=[Phase.generate],  # a failure is to be seen here, not to be made small
            database=None,
            print_blob=False,
        ),
    )


def counting(machine: type[JobMachine], met: Met) -> type[JobMachine]:
    """The machine, which counts what its rules are given."""

    class Counting(machine):
        _step: FrameType | None = None

        def find(self, job_id: str) -> OwnedJob:
            owned, step = super().find(job_id), rule_frame()
            if step is not self._step:  # a rule may look for its job more than once
                self._step = step
                state = "ended" if owned.job.over else "running" if owned.job.started else "open"
                met[step.f_code.co_name, state] += 1
            return owned

    Counting.base_url = machine.base_url
    return Counting


def rule_frame() -> FrameType:
    """The frame of the rule that Hypothesis has called: the outermost one in a module of the machine."""
    frame, found = sys._getframe(), None
    while frame is not None:
        if Path(frame.f_code.co_filename).parent.name == "machine" and "_rules" in frame.f_code.co_filename:
            found = frame
        frame = frame.f_back
    assert found is not None
    return found


#: The paces, each with a seed of its own: else all would take the same steps.
PACES = {"instant": 10, "polls=3": 11, "realistic": 12}
#: Rules that are given a job.
JOB_RULES = (
    "read_job",
    "wait",
    "read_history",
    "start",
    "change",
    "cancel",
    "add_inputs",
    "add_invalid_input",
    "upload",
    "read_input",
    "change_input",
    "remove_input",
    "add_conversion",
    "add_conversion_with_a_fault",
    "change_conversion",
    "remove_conversion",
    "list_outputs",
    "read_output",
    "read_unknown_output",
    "download",
    "request_head",
    "rename",
    "protect",
    "remove_output",
    "use_foreign_job",
    "read_by_token",
    "use_wrong_token",
    "use_no_key",
    "create_by_token",
)


def test_the_machine_agrees_with_the_mock_server_and_meets_all_rules_in_all_states() -> None:
    met: Met = Counter()

    for pace, number in PACES.items():
        with Server(Settings(pace=pace)) as server:
            run(seed(number)(counting(machine_for(server.base_url), met)), runs=75)

    pairs = [(rule, state) for rule in JOB_RULES for state in ("open", "running", "ended")]
    assert [pair for pair in pairs if not met[pair]] == []
    assert [rule for rule in JOB_RULES if met[rule, "open"] < 2] == []
    shares = {state: sum(met[rule, state] for rule in JOB_RULES) / met.total() for _, state in pairs}
    assert min(shares.values()) > 0.1, shares


@pytest.mark.undocumented  # some answers leave openapi.json; the model judges them all
@pytest.mark.parametrize(
    ("entry", "answer"),
    sampled(
        (
            (entry.id, answer)
            for entry in ledger().values()
            for answer in entry.choices
            if answer != entry.default
        ),
        20,
    ),
)
def test_the_machine_follows_a_profile(entry: str, answer: str) -> None:
    profile = Profile({entry: answer})

    with Server(Settings(pace="polls=2", profile=profile)) as server:
        run(machine_for(server.base_url, profile=profile), runs=3)


def always(value: Any) -> Callable[[Any], Any]:
    return lambda _: lambda *_, **__: value


def foreign_jobs_open(find: Any) -> Any:
    """Any key opens any job."""

    async def found(caller: Any, job_id: str, *, store: Any, settings: Any) -> Any:
        if caller.account:
            caller = authentication.Caller(account=(await store.get(job_id)).account)
        return await find(caller, job_id, store=store, settings=settings)

    return found


def all_accounts(_: Any) -> Any:
    """A listing has the jobs of everybody."""

    async def of_account(store: MemoryStore, _: str) -> Any:
        return [*reversed(store._jobs.values())]

    return of_account


def one_unit(come_to: Any) -> Any:
    """Only the first result of a job comes out."""

    def found(job: Any) -> Any:
        whole = come_to(job)
        return outcome.Outcome(whole.runs[:1], whole.errors, whole.warnings)

    return found


#: Servers that a random search finds wrong, and words of what the machine says; `test_checks.py` has more.
WRONG = {
    "foreign-jobs-open": (setting(authentication, "job_for", foreign_jobs_open), r"^\w+ must answer 404, got 20\d$"),
    "jobs-of-everybody-listed": (setting(MemoryStore, "of_account", all_accounts), "^listJobs must not disclose another account, names a job of one$"),
    "presets-of-everybody": (setting(presets, "_account", always("everybody")), r"^\w+Presets? must"),
    "one-result": (setting(files, "outcome", one_unit), r"outputs \(conversion, inputs\)"),
    "nothing-is-spent": (setting(documents, "spent", always(0)), r"must have spent \d+, has 0"),
    "canceled-goes-on": (setting(jobs, "canceled", lambda _: lambda job, **_: job), "^cancelJob must answer 409, got 204|must have the status canceled"),
    "changes-ignored": (setting(jobs, "_updated", lambda _: lambda job, *_, **__: job), "^updateJob must"),
    "passwords-shown": (setting(documents, "_shown_options", lambda _: lambda conversion, **_: conversion.options), "hidden options"),
    "edits-ignored": (setting(outputs, "_with_edit", lambda _: lambda job, *_, **__: job), "of an output|^updateOutput must"),
    "created-with-422": (rewriting("createJob", answer=with_status(422)), "createJob must answer 201"),
}  # fmt: skip


@pytest.mark.undocumented
@pytest.mark.parametrize(("break_it", "words"), WRONG.values(), ids=WRONG.keys())
def test_the_machine_says_what_is_wrong_with_a_server(
    monkeypatch: Patch, break_it: Callable[[Patch], None], words: str
) -> None:
    break_it(monkeypatch)

    with Server(Settings(pace="polls=2")) as server, pytest.raises(ContractBroken) as caught:
        run(machine_for(server.base_url), runs=200)

    finding = caught.value.finding
    assert re.search(words, f"{finding.operation} {finding.what}")
