"""Checks of jobs as they are created: the answer, each of its fields, what is kept and what is hidden."""

from __future__ import annotations

import json

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import ContractBroken, NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.jobs import (
    FLAGS,
    INPUT,
    INPUT_SECRET,
    LIMITS,
    METADATA,
    OPTION_PASSWORD,
    PASSWORDS,
    TARGET_SECRET,
    UNKNOWN_JOB,
    empty_job,
    full_job,
    read_job,
)
from pixelpact.contract_tests.suite.refusals import id_of, id_of_operation
from pixelpact.contract_tests.suite.steps import open_job, other_open_job
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    Violation,
    as_object,
    component_validator,
    find_conversion,
    find_violations,
    load_document,
)

_OAS = "vendor OpenAPI 2.0.1"
_SCHEMAS = load_document("openapi")["components"]["schemas"]
_REQUEST = _SCHEMAS["JobRequest"]["anyOf"][0]["properties"]
#: The parts of a job, and the components of `openapi.json` that describe them.
_PLACES: dict[tuple[str | int, ...], str] = {
    (): "Job", ("conversion", 0): "Conversion", ("input", 0): "InputFile",
}  # fmt: skip
_SHAPE_ENTRIES = ("timestamps", "processing-word", "staged-status")
#: Fields that may change between two reads.
_CHANGING = ("status", "modified_at")


@check(
    "jobs/created-status",
    operation="createJob",
    rule="a created job is answered with 201",
    source=_OAS,
    uses=(open_job,),
    rank=1,
)
def created_status(context: Context) -> None:
    """Created jobs are answered with 201."""
    open_job(context).created.expect(201)


@check(
    "jobs/own-id-and-token",
    operation="createJob",
    rule="each job has an id and a token of its own",
    source=_OAS,
    uses=(open_job, other_open_job),
)
def own_id_and_token(context: Context) -> None:
    """Two jobs differ in id and token."""
    first, second = open_job(context).created, other_open_job(context).created
    for field in ("id", "token"):
        values = [_shown(answer, field) for answer in (first, second)]
        if values[0] == values[1]:
            raise second.broken(f"must give each job its own {field}")


def _shown(created: Exchange, field: str) -> str:
    """The text of a field.

    Raises:
        NotConclusive: there is none, which the check of that field tells.
    """
    value = as_object(created.json()).get(field)
    if not isinstance(value, str):
        raise NotConclusive(f"a created job has no text as {field}")
    return value


def place_of_violation(violation: Violation) -> tuple[str | int, ...]:
    """The field that a violation is about: one of the job, or of its conversion or input."""
    path = violation.path
    length = 3 if path[:2] in _PLACES and len(path) > 2 else 1
    return path[:length]


def _register_field(place: tuple[str | int, ...], name: str) -> None:
    path = (*place, name)
    shown = ".".join(str(step) for step in path if step != 0)
    is_required = name in _SCHEMAS[_PLACES[place]]["required"]

    @check(
        f"jobs/field-{id_of(shown)}",
        operation="createJob",
        rule=f"a created job has {shown} in its documented form"
        if is_required
        else f"{shown} has its documented form where a created job shows it",
        source=_OAS,
        uses=(full_job,),
        depends=_SHAPE_ENTRIES,
        rank=4 if name == "token" else 50,
    )
    def verify(context: Context) -> None:
        created = full_job(context)
        for violation in find_violations(component_validator("Job"), created.json()):
            if place_of_violation(violation) == path and not is_departure(violation, context.profile):
                raise created.broken(f"must have `{shown}` in its documented form: {violation}")


def _register_flag(name: str) -> None:
    default = _REQUEST[name]["default"]

    @check(
        f"jobs/default-{id_of(name)}",
        operation="createJob",
        rule=f"{name} is {json.dumps(default)} unless it is sent",
        source=_OAS,
        uses=(empty_job,),
    )
    def verify_default(context: Context) -> None:
        created = empty_job(context)
        if created.at(name) is not default:
            raise created.broken(f"must default {name} to {json.dumps(default)}, has {created.at(name)!r}")

    @check(
        f"jobs/kept-{id_of(name)}",
        operation="createJob",
        rule=f"{name} is shown as it was sent",
        source=_OAS,
        uses=(full_job,),
    )
    def verify_kept(context: Context) -> None:
        _expect_kept(full_job(context), FLAGS[name], name)


@check(
    "jobs/kept-category",
    operation="createJob",
    rule="a conversion has the category that was sent",
    source=_OAS,
    uses=(full_job,),
)
def kept_category(context: Context) -> None:
    """The category and target of a conversion are kept."""
    entry, created = find_conversion(TEXT_TO_IMAGE), full_job(context)
    _expect_kept(created, TEXT_TO_IMAGE, "conversion", 0, "target")
    if entry is not None:
        _expect_kept(created, entry.category, "conversion", 0, "category")


@check(
    "jobs/kept-metadata",
    operation="createJob",
    rule="the metadata of a conversion is kept",
    source=_OAS,
    uses=(full_job,),
)
def kept_metadata(context: Context) -> None:
    """What was sent as metadata is shown."""
    created = full_job(context)
    for name, value in METADATA.items():
        _expect_kept(created, value, "conversion", 0, "metadata", name)


@check(
    "jobs/kept-limits",
    operation="createJob",
    rule="the limits of a job are shown as they were sent",
    source=_OAS,
    uses=(full_job,),
)
def kept_limits(context: Context) -> None:
    """All three limits are kept."""
    created = full_job(context)
    for name, limit in LIMITS.items():
        _expect_kept(created, limit, "limits", name)


def _register_input_field(name: str) -> None:
    @check(
        f"jobs/kept-input-{id_of(name)}",
        operation="createJob",
        rule=f"the {name} of an input is kept",
        source=_OAS,
        uses=(full_job,),
    )
    def verify(context: Context) -> None:
        _expect_kept(full_job(context), INPUT[name], "input", 0, name)


def _expect_kept(answer: Exchange, sent: object, *path: str | int) -> None:
    """Check that a field is shown as it was sent.

    Raises:
        ContractBroken: it has another value.
        NotConclusive: it is missing or of another type, which the check of that field tells.
    """
    place = ".".join(str(step) for step in path if step != 0)
    try:
        shown = answer.at(*path)
    except ContractBroken:
        raise NotConclusive(f"{place} is missing") from None
    if type(shown) is not type(sent):
        raise NotConclusive(f"{place} is of another type")
    if json.dumps(shown, sort_keys=True) != json.dumps(sent, sort_keys=True):
        raise answer.broken(f"must show {place} as it was sent, {in_json(sent)}, shows {str(shown)[:80]!r}")


def _register_hidden(name: str, what: str, secrets: tuple[str, ...], source: str) -> None:
    @check(
        f"jobs/hidden-{name}",
        operation="createJob",
        rule=f"{what} are never shown in clear",
        source=source,
        uses=(full_job,),
    )
    def verify(context: Context) -> None:
        created = full_job(context)
        if any(secret in created.response.text for secret in secrets):
            raise created.broken(f"must not show {what} in clear")


@check(
    "jobs/hidden-password-count",
    operation="createJob",
    rule="download_passwords has as many entries as passwords were sent",
    source="SDK contract",
    confidence="observed",
    uses=(full_job,),
)
def hidden_password_count(context: Context) -> None:
    """The list of masked passwords has the length of the one that was sent."""
    created = full_job(context)
    shown = as_object(created.json()).get("download_passwords")
    if not isinstance(shown, list):
        raise NotConclusive("download_passwords is not a list")
    if len(shown) != len(PASSWORDS):
        raise created.broken(f"must have {len(PASSWORDS)} entries in download_passwords")


@check(
    "jobs/times-agree",
    operation="createJob",
    rule="a new job has not been modified: modified_at is created_at",
    source="every documented response",
    uses=(empty_job,),
)
def times_agree(context: Context) -> None:
    """Both times of a new job are the same."""
    created = empty_job(context)
    if created.at("modified_at") != created.at("created_at"):
        raise created.broken("must have the same modified_at as created_at")


@check(
    "jobs/empty-array",
    operation="createJob",
    rule="an empty array makes an empty job, as an empty object does",
    source="vendor SDKs send []",
    confidence="observed",
    requests=2,
)
def empty_array(context: Context) -> None:
    """PHP clients write an empty object as an array."""
    context.call("createJob", leaves=1, json=[]).expect_success()


@check(
    "jobs/read-agrees",
    operation="getJob",
    rule="a read shows the job as its creation did",
    source=_OAS,
    uses=(read_job,),
)
def read_agrees(context: Context) -> None:
    """Each field of the created job is the same in a read."""
    created, read = open_job(context).created, read_job(context).expect(200)
    for name, value in created.json().items():
        if name not in _CHANGING and read.at(name) != value:
            raise read.broken(f"must show {name} as the creation did")


def _register_unknown(operation: str) -> None:
    @check(
        f"jobs/unknown-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} answers {NOT_FOUND} for a job that does not exist",
        source=_OAS,
        uses=(UNKNOWN_JOB[operation],),
    )
    def verify(context: Context) -> None:
        UNKNOWN_JOB[operation](context).expect(NOT_FOUND)


def _register() -> None:
    for place, component in _PLACES.items():
        for name in _SCHEMAS[component]["properties"]:
            _register_field(place, name)
    for name in FLAGS:
        _register_flag(name)
    for name in INPUT:
        _register_input_field(name)
    _register_hidden("job-passwords", "the job's download_passwords", PASSWORDS, "vendor OpenAPI 2.0.1")
    _register_hidden("option-password", "download_password options", (OPTION_PASSWORD,), "SDK contract")
    _register_hidden("input-credentials", "credentials of inputs", (INPUT_SECRET,), "SDK contract")
    _register_hidden("target-credentials", "credentials of targets", (TARGET_SECRET,), "vendor OpenAPI 2.0.1")
    for operation in UNKNOWN_JOB:
        _register_unknown(operation)


_register()
