"""What a job comes to: the files it yields, or the errors it ends with. A function of the job alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pixelpact.mockserver.jobs.prompts import prompt_inputs, prompt_text
from pixelpact.mockserver.jobs.records import Conversion, Input, Job, Message
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion, job_messages


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work: a conversion, and the inputs that it makes one file of."""

    conversion: Conversion
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes out of a job that has run."""

    units: tuple[Unit, ...]
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]

    @property
    def failed(self) -> bool:
        """Whether the job ends `failed`: also when only warnings came out (vendor page job_lifecycle)."""
        return bool(self.errors) or not self.units


@remembered
def outcome(job: Job) -> Outcome:
    """What the job comes to once it has run."""
    lost = [failure for each in job.inputs if (failure := input_failure(each, job=job))]
    units = [
        unit
        for number, conversion in enumerate(job.conversions)
        for unit in _paired(job, number, list(_units(job, conversion)))
    ]
    judged = [(unit, list(_complaints(job, unit))) for unit in units]
    complaints = [fault for _, faults in judged for fault in faults]
    errors = (lost if job.fail_on_input_error else []) + (complaints if job.fail_on_conversion_error else [])
    forgiven = ([] if job.fail_on_input_error else lost) + (
        [] if job.fail_on_conversion_error else complaints
    )
    notes = [each.warning for each in job.conversions if each.warning]
    return Outcome(
        units=() if errors else tuple(unit for unit, faults in judged if not faults),
        errors=tuple(errors),
        warnings=(*notes, *forgiven),
    )


def input_failure(each: Input, *, job: Job) -> Message | None:
    """Why an input of a job can't be had, if it can't be: it failed, or a scenario says so."""
    if job.fate.input_trouble is None:
        return each.failure
    known = job_messages()[job.fate.input_trouble]
    return Message(known.source, each.id, known.code, known.message)


def _units(job: Job, conversion: Conversion) -> Iterator[Unit]:
    """One for each prompt; of other targets one for each input, or for all of them together."""
    if conversion.target == TEXT_TO_IMAGE:
        prompts = prompt_inputs(job.inputs, profile=job.profile)
        if job.profile["pictures-per-job"] == "one":
            prompts = prompts[:1]
        groups: list[tuple[Input, ...]] = [(each,) for each in prompts]
    else:
        present = tuple(each for each in job.inputs if not each.failure)
        entry = find_conversion(conversion.target, conversion.category)
        merges = entry is not None and entry.merges
        groups = ([present] if present else []) if merges else [(each,) for each in present]
    yield from (Unit(conversion, group) for group in groups)


def _paired(job: Job, number: int, units: list[Unit]) -> list[Unit]:
    """The units of conversion `number`: all of them, or the one that is its partner, as the profile says."""
    return units if job.profile["conversions-times-inputs"] == "product" else units[number : number + 1]


def _complaints(job: Job, unit: Unit) -> Iterator[Message]:
    if job.fate.conversion_trouble is not None:
        known = job_messages()[job.fate.conversion_trouble]
        yield Message(known.source, unit.conversion.id, known.code, known.message)
    if find_conversion(unit.conversion.target) is None:
        unknown = job.profile.value("unknown-target")
        yield Message("conversion", unit.conversion.id, unknown["code"], unknown["message"])
    if unit.conversion.target != TEXT_TO_IMAGE:
        return
    text = prompt_text(unit.inputs[0])
    answer = job.profile.value("prompt-limit" if text else "empty-prompt")
    if answer and (not text or len(text) > answer["characters"]):
        yield Message("conversion", unit.conversion.id, answer["code"], answer["message"])
