"""Drafts and steps of the machine that meet a wrong server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from pixelpact.contract_tests import JobMachine
from pixelpact.contract_tests.model.drafts import ConversionDraft, InputDraft, JobDraft
from pixelpact.schema import TEXT_TO_IMAGE, Profile
from pixelpact.strategies import single_faults
from tests.wrong_servers import Patch

UNKNOWN = "11111111-1111-4111-8111-111111111111"
SMALL = {"width": 64, "height": 64}
GET, MAKE = ("getJob",), ("createJob",)


def picture(**options: Any) -> ConversionDraft:
    return ConversionDraft(
        target=TEXT_TO_IMAGE, named_category=True, options={**SMALL, **options}, password=None, preset=None
    )


def text(prompt: str = "A fox", *, kind: str = "base64", marked: bool = False) -> InputDraft:
    return InputDraft(type=kind, text=prompt, filename="prompt.txt", marked=marked, source=0)


LOCKED = ConversionDraft(target=TEXT_TO_IMAGE, named_category=True, options=SMALL, password=0, preset=None)
RUN = JobDraft(conversions=(picture(),), inputs=(text(),))
STAGED = JobDraft(
    flags={"process": False}, conversions=(picture(),), inputs=(text(marked=True),), passwords=(0,)
)
REMOTE = JobDraft(flags={"process": False}, conversions=(picture(),), inputs=(text(kind="remote"),))
TWO = JobDraft(conversions=(picture(allow_multiple_outputs=True),), inputs=(text(), text("An owl")))
FAILING = JobDraft(conversions=(picture(),), inputs=(text(" "),))
WARNED = JobDraft(
    flags={"fail_on_conversion_error": False}, conversions=(picture(),), inputs=(text(), text(" "))
)
WIDTH = next(fault for fault in single_faults() if fault.option == "width")
NO_OPTIONS = next(fault for fault in single_faults() if fault.option is None)
#: A job whose second conversion has no category, and a profile that refuses that.
SECOND_UNNAMED = replace(RUN, conversions=(picture(), replace(picture(), named_category=False)))
STRICT_CATEGORY = Profile({"omitted-category": "refuse"})

PROTECTED = JobDraft(conversions=(LOCKED,), inputs=(text(),))
Steps = Callable[[JobMachine], object]


class Wrong(NamedTuple):
    """A wrong server, the steps of the machine that meet it, and what it then says."""

    break_it: Callable[[Patch], None]
    steps: Steps
    says: str
    settings: Mapping[str, Any] = MappingProxyType({})


def read(draft: JobDraft, *, times: int = 1) -> Steps:
    """Create a job, and read it."""

    def steps(machine: JobMachine) -> None:
        job = machine.launch(0, draft)
        for _ in range(times):
            machine.read_job(job)

    return steps


def on(draft: JobDraft, *rules: Callable[[JobMachine, Any], object]) -> Steps:
    """Create a job, and take some steps with it."""

    def steps(machine: JobMachine) -> None:
        job = machine.launch(0, draft)
        for rule in rules:
            rule(machine, job)

    return steps


def in_both_accounts(machine: JobMachine) -> None:
    machine.launch(0, RUN)
    machine.read_job(machine.launch(1, RUN))


def preset_then_job(machine: JobMachine) -> None:
    machine.save_preset(0, SMALL, True)
    machine.read_job(machine.launch(1, RUN))


def output_then_job(machine: JobMachine) -> None:
    machine.read_job(machine.launch(0, RUN))
    machine.read_job(machine.launch(1, RUN))


def two_jobs(machine: JobMachine) -> None:
    machine.launch(0, RUN)
    machine.read_job(machine.launch(0, RUN))


def listing(*drafts: JobDraft, **query: Any) -> Steps:
    def steps(machine: JobMachine) -> None:
        for draft in drafts:
            machine.launch(0, draft)
        machine.list_page(0, query.get("page", 1), query.get("status"))

    return steps


def listed_twice(**query: Any) -> Steps:
    """List all jobs, then those of a page or with a status."""

    def steps(machine: JobMachine) -> None:
        listing(RUN)(machine)
        listing(**query)(machine)

    return steps


def started_later(machine: JobMachine, job: str) -> None:
    machine.start(job)


def waited(machine: JobMachine, job: str) -> None:
    machine.wait(job)
    machine.wait(job)


def history(machine: JobMachine, job: str) -> None:
    machine.read_history(job)


def preset(*rules: Callable[[JobMachine], object]) -> Steps:
    """Save a preset, and take some steps with it."""

    def steps(machine: JobMachine) -> None:
        machine.save_preset(0, SMALL, True)
        for rule in rules:
            rule(machine)

    return steps


def downloaded(machine: JobMachine, job: str) -> None:
    machine.download(job, 0, password=None, right=True, too_often=False)
