"""Probes of inputs: which of them are prompts, which prompts are refused, and what becomes of bad ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.probes.lifecycle import remote_job
from pixelpact.contract_tests.suite.answers import rows, status_code
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.drawings import SEPARATE, DrawnJob, draw, draw_all, empty_prompt_job
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.schema import cloud_providers, job_messages, ledger

#: A cloud, and a name that no cloud has.
_PROVIDER, _NO_PROVIDER = cloud_providers()[0], "nowhere"
_LIMIT = next(
    answer.value["characters"] for answer in ledger()["prompt-limit"].choices.values() if answer.value
)


@probe("prompt-inputs", operation="createJob", uses=(remote_job,), rank=25)
def prompt_inputs(context: Context) -> str:
    """Whether a picture that comes before a text is a prompt as well."""
    job = remote_job(context)
    drawn = {each for output in job.outputs() for each in output.inputs}
    if job.input_id(0) in drawn:
        return "all"
    if job.input_id(1) in drawn:
        return "texts"
    raise NotConclusive("no output names the inputs that it is made of")


@probe("empty-prompt", operation="createJob", uses=(empty_prompt_job,), rank=30)
def empty_prompt(context: Context) -> str:
    """What becomes of a job whose prompt is a space."""
    job = empty_prompt_job(context)
    code = status_code(job.last)
    answers = {"failed": "fail", "completed": "accept"}
    if code not in answers:
        raise context.unknown("empty-prompt", f"ends {code!r}", job.last)
    return answers[code]


@probe("prompt-limit", operation="createJob", requests=4, paid_jobs=1, rank=30)
def prompt_limit(context: Context) -> str:
    """Whether a prompt that is a character longer than the longest allowed one, if there is one, is drawn."""
    job = draw_all(context, "a" * (_LIMIT + 1), "a" * _LIMIT, fail_on_conversion_error=False)
    drawn = {each for output in job.outputs() for each in output.inputs}
    if job.input_id(0) in drawn:
        return "none"
    draws_several = context.profile["conversions-times-inputs"] == "product" and (
        context.profile["pictures-per-job"] == "one-each"
    )
    if job.input_id(1) in drawn or not draws_several:
        return next(answer.id for answer in ledger()["prompt-limit"].choices.values() if answer.value)
    if status_code(job.last) != "failed":
        raise NotConclusive("no output names the inputs that it is made of")
    raise context.unknown("prompt-limit", f"draws no prompt of {_LIMIT} characters either", job.last)


@step(requests=2, paid_jobs=1, rule="a job fails whose inputs can't be had")
def cloud_job(context: Context) -> DrawnJob:
    """A job with two inputs from clouds: one without credentials, one of a cloud that does not exist.

    Where the latter is refused at once, the former is alone.
    """
    sources = [
        {"type": "cloud", "source": source, "filename": "a.txt"} for source in (_PROVIDER, _NO_PROVIDER)
    ]
    conversions = [context.conversion(dict(SEPARATE))]
    bodies = [{"conversion": conversions, "input": inputs} for inputs in (sources, sources[:1])]
    return draw(context, *bodies, outputs=1)


@probe("cloud-without-credentials", operation="createJob", uses=(cloud_job,), rank=31)
def cloud_without_credentials(context: Context) -> str:
    """Whether there is an error about the input without credentials."""
    job = cloud_job(context)
    return "fail" if _messages_about(job, job.input_id(0)) else "accept"


@probe("cloud-trouble", operation="createJob", uses=(cloud_job,), rank=31)
def cloud_trouble(context: Context) -> str:
    """The code of the error about an input that can't be had."""
    job = cloud_job(context)
    code = _messages(job)[0].get("code")
    for answer in ledger()["cloud-trouble"].choices.values():
        if job_messages()[answer.value].code == code:
            return answer.id
    raise context.unknown("cloud-trouble", f"has an error about a cloud input with `code` {code!r}", job.last)


@probe("message-source-field", operation="getJob", uses=(cloud_job,), rank=31)
def message_source_field(context: Context) -> str:
    """The name of the field of an error that holds the id of an input."""
    job = cloud_job(context)
    ids = {row.get("id") for row in rows(job.last, "input")}
    error = _messages(job)[0]
    if not ids:
        raise NotConclusive("the job shows no inputs")
    names = [name for name, value in error.items() if isinstance(value, str) and value in ids]
    if len(names) != 1:
        what = f"has an error with the fields {', '.join(error)}, of which not one holds the id of its input"
        raise context.unknown("message-source-field", what, job.last)
    return context.which("message-source-field", names[0], job.last)


def _messages(job: DrawnJob) -> Sequence[Mapping[str, Any]]:
    """The errors and warnings of a job.

    Raises:
        NotConclusive: there are none.
    """
    found = [*rows(job.last, "errors"), *rows(job.last, "warnings")]
    if not found:
        raise NotConclusive("the job shows no error about a cloud input that can't be had")
    return found


def _messages_about(job: DrawnJob, input_id: str) -> Sequence[Mapping[str, Any]]:
    return [message for message in _messages(job) if input_id in message.values()]
