"""Mutants of refusals and of HTTP: single routes with another body, content type, status or header."""

from __future__ import annotations

from collections.abc import Callable

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.callers import (
    LOCKED,
    ON_A_JOB,
    ON_OUTPUTS,
    has_no_credentials,
    is_about_unknown_job,
    is_by_token,
    key_of,
)
from pixelpact.mockserver.mutants.option_faults import id_of_operation
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers, operations

_LOWEST_REFUSAL = 400
_OPEN = ("listStatuses", "listConversions", "listPresets")
#: Open operations that HEAD is asked of too.
_BY_HEAD = ("listStatuses", "listConversions")
_PUT, _HEAD = "PUT", "HEAD"


def _without_message(is_meant: Callable[[Traffic], bool]) -> Change:
    def remove(response: Traffic) -> None:
        body = response.json
        if response.request and response.status >= _LOWEST_REFUSAL and is_meant(response.request):
            response.json = {name: value for name, value in body.items() if name != "message"}

    return remove


def _as_text(is_meant: Callable[[Traffic], bool], *, refused: bool = False) -> Change:
    def relabel(response: Traffic) -> None:
        is_refused = response.status >= _LOWEST_REFUSAL
        if response.request and is_refused == refused and is_meant(response.request):
            response.set_header("content-type", "text/plain")

    return relabel


def _with_status(status: int, is_meant: Callable[[Traffic], bool]) -> Change:
    def answer(response: Traffic) -> None:
        if response.request and is_meant(response.request):
            response.status = status

    return answer


def _has_wrong_option(request: Traffic) -> bool:
    return b'"width":-7' in request.body.replace(b" ", b"")


def _without_allow(response: Traffic) -> None:
    if response.request and response.request.method == _PUT:
        response.set_header("allow", None)


def _without_id(response: Traffic) -> None:
    if response.request and has_no_credentials(response.request):
        response.set_header(headers().request_id, None)


def _uncounted(response: Traffic) -> None:
    if response.request and response.request.method == _HEAD:
        response.set_header(headers().count, None)


def _asks(method: str, operation: str) -> Callable[[Traffic], bool]:
    """Whether a request asks for the path of an operation by a method that the document does not have."""
    template = operations()[operation].template.split("/")

    def asks(request: Traffic) -> bool:
        steps = request.path.split("/")
        same = len(steps) == len(template) and all(
            wanted in ("{job_id}", step) for wanted, step in zip(template, steps, strict=True)
        )
        return request.method == method and same

    return asks


def _by_head(is_meant: Callable[[Traffic], bool]) -> Callable[[Traffic], bool]:
    return lambda sent: sent.method == _HEAD and is_meant(sent)


def _register_shapes() -> None:
    on_parts = [name for name in ON_A_JOB if name not in ON_OUTPUTS]
    for kind, names, is_meant in (
        ("no-key", LOCKED, has_no_credentials),
        ("foreign-token", on_parts, is_by_token),
        ("unknown-job", ON_A_JOB, lambda sent: key_of(sent) is not None and is_about_unknown_job(sent)),
    ):
        for operation in names:
            mutant(
                f"errors/{kind}-{id_of_operation(operation)}",
                f"refuses {operation} without a message ({kind})",
                operations=(operation,),
                word="message",
                response=_without_message(is_meant),
            )
    mutant(
        "errors/invalid-option-create-job",
        "refuses an invalid option with JSON that says it is text",
        operations=("createJob",),
        word="content type",
        response=_as_text(_has_wrong_option, refused=True),
    )


def _register_http() -> None:
    on_parts = [name for name in ON_A_JOB if name not in ON_OUTPUTS or name == "listOutputs"]
    by_token = [name for name in on_parts if operations()[name].method == "GET"]
    for operation in (*_OPEN, *by_token):
        mutant(
            f"http/json-{id_of_operation(operation)}",
            f"says that {operation} is answered with text",
            operations=(operation,),
            word="content type",
            response=_as_text(has_no_credentials if operation in _OPEN else is_by_token),
            also=(f"http/head-{id_of_operation(operation)}",) if operation in _BY_HEAD else (),
            why="HEAD is compared with GET" if operation in _BY_HEAD else "",
        )
    for operation in ("listJobs", "getJob", "listStatuses", "listPresets"):
        mutant(
            f"http/wrong-method-{id_of_operation(operation)}",
            f"takes {_PUT} for {operation}",
            operations=("",),
            word=_PUT,
            response=_with_status(200, _asks(_PUT, operation)),
        )
    mutant(
        "http/unknown-path",
        "knows any path",
        operations=("",),
        word="404",
        response=_with_status(200, lambda sent: "no-such-path" in sent.path),
    )
    mutant(
        "http/allow",
        "does not say which methods a path takes",
        operations=("",),
        word="Allow",
        response=_without_allow,
    )
    for name, job_id in (("text", "/no-such-job"), ("slash", "/a%2Fb")):
        mutant(
            f"http/malformed-id-{name}",
            f"answers a read of the job {job_id[1:]} with 400",
            operations=("getJob",),
            word="404",
            response=_with_status(400, lambda sent, end=job_id: sent.path.endswith(end)),  # type: ignore[misc]
        )
    for operation in ("listStatuses", "listConversions", "getJob"):
        mutant(
            f"http/head-{id_of_operation(operation)}",
            f"does not know {_HEAD} in {operation}",
            operations=(operation,),
            word=_HEAD,
            response=_with_status(501, _asks(_HEAD, operation)),
        )
    for kind, operation, is_meant in (
        ("no-key", "getContracts", has_no_credentials),
        ("no-key", "listJobs", has_no_credentials),
        ("unknown-job", "getJob", is_about_unknown_job),
    ):
        mutant(
            f"http/head-{kind}-{id_of_operation(operation)}",
            f"answers {_HEAD} of {operation} that GET refuses ({kind})",
            operations=(operation,),
            word=_HEAD,
            response=_with_status(200, _by_head(is_meant)),
        )
    mutant(
        "http/head-list-conversions",
        f"answers {_HEAD} without the count of a listing",
        operations=("listConversions",),
        word=headers().count,
        response=_uncounted,
        id="http/head-list-conversions~count",
    )
    mutant(
        "http/request-ids",
        "does not give refusals for want of a key an id",
        operations=("createPreset",),
        word=headers().request_id,
        response=_without_id,
    )


_register_shapes()
_register_http()
