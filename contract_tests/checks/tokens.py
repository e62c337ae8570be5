"""Checks of job tokens and of other accounts: a token opens its own job only, a key its own account only."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import expect_same, succeeded
from pixelpact.contract_tests.suite.context import SECOND, Context
from pixelpact.contract_tests.suite.foreign_access import FOREIGN_KEY, FOREIGN_TOKEN, ON_PARTS, by_token
from pixelpact.contract_tests.suite.items import Cost, Need, Step, check, step
from pixelpact.contract_tests.suite.refusals import id_of_operation
from pixelpact.contract_tests.suite.routes import (
    ON_A_JOB,
    closed_job,
    closed_preset,
    request_to,
)
from pixelpact.contract_tests.suite.steps import OpenJob, open_job, open_job_of
from pixelpact.schema import error_answers, headers

_SOURCE = "guide authentication: a job token grants access to that one job only"
_NOT_FOUND = error_answers()["NotFound"].status
#: Operations that are asked with a token and belong to an account, not to a job.
_OF_AN_ACCOUNT = ("createJob", "createPreset", "getContracts")


@step(requests=2, rule="a job is created that its token opens")
def token_job(context: Context) -> OpenJob:
    """A staged job with a conversion and an input, which only its token is used for."""
    return open_job_of(context, context.stage(input=[context.prompt("A fox")]))


#: What is asked before each operation: the job is read while it lacks the conversion that was removed.
_BEFORE: Mapping[str, tuple[str, ...]] = {
    "removeConversion": ("listJobConversions", "getConversion", "updateConversion"),
    "getJob": ("removeConversion",),
    "addConversion": ("getJob",),
}


def _own_token(operation: str, number: int) -> Step[Exchange]:
    before = tuple(_own_token(name, ON_PARTS.index(name) % 2) for name in _BEFORE.get(operation, ()))

    def ask(context: Context) -> Exchange:
        job = token_job(context)
        for earlier in before:
            with suppress(NotConclusive):
                context.take(earlier)
        return request_to(context, operation, job=job, credentials=by_token(job, number))

    rule = f"{operation} is asked with the token of the job"
    cost = Cost(0 if operation == "cancelJob" else 1)  # the job's step counts its cancellation
    return Step(f"tokens.own-{operation}-{number}", rule, ask, cost, (token_job, *before))


#: The answers to requests with the job's own token, by operation; every other one uses the alias.
WITH_TOKEN = {operation: _own_token(operation, number % 2) for number, operation in enumerate(ON_PARTS)}


def _register_own_token(operation: str, header: str, answered: Step[Exchange], *, name: str) -> None:
    @check(
        f"access/{name}-{id_of_operation(operation)}",
        operation=operation,
        rule=f"the job's token in {header} opens {operation}, in place of the key",
        source=_SOURCE,
        uses=(answered,),
        # Its job is canceled last.
        rank=52 if operation == "cancelJob" else 51 if operation.startswith("remove") else 50,
    )
    def verify(context: Context) -> None:
        answer = answered(context)
        status, expected = answer.response.status_code, answer.operation.success_status
        if not answer.response.is_success:  # which of the successes it is, the checks of the operation tell
            raise answer.broken(f"must answer {expected} to the job's token in {header}, got {status}")


@check(
    "lifecycle/removal-makes-incomplete",
    operation="removeConversion",
    rule="a staged job whose only conversion is removed is incomplete",
    source="vendor guide job-lifecycle",
    uses=(WITH_TOKEN["getJob"],),
)
def removal_makes_incomplete(context: Context) -> None:
    """A read after the removal shows that the job lacks something again."""
    succeeded(WITH_TOKEN["removeConversion"](context))
    answer = succeeded(WITH_TOKEN["getJob"](context))
    what = "the status of a job without a conversion"
    expect_same(answer, what, "incomplete", answer.text("status", "code"))


@step(requests=1, uses=(token_job,), rule="jobs are listed with a token")
def token_listing(context: Context) -> Exchange:
    """The listing of jobs with a token."""
    return context.call("listJobs", credentials=by_token(token_job(context)))


@check(
    "access/token-counts-its-job",
    operation="listJobs",
    rule=f"with a token, {headers().count} counts that token's job only",
    source="vendor OpenAPI 2.0.1",
    uses=(token_listing,),
)
def token_counts_its_job(context: Context) -> None:
    """The header of a listing with a token says nothing of other jobs."""
    answer = succeeded(token_listing(context))
    expect_same(answer, f"the {headers().count}", "1", answer.response.headers.get(headers().count))


@check(
    "access/token-lists-its-job",
    operation="listJobs",
    rule="with a token, the listing of jobs has that token's job only",
    source="vendor OpenAPI 2.0.1",
    uses=(token_listing,),
)
def token_lists_its_job(context: Context) -> None:
    """A listing with a token names its job alone."""
    job, answer = token_job(context), token_listing(context).expect(200)
    rows = answer.at()
    ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else rows
    if ids != [job.id]:
        raise answer.broken(f"must list the token's job only, lists {str(ids)[:200]}")


@check(
    "access/token-as-a-whole",
    operation="getJob",
    rule="a token that lacks its last character opens nothing",
    source=_SOURCE,
    requests=1,
    uses=(token_job,),
    depends=("foreign-token", "invalid-key"),
)
def token_as_a_whole(context: Context) -> None:
    """A read with the beginning of the job's token is refused."""
    job = token_job(context)
    credentials = {name: token[:-1] for name, token in by_token(job).items()}
    answer = request_to(context, "getJob", job=job, credentials=credentials)
    status = answer.response.status_code
    expected = error_answers()[context.profile.value("foreign-token")].status
    if status not in (expected, context.profile.value("invalid-key")):
        raise answer.broken(f"must answer {expected} to a part of the job's token, got {status}")


@check(
    "access/bearer-is-no-key",
    operation="getContracts",
    rule="a key opens nothing as a bearer token in the header Authorization",
    source="vendor guide authentication: custom headers only",
    requests=1,
    depends=("invalid-key",),
)
def bearer_is_no_key(context: Context) -> None:
    """The key in another header than its own is no key."""
    credentials = {"Authorization": f"Bearer {context.api.key}"}
    answer = context.call("getContracts", credentials=credentials)
    status, expected = answer.response.status_code, context.profile.value("invalid-key")
    if status != expected:
        raise answer.broken(f"must answer {expected} to a key in Authorization: Bearer, got {status}")


def _register_foreign_token(operation: str) -> None:
    @check(
        f"access/foreign-token-{id_of_operation(operation)}",
        operation=operation,
        rule=f"the token of another job does not open {operation}",
        source=_SOURCE,
        uses=(FOREIGN_TOKEN[operation],),
        depends=("foreign-token",),
    )
    def verify(context: Context) -> None:
        answer = FOREIGN_TOKEN[operation](context)
        status = answer.response.status_code
        expected = error_answers()[context.profile.value("foreign-token")].status
        if status != expected:
            raise answer.broken(
                f"must answer {expected} to the token of another job, as other routes, got {status}"
            )


def _register_token_as_key(operation: str) -> None:
    @check(
        f"access/token-is-no-key-{id_of_operation(operation)}",
        operation=operation,
        rule=f"a job token does not open {operation}, which needs a key",
        source=_SOURCE,
        requests=1,
        uses=(open_job,),
        depends=("invalid-key", "presets-without-key"),
    )
    def verify(context: Context) -> None:
        if operation == "createPreset" and context.profile["presets-without-key"] == "allow":
            raise NotConclusive("presets need no key here")
        answer = request_to(context, operation, credentials=by_token(open_job(context)))
        status, expected = answer.response.status_code, context.profile.value("invalid-key")
        if status != expected:
            raise answer.broken(f"must answer {expected} to a job token, which is no key, got {status}")


def _register_foreign_key(operation: str) -> None:
    @check(
        f"access/foreign-key-{id_of_operation(operation)}",
        operation=operation,
        rule=f"the key of another account does not open {operation}",
        source="guide authentication; the status is observed",
        uses=(FOREIGN_KEY[operation],),
        depends=("foreign-job",) if operation in ON_A_JOB else (),
    )
    def verify(context: Context) -> None:
        answer = FOREIGN_KEY[operation](context)
        status = answer.response.status_code
        expected = context.profile.value("foreign-job") if operation in ON_A_JOB else _NOT_FOUND
        if status != expected:
            raise answer.broken(
                f"must answer {expected} to the key of another account, as other routes, got {status}"
            )


def _register_foreign_listing(operation: str, made: Step[Any]) -> None:
    @check(
        f"access/foreign-key-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} shows nothing of another account",
        source="guide authentication",
        requests=1,
        uses=(made,),
        needs=(Need.SECOND_KEY,),
    )
    def verify(context: Context) -> None:
        known = made(context)
        foreign = known.id if isinstance(known, OpenJob) else str(known)
        answer = context.call(operation, account=SECOND)
        if foreign in answer.response.text:
            raise answer.broken("must not list what another account has made")


def _register() -> None:
    for number, operation in enumerate(ON_PARTS):
        header = headers().job_token[number % 2]
        _register_own_token(operation, header, WITH_TOKEN[operation], name="token")
        _register_foreign_token(operation)
    _register_own_token("getJob", headers().job_token[1], _own_token("getJob", 1), name="token-alias")
    for operation in _OF_AN_ACCOUNT:
        _register_token_as_key(operation)
    for operation in FOREIGN_KEY:
        _register_foreign_key(operation)
    _register_foreign_listing("listJobs", closed_job)
    _register_foreign_listing("listPresets", closed_preset)


_register()
