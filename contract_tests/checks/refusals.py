"""Checks of refusals and of HTTP: the body and content type of every refusal, paths, methods, HEAD, ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pixelpact.contract_tests.checks.access import OPEN, WITHOUT_KEY
from pixelpact.contract_tests.checks.tokens import WITH_TOKEN
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.foreign_access import FOREIGN_TOKEN
from pixelpact.contract_tests.suite.items import Cost, Step, check, step
from pixelpact.contract_tests.suite.jobs import UNKNOWN_JOB, read_job
from pixelpact.contract_tests.suite.refusals import id_of_operation
from pixelpact.contract_tests.suite.routes import UNKNOWN_ID
from pixelpact.contract_tests.suite.steps import open_job, refused_option
from pixelpact.contract_tests.suite.wrong_requests import METHOD, WRONG_METHODS
from pixelpact.schema import (
    component_validator,
    error_answers,
    find_violations,
    headers,
    operations,
)

_OAS = "vendor OpenAPI 2.0.1"
_JSON = "application/json"
_SHAPE_ENTRIES = ("error-fields", "error-texts", "error-codes")
_LOWEST_REFUSAL = 400
#: Codes that do not repeat the status, whatever the server's other codes do.
_OWN_CODES = {answer.code for answer in error_answers().values() if answer.code != answer.status}
_MALFORMED = {"text": "no-such-job", "slash": "a/b"}


def _refusals() -> Iterator[tuple[str, str, Step[Exchange]]]:
    """The recorded refusals: what they refuse, the operation, and the step with the answer."""
    for kind, steps in (
        ("no-key", WITHOUT_KEY),
        ("foreign-token", FOREIGN_TOKEN),
        ("unknown-job", UNKNOWN_JOB),
    ):
        for operation, answered in steps.items():
            yield kind, operation, answered
    yield "invalid-option", "createJob", refused_option


def expect_shape(context: Context, answer: Exchange) -> None:
    """Check that a refusal has the documented body and content type, as observed.

    Raises:
        ContractBroken: it is not JSON, lacks a field, has one of another form, or its code says otherwise.
        NotConclusive: the request was not refused. Another check reports that.
    """
    status = answer.response.status_code
    if status < _LOWEST_REFUSAL:
        raise NotConclusive(f"{answer.operation.id} was answered {status} and so not refused")
    _expect_json(answer)
    body = answer.json(source=_OAS)
    violations = find_violations(component_validator("Error"), body)
    found = [str(one) for one in violations if not is_departure(one, context.profile)]
    if found:
        raise answer.broken(f"must be refused with the documented fields: {'; '.join(found)}")
    if not body["message"]:
        raise answer.broken("must describe the refusal in `message`")
    if context.profile["error-fields"] == "all":
        _expect_code(context, answer, body["code"])


def _expect_code(context: Context, answer: Exchange, code: object) -> None:
    expected = 0 if context.profile["error-codes"] == "zero" else answer.response.status_code
    if code != expected and code not in _OWN_CODES:
        raise answer.broken(
            f"must have the code {expected} with {answer.response.status_code}, has {in_json(code)}"
        )


def _expect_json(answer: Exchange) -> None:
    kind = answer.response.headers.get("content-type", "none").partition(";")[0].strip()
    if kind != _JSON:
        raise answer.broken(f"must have the content type {_JSON}, has {kind[:80]}")


def _register_shape(kind: str, operation: str, answered: Step[Exchange]) -> None:
    @check(
        f"errors/{kind}-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} is refused with the documented body ({kind})",
        source=_OAS,
        uses=(answered,),
        depends=_SHAPE_ENTRIES,
        rank=4 if answered is refused_option else 55,
    )
    def verify(context: Context) -> None:
        expect_shape(context, answered(context))


def _reads() -> Mapping[str, Step[Exchange]]:
    """The recorded reads that succeed."""
    by_token = {name: one for name, one in WITH_TOKEN.items() if operations()[name].method == "GET"}
    return {**OPEN, **by_token}


def _register_content_type(operation: str, answered: Step[Exchange]) -> None:
    @check(
        f"http/json-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} is answered with {_JSON}",
        source=_OAS,
        uses=(answered,),
        rank=55,
    )
    def verify(context: Context) -> None:
        answer = answered(context)
        if not answer.response.is_success:
            raise NotConclusive(f"{operation} was answered {answer.response.status_code}")
        _expect_json(answer)
        answer.json()


@check(
    "http/unknown-path",
    operation="listStatuses",
    rule="a path that the API does not have is not found, with the body of any refusal",
    source="SDK contract",
    confidence="assumed",
    requests=1,
    depends=_SHAPE_ENTRIES,
)
def unknown_path(context: Context) -> None:
    """A path with one segment too many."""
    answer = context.call("listStatuses", server=f"{context.api.base_url}/no-such-path")
    answer.expect(NOT_FOUND)
    expect_shape(context, answer)


def _register_wrong_method(operation: str) -> None:
    path = operations()[operation].path

    @check(
        f"http/wrong-method-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{METHOD} {path} is refused as any method that a path does not take",
        source="undocumented; the status is observed",
        uses=(WRONG_METHODS[operation],),
        depends=("wrong-method", *_SHAPE_ENTRIES),
    )
    def verify(context: Context) -> None:
        answer = WRONG_METHODS[operation](context)
        status, expected = answer.response.status_code, int(context.profile["wrong-method"])
        if status != expected:
            raise answer.broken(f"must answer {expected} to {METHOD} {path}, as other paths, got {status}")
        expect_shape(context, answer)


@check(
    "http/allow",
    operation="listJobs",
    rule="405 names the methods that the path takes, in the header Allow",
    source="RFC 9110, section 15.5.6",
    uses=(WRONG_METHODS["listJobs"],),
    depends=("wrong-method",),
)
def allow(context: Context) -> None:
    """The header has the methods of the listing and of the creation of jobs."""
    answer = WRONG_METHODS["listJobs"](context)
    if answer.response.status_code != error_answers()["MethodNotAllowed"].status:
        raise NotConclusive("a wrong method is not answered with 405")
    named = {method.strip() for method in answer.response.headers.get("allow", "").split(",")}
    if not {"GET", "POST"} <= named:
        raise answer.broken("must name GET and POST in the header Allow")


def _register_malformed(name: str, job_id: str) -> None:
    @check(
        f"http/malformed-id-{name}",
        operation="getJob",
        rule=f"a job id that is none ({job_id}) is not found",
        source=_OAS,
        requests=1,
    )
    def verify(context: Context) -> None:
        context.read(job_id).expect(NOT_FOUND)


def _head(operation: str, got: Step[Exchange]) -> Step[Exchange]:
    def ask(context: Context) -> Exchange:
        path = {"job_id": open_job(context).id} if operation == "getJob" else {}
        return context.call(operation, method="HEAD", path=path)

    return Step(f"refusals.head-{operation}", f"HEAD is asked of {operation}", ask, Cost(1), (got,))


def _register_head(operation: str, got: Step[Exchange]) -> None:
    asked = _head(operation, got)

    @check(
        f"http/head-{id_of_operation(operation)}",
        operation=operation,
        rule="HEAD is answered as GET, without the body",
        source="RFC 9110, section 9.3.2",
        uses=(asked, got),
    )
    def verify(context: Context) -> None:
        answer, read = asked(context).response, got(context).response
        if not read.is_success:
            raise NotConclusive(f"{operation} was answered {read.status_code}")
        if answer.status_code != read.status_code:
            raise asked(context).broken(
                f"must answer HEAD with {read.status_code}, as GET, got {answer.status_code}"
            )
        for name in ("content-type", "content-length"):
            if answer.headers.get(name, read.headers.get(name)) != read.headers.get(name):
                raise asked(context).broken(f"must have the {name} of GET, has {answer.headers[name]}")
        shown, counted = (one.headers.get(headers().count) for one in (answer, read))
        if shown != counted:
            raise asked(context).broken(f"must have the {headers().count} of GET, {counted}, has {shown}")
        if answer.content:
            raise asked(context).broken("must answer HEAD without a body")


def _register_head_refused(kind: str, operation: str, got: Step[Exchange], **request: Any) -> None:
    asked = Step(
        f"refusals.head-{kind}-{operation}",
        f"HEAD is asked of {operation}, which is refused ({kind})",
        lambda context: context.call(operation, method="HEAD", **request),
        Cost(1),
        (got,),
    )

    @check(
        f"http/head-{kind}-{id_of_operation(operation)}",
        operation=operation,
        rule=f"HEAD is refused as GET is ({kind})",
        source="RFC 9110, section 9.3.2",
        uses=(asked,),
    )
    def verify(context: Context) -> None:
        answer, read = asked(context), got(context)
        status, expected = answer.response.status_code, read.response.status_code
        if read.response.is_success:
            raise NotConclusive(f"GET of {operation} was answered {expected} and so not refused")
        if status != expected:
            raise answer.broken(f"must answer HEAD with {expected}, as GET, got {status}")


#: Steps whose answers have each status that is frequent: 200, 204, 400, 401, 404.
_LOOKED_AT = (
    refused_option,
    *OPEN.values(),
    *WITHOUT_KEY.values(),
    *WITH_TOKEN.values(),
    *UNKNOWN_JOB.values(),
)


@step(
    requests=0,
    rule="answers of many operations are looked at",
    uses=(open_job, *_LOOKED_AT),
)
def _many_answers(context: Context) -> list[Exchange]:
    return [open_job(context).created, *(answered(context) for answered in _LOOKED_AT)]


@check(
    "http/request-ids",
    operation="listStatuses",
    rule="all answers carry an id of their own, or none does, as was observed",
    source="SDK contract: forward-looking",
    confidence="assumed",
    uses=(_many_answers,),
    depends=("request-ids",),
    rank=60,
)
def request_ids(context: Context) -> None:
    """The header is there or not, and no two answers have the same id."""
    name, sent = headers().request_id, context.profile["request-ids"] == "sent"
    known: set[str] = set()
    for answer in _many_answers(context):
        value = answer.response.headers.get(name)
        if (value is not None) != sent:
            raise answer.broken(f"must {'have' if sent else 'not have'} {name}, as other answers")
        if value is not None and value in known:
            raise answer.broken(f"must have a {name} of its own, repeats one")
        known.add(value or "")


def _register() -> None:
    for kind, operation, answered in _refusals():
        _register_shape(kind, operation, answered)
    for operation, answered in _reads().items():
        _register_content_type(operation, answered)
    for operation in WRONG_METHODS:
        _register_wrong_method(operation)
    for name, job_id in _MALFORMED.items():
        _register_malformed(name, job_id)
    for operation, got in (
        ("listStatuses", OPEN["listStatuses"]),
        ("listConversions", OPEN["listConversions"]),
        ("getJob", read_job),
    ):
        _register_head(operation, got)
    for operation in ("getContracts", "listJobs"):
        _register_head_refused("no-key", operation, WITHOUT_KEY[operation], credentials={})
    _register_head_refused("unknown-job", "getJob", UNKNOWN_JOB["getJob"], path={"job_id": UNKNOWN_ID})


_register()
