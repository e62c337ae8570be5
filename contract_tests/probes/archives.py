"""Probes of jobs with several conversions and prompts: which pictures they draw, in which files.

Two conversions of two prompts tell it all: the first asks for separate files, the second says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.answers import value_at
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.drawings import SEPARATE, DrawnJob, Output, archive_format, draw
from pixelpact.contract_tests.suite.items import probe, step

_SINGLE_GROUP = {"conversions-times-inputs": "pairs", "pictures-per-job": "one"}


@step(requests=5, paid_jobs=1, rule="a job with two conversions draws two prompts")
def several_pictures(context: Context) -> DrawnJob:
    """A job that has drawn two prompts with two conversions; only the first asks for separate files."""
    conversions = [context.conversion(dict(options)) for options in (SEPARATE, SMALL)]
    prompts = [context.prompt(text) for text in ("A fox", "A hare")]
    return draw(context, {"conversion": conversions, "input": prompts}, outputs=3)


@probe("conversions-times-inputs", operation="createJob", uses=(several_pictures,), rank=10)
def conversions_times_inputs(context: Context) -> str:
    """Whether the second conversion takes the first prompt as well."""
    job = several_pictures(context)
    first, second = _prompts_of_both(job)
    if not first:
        raise NotConclusive("no output names the inputs that it is made of")
    if 0 in second:
        return "product"
    if second == {1} or (not second and first == {0}):
        return "pairs"
    raise context.unknown("conversions-times-inputs", _seen(first, second), job.last)


@probe("pictures-per-job", operation="createJob", uses=(several_pictures,), rank=10)
def pictures_per_job(context: Context) -> str:
    """Whether a second prompt is drawn."""
    job = several_pictures(context)
    first, second = _prompts_of_both(job)
    if not first:
        raise NotConclusive("no output names the inputs that it is made of")
    if 1 in first | second:
        return "one-each"
    if 0 in first:
        return "one"
    raise context.unknown("pictures-per-job", _seen(first, second), job.last)


@probe(
    "several-results",
    operation="createJob",
    uses=(several_pictures,),
    hidden_by=_SINGLE_GROUP,
    rank=11,
)
def several_results(context: Context) -> str:
    """Whether the pictures of a conversion without `allow_multiple_outputs` come in one file."""
    job = several_pictures(context)
    files = _files_of_both_prompts(job)
    if len(files) == 1:
        return "archive"
    if len(files) == 2:
        return "files"
    raise context.unknown("several-results", f"has {len(files)} outputs of two prompts", job.last)


@probe(
    "archive-format",
    operation="downloadOutput",
    requests=1,
    uses=(several_pictures,),
    hidden_by={**_SINGLE_GROUP, "several-results": "files"},
    rank=12,
)
def format_of_archives(context: Context) -> str:
    """The format of the file that holds both pictures, by its signature."""
    (file, *_) = _files_of_both_prompts(several_pictures(context))
    answer = context.download(file.uri)
    if not answer.response.is_success:
        raise NotConclusive(f"the archive can't be downloaded ({answer.response.status_code})")
    found = archive_format(answer.response.content)
    if found is None:
        start = answer.response.content[:4].hex()
        raise context.unknown("archive-format", f"has a file that begins with the bytes {start}", answer)
    return found


@probe("spent", operation="getJob", uses=(several_pictures,), rank=13)
def spent(context: Context) -> str:
    """What a job of several pictures says it has cost."""
    job = several_pictures(context)
    pictures = sum(len(output.inputs) for output in job.outputs())
    if not pictures:
        raise NotConclusive("no output names the inputs that it is made of")
    credits_spent = value_at(job.last, "spent")
    if credits_spent == pictures:
        return "per-output"
    if credits_spent == 0:
        return "nothing"
    raise context.unknown("spent", f"has `spent` {credits_spent!r} for {pictures} pictures", job.last)


def _files_of_both_prompts(job: DrawnJob) -> Sequence[Output]:
    """The files of the second conversion, which has drawn both prompts.

    Raises:
        NotConclusive: it has not.
    """
    _, second = _prompts_of_both(job)
    if second != {0, 1}:
        raise NotConclusive("no conversion has drawn both prompts")
    return job.outputs(1)


def _prompts_of_both(job: DrawnJob) -> tuple[set[int], set[int]]:
    """The numbers of the prompts that each of the two conversions has drawn."""
    numbers = {job.input_id(number): number for number in (0, 1)}
    first, second = (
        {numbers[each] for output in job.outputs(conversion) for each in output.inputs if each in numbers}
        for conversion in (0, 1)
    )
    return first, second


def _seen(first: set[int], second: set[int]) -> str:
    return f"draws the inputs {sorted(first)} with the first conversion, {sorted(second)} with the second"
