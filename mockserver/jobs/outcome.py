"""The outcome of a job that has run: the results it yields, or the errors it fails with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pixelpact.mockserver.jobs.prompts import prompt_inputs, prompt_text
from pixelpact.mockserver.jobs.records import Conversion, Input, Job, Message
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion, job_messages


@dataclass(frozen=True, slots=True)
class ConversionRun:
    """One run of a conversion: the inputs that it turns into one file, and the errors that it ends with."""

    conversion: Conversion
    inputs: tuple[Input, ...]
    errors: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The runs that succeeded, and the errors and warnings that the job shows."""

    runs: tuple[ConversionRun, ...]
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]

    @property
    def failed(self) -> bool:
        """Whether the job ends `failed`, as it also does with warnings only (vendor page job_lifecycle)."""
        return bool(self.errors) or not self.runs


@remembered
def outcome(job: Job) -> Outcome:
    """The outcome of the job once it has run.

    Where a flag says that the job doesn't fail on an error, the error is downgraded to a warning.
    """
    input_errors = [failure for item in job.inputs if (failure := input_failure(item, job=job))]
    runs = [run for number in range(len(job.conversions)) for run in _runs(job, number)]
    conversion_errors = [error for run in runs for error in run.errors]
    by_flag = ((job.fail_on_input_error, input_errors), (job.fail_on_conversion_error, conversion_errors))
    errors = tuple(error for fails, found in by_flag if fails for error in found)
    downgraded = [error for fails, found in by_flag if not fails for error in found]
    notes = [conversion.warning for conversion in job.conversions if conversion.warning]
    return Outcome(
        runs=() if errors else tuple(run for run in runs if not run.errors),
        errors=errors,
        warnings=(*notes, *downgraded),
    )


def input_failure(item: Input, *, job: Job) -> Message | None:
    """The message of an input that failed, by itself or by a scenario; `None` if it can be had."""
    if job.faults.input_failure is None:
        return item.failure
    known = job_messages()[job.faults.input_failure]
    return Message(known.source, item.id, known.code, known.message)


def _runs(job: Job, number: int) -> Iterator[ConversionRun]:
    """The runs of conversion `number`: one for each group of inputs, or only the one paired with it."""
    conversion = job.conversions[number]
    groups = _input_groups(job, conversion)
    if job.profile["conversions-times-inputs"] != "product":
        groups = groups[number : number + 1]
    for group in groups:
        yield ConversionRun(conversion, group, tuple(_conversion_errors(job, conversion, group)))


def _input_groups(job: Job, conversion: Conversion) -> Sequence[tuple[Input, ...]]:
    """The inputs of each run: a single prompt; for other targets a single input, or all if it merges them."""
    if conversion.target == TEXT_TO_IMAGE:
        prompts = prompt_inputs(job.inputs, profile=job.profile)
        if job.profile["pictures-per-job"] == "one":
            prompts = prompts[:1]
        return [(prompt,) for prompt in prompts]
    present = tuple(item for item in job.inputs if not item.failure)
    entry = find_conversion(conversion.target, conversion.category)
    if entry is not None and entry.merges_inputs(conversion.effective_options(job.profile)):
        return [present] if present else []
    return [(item,) for item in present]


def _conversion_errors(job: Job, conversion: Conversion, inputs: Sequence[Input]) -> Iterator[Message]:
    if job.faults.conversion_failure is not None:
        known = job_messages()[job.faults.conversion_failure]
        yield Message(known.source, conversion.id, known.code, known.message)
    if find_conversion(conversion.target) is None:
        unknown = job.profile.value("unknown-target")
        yield Message("conversion", conversion.id, unknown["code"], unknown["message"])
    if conversion.target == TEXT_TO_IMAGE:
        text = prompt_text(inputs[0])
        refusal = job.profile.value("prompt-limit" if text else "empty-prompt")
        if refusal and (not text or len(text) > refusal["characters"]):
            yield Message("conversion", conversion.id, refusal["code"], refusal["message"])
