"""What a job comes to: the pictures it yields, or the errors it ends with. A function of the job alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pixelpact.mockserver.jobs import Conversion, Input, Job
from pixelpact.mockserver.pictures import picture_size
from pixelpact.mockserver.prompts import prompt_inputs, prompt_text


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of a job's `errors` or `warnings`."""

    source: str
    id_source: str
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`pictures` are pairs of a conversion and the prompt it draws."""

    pictures: tuple[tuple[Conversion, Input], ...]
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]

    @property
    def failed(self) -> bool:
        """Whether the job ends `failed`: also when only warnings came out (vendor page job_lifecycle)."""
        return bool(self.errors) or not self.pictures


def outcome(job: Job) -> Outcome:
    """What the job comes to once it has run."""
    pairs = [(conversion, prompt) for conversion in job.conversions for prompt in prompt_inputs(job)]
    complaints = [message for conversion, prompt in pairs for message in _complaints(job, conversion, prompt)]
    accused = {message.id_source for message in complaints}
    strict = job.fail_on_conversion_error
    return Outcome(
        pictures=tuple(pair for pair in pairs if pair[0].id not in accused and not (strict and complaints)),
        errors=tuple(complaints) if strict else (),
        warnings=() if strict else tuple(complaints),
    )


def workload(job: Job) -> float:
    """The work of all pictures of a job, in steps times megapixels."""
    steps_by_default = job.profile.value("default-settings")["num_inference_steps"]
    work = 0.0
    for conversion, _ in outcome(job).pictures:
        width_px, height_px = picture_size(conversion.options, profile=job.profile)
        work += conversion.options.get("num_inference_steps", steps_by_default) * width_px * height_px / 1e6
    return work


def _complaints(job: Job, conversion: Conversion, prompt: Input) -> Iterator[Message]:
    if not prompt_text(prompt) and job.profile["empty-prompt"] == "fail":
        answer: dict[str, Any] = job.profile.value("empty-prompt")
        yield Message("conversion", conversion.id, answer["code"], answer["message"])
