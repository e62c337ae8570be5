"""Checks of jobs with an input or a conversion that fails: errors, warnings and how the flags decide."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.checks.catalogue import listed_statuses
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import ContractTestsError, NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.callbacks import called_back_of_failed
from pixelpact.contract_tests.suite.comparisons import expect_same, possible_values, rows_of, succeeded
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.drawings import DrawnJob, empty_prompt_job
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.presets import applied_preset, unusable_presets
from pixelpact.contract_tests.suite.steps import EndedJob, ended_job_of, open_job, plain_picture
from pixelpact.schema import job_messages, success_status

_CYCLE = "vendor guide job-lifecycle"
_PAGE = "vendor page errors-and-warnings"
#: A cloud that nobody offers: any descriptor is taken, and a bad one fails later (SDK contract).
_BAD_INPUT: Mapping[str, Any] = {"type": "cloud", "source": "no-such-cloud", "parameters": {"file": "x.txt"}}


@step(requests=1, paid_jobs=1, rule="a job with an input is created that will fail")
def bad_input(context: Context) -> Exchange:
    """The answer to a job with a prompt and a cloud that nobody offers."""
    inputs = [context.prompt("A well"), dict(_BAD_INPUT)]
    return context.launch(input=inputs, outputs=0, fail_on_conversion_error=False)


@step(requests=1, uses=(bad_input,), rule="a job has an input that fails")
def strict_job(context: Context) -> EndedJob:
    """A job with a prompt and an input that fails, which tolerates conversions that fail, but no inputs."""
    return ended_job_of(context, bad_input(context))


@step(requests=3, paid_jobs=1, rule="a job tolerates an input that fails")
def lenient_job(context: Context) -> EndedJob:
    """A job with a prompt and an input that fails, with fail_on_input_error:false."""
    inputs = [context.prompt("A dry well"), dict(_BAD_INPUT)]
    return ended_job_of(context, context.launch(input=inputs, fail_on_input_error=False))


@dataclass(frozen=True, slots=True)
class Fruitless:
    """The answer to a job that will have no output, and what presets its conversions name, `""` for none."""

    created: Exchange
    presets: tuple[str, ...]


@step(
    requests=1,
    paid_jobs=1,
    uses=(unusable_presets, applied_preset),
    rule="a job with conversions that name presets is created",
)
def fruitless(context: Context) -> Fruitless:
    """A job with an input that fails and no other, and conversions that name presets, usable ones or not."""
    named: dict[str, Mapping[str, str]] = {"": {}}
    with suppress(ContractTestsError):
        named["own"] = applied_preset(context).option
    if context.profile["unknown-preset"] != "refuse":
        named.update({what: {"preset": id_} for what, id_ in unusable_presets(context).items()})
    conversions = [context.conversion({**SMALL, **option}) for option in named.values()]
    inputs = [dict(_BAD_INPUT)]
    created = context.launch(input=inputs, conversion=conversions, outputs=0, fail_on_input_error=False)
    return Fruitless(created, tuple(named))


@step(requests=1, uses=(fruitless,), rule="a job tolerates inputs that fail, and has no other")
def fruitless_job(context: Context) -> EndedJob:
    """A job with an input that fails and no other, with fail_on_input_error:false."""
    return ended_job_of(context, fruitless(context).created)


@step(requests=3, paid_jobs=1, rule="a job tolerates a conversion that fails")
def lenient_conversions(context: Context) -> EndedJob:
    """A job with an empty prompt and a good one, with fail_on_conversion_error:false."""
    created = context.launch(" ", "A full well", fail_on_conversion_error=False)
    return ended_job_of(context, created)


@check(
    "lifecycle/failing-input-taken",
    operation="createJob",
    rule="any descriptor of a cloud input is taken, also of a cloud that nobody offers",
    source="SDK contract",
    uses=(bad_input,),
)
def input_taken(context: Context) -> None:
    """Its job is created; the input fails later."""
    created = bad_input(context)
    if not created.response.is_success:
        expected, got = success_status("createJob"), created.response.status_code
        raise created.broken(f"must take a cloud input, with {expected}, got {got}")


@check(
    "lifecycle/failing-strict-fails",
    operation="getJob",
    rule="an input that fails makes the job fail",
    source=_CYCLE,
    uses=(strict_job,),
)
def strict_fails(context: Context) -> None:
    """A job with fail_on_input_error:true fails and has no output."""
    last = strict_job(context).last
    expect_same(last, "the status with fail_on_input_error:true", "failed", last.text("status", "code"))
    expect_same(last, "`output`", [], last.at("output"))


@check(
    "lifecycle/failing-strict-error",
    operation="getJob",
    rule="an input that fails is named in the errors of its job, with the code of its kind",
    source=_PAGE,
    uses=(strict_job,),
    depends=("message-source-field", "cloud-trouble"),
)
def strict_error(context: Context) -> None:
    """The one row in `errors` has the source input, the input's id and a documented code."""
    last = strict_job(context).last
    _expect_message(context, last, "errors", bad_input=strict_job(context).created)
    expect_same(last, "`warnings`", [], last.at("warnings"))


@check(
    "lifecycle/failing-input-status",
    operation="getJob",
    rule="an input that fails has the status failed, others are ready",
    source=_CYCLE,
    uses=(strict_job,),
)
def input_status(context: Context) -> None:
    """The input that nobody can import is failed, the prompt is ready."""
    last = strict_job(context).last
    statuses = [row.get("status") for row in rows_of(last, "input")]
    expect_same(last, "the statuses of its inputs", ["ready", "failed"], statuses)


@check(
    "lifecycle/failing-lenient-completes",
    operation="getJob",
    rule="with fail_on_input_error:false, a job goes on without an input that fails",
    source=_CYCLE,
    uses=(lenient_job,),
)
def lenient_completes(context: Context) -> None:
    """A job with another input completes."""
    last = lenient_job(context).last
    expect_same(last, "the status with fail_on_input_error:false", "completed", last.text("status", "code"))


@check(
    "lifecycle/failing-lenient-warning",
    operation="getJob",
    rule="with fail_on_input_error:false, an input that fails is a warning",
    source=_CYCLE,
    uses=(lenient_job,),
    depends=("message-source-field", "cloud-trouble"),
)
def lenient_warning(context: Context) -> None:
    """The one row in `warnings` is about the input that failed; `errors` is empty."""
    last = lenient_job(context).last
    _expect_message(context, last, "warnings", bad_input=lenient_job(context).created)
    expect_same(last, "`errors`", [], last.at("errors"))


@check(
    "lifecycle/failing-lenient-output",
    operation="getJob",
    rule="an input that fails gives no output, others do",
    source=_CYCLE,
    uses=(lenient_job,),
)
def lenient_output(context: Context) -> None:
    """The output is made of the good input alone."""
    last, created = lenient_job(context).last, lenient_job(context).created
    good = created.text("input", 0, "id")
    sources = [row.get("source", {}).get("input") for row in rows_of(last, "output")]
    expect_same(last, "the inputs of its outputs", [[good]], sources)


@check(
    "lifecycle/failing-nothing-left-fails",
    operation="getJob",
    rule="a job that is left without any output fails, whatever its flags",
    source="vendor page job_lifecycle",
    uses=(fruitless_job,),
)
def nothing_left_fails(context: Context) -> None:
    """A job whose only input fails is failed, with fail_on_input_error:false too."""
    last = fruitless_job(context).last
    expect_same(last, "the status without any output", "failed", last.text("status", "code"))


@check(
    "lifecycle/failing-conversion-warning",
    operation="getJob",
    rule="with fail_on_conversion_error:false, a conversion that fails is a warning",
    source=_CYCLE,
    uses=(lenient_conversions,),
    depends=("empty-prompt", "pictures-per-job", "conversions-times-inputs", "message-source-field"),
)
def conversion_warning(context: Context) -> None:
    """A job with an empty prompt and another one completes with a warning about its conversion."""
    job, profile = lenient_conversions(context), context.profile
    if profile["empty-prompt"] != "fail":
        raise NotConclusive("no conversion fails: an empty prompt is accepted")
    if profile["pictures-per-job"] == "one" or profile["conversions-times-inputs"] == "pairs":
        raise NotConclusive("only the first prompt is drawn")
    last = job.last
    expect_same(
        last, "the status with fail_on_conversion_error:false", "completed", last.text("status", "code")
    )
    named = [
        (row.get("source"), row.get(profile.value("message-source-field")))
        for row in rows_of(last, "warnings")
    ]
    conversion = job.created.text("conversion", 0, "id")
    expect_same(last, "the sources of its `warnings`", [("conversion", conversion)], named)


def _of_empty_prompt(context: Context) -> DrawnJob:
    """The job with an empty prompt.

    Raises:
        NotConclusive: its prompt was drawn.
    """
    if context.profile["empty-prompt"] != "fail":
        raise NotConclusive("no conversion fails: an empty prompt is accepted")
    return empty_prompt_job(context)


@check(
    "lifecycle/failing-conversion-fails",
    operation="getJob",
    rule="a conversion that fails makes the job fail, whatever fail_on_input_error says",
    source=_CYCLE,
    uses=(empty_prompt_job,),
    depends=("empty-prompt",),
)
def conversion_fails(context: Context) -> None:
    """A job with an empty prompt has no output and no warnings."""
    last = _of_empty_prompt(context).last
    what = "the status with fail_on_conversion_error:true"
    expect_same(last, what, "failed", last.text("status", "code"))
    for name in ("output", "warnings"):
        expect_same(last, f"`{name}` with fail_on_conversion_error:true", [], last.at(name))


@check(
    "lifecycle/failing-conversion-error",
    operation="getJob",
    rule="a conversion that fails is named in the errors of its job",
    source=_PAGE,
    uses=(empty_prompt_job,),
    depends=("empty-prompt", "message-source-field"),
)
def conversion_error(context: Context) -> None:
    """The one row in `errors` has the source conversion, the conversion's id, a code and a message."""
    last, field = _of_empty_prompt(context).last, context.profile.value("message-source-field")
    rows = rows_of(last, "errors")
    what = "the number of rows in `errors` with fail_on_conversion_error:true"
    expect_same(last, what, 1, len(rows))
    expected = {"source": "conversion", field: last.text("conversion", 0, "id")}
    for name, value in expected.items():
        expect_same(last, f"`{name}` in `errors`", value, rows[0].get(name))
    if not isinstance(rows[0].get("code"), int) or not rows[0].get("message"):
        raise last.broken("must have a number as `code` and a `message` in `errors`")


@check(
    "lifecycle/failing-no-picture-left-fails",
    operation="getJob",
    rule="a job that is left without any output fails, with fail_on_conversion_error:false too",
    source="vendor page job_lifecycle",
    uses=(called_back_of_failed,),
    depends=("empty-prompt",),
)
def no_picture_left_fails(context: Context) -> None:
    """A job whose only prompt is empty is failed although it tolerates conversions that fail."""
    if context.profile["empty-prompt"] != "fail":
        raise NotConclusive("no conversion fails: an empty prompt is accepted")
    last = called_back_of_failed(context).job.last
    what = "the status without any output, with fail_on_conversion_error:false"
    expect_same(last, what, "failed", last.text("status", "code"))


@check(
    "lifecycle/status-info",
    operation="getJob",
    rule="a job explains its status as the list of statuses does",
    source="vendor guide job-lifecycle",
    confidence="observed",
    uses=(strict_job, plain_picture, open_job, listed_statuses),
)
def status_info(context: Context) -> None:
    """The info of a completed, a failed and a waiting job is that of their codes in the list."""
    listed = {row.get("code"): row.get("info") for row in rows_of(listed_statuses(context))}
    for answer in (open_job(context).created, plain_picture(context).last, strict_job(context).last):
        code = succeeded(answer).text("status", "code")
        if code in listed:
            what = f"the `info` of the status {code}"
            expect_same(answer, what, listed[code], answer.at("status", "info"))


def _expect_message(context: Context, last: Exchange, field: str, *, bad_input: Exchange) -> None:
    """Check that the one message in a field is about the second input, with a code for cloud inputs."""
    messages = rows_of(succeeded(last), field)
    expect_same(last, f"the number of rows in `{field}`", 1, len(messages))
    id_field = context.profile.value("message-source-field")
    expected = {"source": "input", id_field: bad_input.text("input", 1, "id")}
    for name, value in expected.items():
        expect_same(last, f"`{name}` in `{field}`", value, messages[0].get(name))
    codes = [job_messages()[key].code for key in possible_values(context, "cloud-trouble")]
    if messages[0].get("code") not in codes:
        allowed = " or ".join(map(str, codes))
        raise last.broken(
            f"must have the `code` {allowed} in `{field}`, has {in_json(messages[0].get('code'))}"
        )
    if not messages[0].get("message"):
        raise last.broken(f"must have a `message` in `{field}`")
