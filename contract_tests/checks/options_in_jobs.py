"""Checks of options in later conversions, beside an input, and in jobs that may start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pixelpact.contract_tests.checks.boundaries import at_end, refused_by
from pixelpact.contract_tests.checks.options import described
from pixelpact.contract_tests.checks.options_elsewhere import faults_of_type, tightest_faults
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.refusals import (
    depends_on,
    errors_of,
    expect_named,
    expect_refused,
    is_refused,
)
from pixelpact.schema import JSONObject
from pixelpact.strategies import Invalid

#: Makes the body of a job with these options.
_Make: TypeAlias = Callable[[Context, object], Mapping[str, Any]]

_SOURCE = "text-to-image option table; vendor OpenAPI 2.0.1 documents 400 for invalid input"
#: Options that other targets, other sites of the vendor or newer ones have; text-to-image has none of them.
_OF_OTHERS = ("prompt", "negative_prompt", "batch_size", "model", "quality", "denoising_strength")


def _faults() -> Iterator[Invalid]:
    """A fault of each option: one of a limit, a pattern or a member where it has some, else of its type."""
    found = {fault.option: fault for fault in faults_of_type()}
    found |= {fault.option: fault for fault in tightest_faults() if fault.option in found}
    yield from found.values()


_FAULTS = tuple(_faults())
_UNKNOWN = tuple(Invalid({name: 1}, name, "additionalProperties", name) for name in _OF_OTHERS)


def _in_later_conversion(context: Context, options: object) -> Mapping[str, Any]:
    """A staged job with an input, whose second conversion has these options."""
    conversions = [context.conversion({}), context.conversion(options)]
    return {"process": False, "conversion": conversions, "input": [context.prompt("A fox")]}


def _in_waiting_job(context: Context, options: object) -> Mapping[str, Any]:
    """A job that may start, but for its lack of an input."""
    return {**context.staged_body(options), "process": True}


def _verify(context: Context, faults: Sequence[Invalid], make: _Make, where: str) -> None:
    """Check that a job with all of these faults is refused and names each that is not tolerated.

    One that it does not name is asked for with valid values of the others, as a server may stop at a first.

    Raises:
        ContractBroken: a fault is accepted, or its refusal does not name it.
    """
    refused = [fault for fault in faults if is_refused(fault, context.profile)]
    options = {name: value for fault in refused for name, value in fault.payload.items()}
    answer = context.call("createJob", json=make(context, options))
    suspect = refused[0]
    if answer.response.status_code == context.profile.value("invalid-request"):
        errors = errors_of(context, answer)
        missing = [] if errors is None else [fault for fault in refused if fault.option not in errors]
        if not missing:
            return
        suspect = missing[0]
        answer = context.call("createJob", json=make(context, {**_valid(context), **suspect.payload}))
    expect_refused(context, answer, f"{described(suspect)} {where}")
    expect_named(context, answer, str(suspect.option))


def _valid(context: Context) -> JSONObject:
    """All options with valid values, but for those that this server refuses."""
    options = at_end(0)
    refused = refused_by(context.profile, options)
    return {name: value for name, value in options.items() if name not in refused}


@check(
    "options/in-a-later-conversion",
    operation="createJob",
    rule="invalid options are refused in each conversion of a job, with and without an input",
    source=_SOURCE,
    requests=1,
    depends=depends_on(*_FAULTS),
    rank=20,
)
def in_a_later_conversion(context: Context) -> None:
    """The second conversion of a job with an input has a fault in each option."""
    _verify(context, _FAULTS, _in_later_conversion, "in the second conversion of a job with an input")


@check(
    "options/in-a-job-that-may-start",
    operation="createJob",
    rule="invalid options are refused whether a job is staged or may start",
    source=_SOURCE,
    requests=1,
    depends=depends_on(*_FAULTS),
    rank=20,
)
def in_a_job_that_may_start(context: Context) -> None:
    """The conversion of a job with process:true has a fault in each option."""
    _verify(context, _FAULTS, _in_waiting_job, "in a job with process:true")


@check(
    "options/of-other-targets",
    operation="createJob",
    rule="options that the option table does not have are refused, whatever other targets have",
    source=_SOURCE,
    requests=1,
    depends=depends_on(*_UNKNOWN),
)
def of_other_targets(context: Context) -> None:
    """Neither a prompt nor an option of another target is an option of text-to-image."""
    if context.profile["unknown-option"] != "refuse":
        raise NotConclusive("unknown options are kept")
    _verify(context, _UNKNOWN, lambda context, options: context.staged_body(options), "in a job")
