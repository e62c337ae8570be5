"""Mutants in the creation of jobs: the status, single fields, what is kept, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.callers import ON_A_JOB, answered_anyway, is_about_unknown_job
from pixelpact.mockserver.mutants.option_faults import id_of, id_of_operation
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import load_document

_SCHEMAS = load_document("openapi")["components"]["schemas"]
_PLACES: dict[tuple[str | int, ...], str] = {
    (): "Job", ("conversion", 0): "Conversion", ("input", 0): "InputFile",
}  # fmt: skip
_FLAGS = ("process", "fail_on_input_error", "fail_on_conversion_error", "notify_status")
_LONG_AGO = "2017-08-15T17:20:55"


def _created_with_200(response: Traffic) -> None:
    if response.status == 201:
        response.status = 200


def _one_token(response: Traffic) -> None:
    """Give jobs without an input the same token."""
    body = response.json
    if isinstance(body, dict) and body.get("input") == []:
        response.json = {**body, "token": "a" * 32}


def _in_full_jobs(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Change:
    """Change the answer to a job that is sent with passwords, by what was sent and what is shown."""

    def rewrite(response: Traffic) -> None:
        sent, shown = response.request.json if response.request else None, response.json
        if response.status == 201 and isinstance(sent, dict) and "download_passwords" in sent:
            change(sent, shown)
            response.json = shown

    return rewrite


def _in_empty_jobs(**fields: Any) -> Change:
    """Change fields in the answer to a job that is sent empty."""

    def rewrite(response: Traffic) -> None:
        if response.request and response.request.json == {} and response.status == 201:
            response.json = {**response.json, **fields}

    return rewrite


def _without_form(place: tuple[str | int, ...], name: str) -> Change:
    """Show a field as a value that no field has."""

    def spoil(_: dict[str, Any], shown: dict[str, Any]) -> None:
        part: Any = shown
        for step in place:
            part = part[step]
        part[name] = 0.5

    return _in_full_jobs(spoil)


def _without_token(response: Traffic) -> None:
    body = response.json
    if isinstance(body, dict):
        response.json = {name: value for name, value in body.items() if name != "token"}


def _flipped(name: str) -> Change:
    def flip(_: dict[str, Any], shown: dict[str, Any]) -> None:
        shown[name] = not shown[name]

    return _in_full_jobs(flip)


def _category(_: dict[str, Any], shown: dict[str, Any]) -> None:
    shown["conversion"][0]["category"] = "image"


def _limits(_: dict[str, Any], shown: dict[str, Any]) -> None:
    if "limits" in shown:
        shown["limits"]["output"] = {"size": 1}


def _metadata(_: dict[str, Any], shown: dict[str, Any]) -> None:
    shown["conversion"][0]["metadata"]["purpose"] = "none"


def _show_passwords(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    shown["download_passwords"] = sent["download_passwords"]


def _show_option_password(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    password = sent["conversion"][0]["options"]["download_password"]
    shown["conversion"][0]["options"]["download_password"] = password


def _show_input_credentials(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    shown["input"][0]["credentials"] = sent["input"][0]["credentials"]


def _show_target_credentials(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    target = sent["conversion"][0]["output_target"][0]
    shown["conversion"][0]["output_target"][0]["credentials"] = target["credentials"]


def _count_one_password(_: dict[str, Any], shown: dict[str, Any]) -> None:
    del shown["download_passwords"][1:]


def _refuse_arrays(request: Traffic) -> None:
    if request.json == []:
        request.skip, request.status = True, 400
        request.json = {"code": 400, "message": "An array is no job", "errors": {}}


def _work_in_reads(response: Traffic) -> None:
    if response.status == 200:
        response.json = {**response.json, "type": "work"}


def _other_input(name: str, value: Any) -> Change:
    def change(_: dict[str, Any], shown: dict[str, Any]) -> None:
        if shown["input"]:
            shown["input"][0][name] = value

    return _in_full_jobs(change)


def _of_created(check: str, what: str, word: str, response: Change, **more: Any) -> None:
    mutant(f"jobs/{check}", what, operations=("createJob",), word=word, response=response, **more)


def _register_kept() -> None:
    for name in _FLAGS:
        _of_created(f"kept-{id_of(name)}", f"shows {name} the other way round", name, _flipped(name))
        default = _SCHEMAS["JobRequest"]["anyOf"][0]["properties"][name]["default"]
        changed = _in_empty_jobs(**{name: not default})
        _of_created(f"default-{id_of(name)}", f"has another default of {name}", name, changed)
    _of_created("kept-category", "shows another category", "category", _in_full_jobs(_category))
    _of_created("kept-limits", "shows another limit of outputs", "limits", _in_full_jobs(_limits))
    _of_created("kept-metadata", "shows other metadata", "metadata", _in_full_jobs(_metadata))
    for name, value in (
        ("filename", "input"),
        ("options", {"type": "other"}),
        ("parameters", {"delete_after_use": False}),
        ("metadata", {"purpose": "none"}),
    ):
        _of_created(
            f"kept-input-{name}", f"shows another {name} of an input", name, _other_input(name, value)
        )


def _register_hidden() -> None:
    for check, word, change in (
        ("hidden-job-passwords", "download_passwords", _show_passwords),
        ("hidden-option-password", "download_password", _show_option_password),
        ("hidden-input-credentials", "credentials", _show_input_credentials),
        ("hidden-target-credentials", "credentials", _show_target_credentials),
        ("hidden-password-count", "download_passwords", _count_one_password),
    ):
        is_of_job = check == "hidden-job-passwords"
        _of_created(
            check,
            f"does not keep the rule {check}",
            word,
            _in_full_jobs(change),
            also=("passwords/hidden-job",) if is_of_job else (),
            why="it looks at the creation of another job with passwords" if is_of_job else "",
        )


def _register() -> None:
    _of_created("created-status", "answers a created job with 200 instead of 201", "201", _created_with_200)
    _of_created(
        "field-token",
        "shows no token of a created job",
        "token",
        _without_token,
        id="jobs/field-token~missing",
        also=("lifecycle/change-leaves-token", "idempotency/same-job", "inputs/upload-token-answer"),
        why="they need the token, or compare it",
    )
    mutant(
        "jobs/own-id-and-token",
        "gives all jobs without an input one token",
        operations=("createJob", "getJob"),
        word="token",
        response=_one_token,
        also=("lifecycle/change-leaves-token",),
        why="a change is answered with another token than reads",
    )
    for place, component in _PLACES.items():
        for name in _SCHEMAS[component]["properties"]:
            shown = ".".join(str(step) for step in (*place, name) if step != 0)
            change = _without_form(place, name)
            _of_created(f"field-{id_of(shown)}", f"shows {shown} in no form that is documented", name, change)
    _register_kept()
    _register_hidden()
    _of_created("times-agree", "has modified new jobs", "modified_at", _in_empty_jobs(modified_at=_LONG_AGO))
    mutant(
        "jobs/empty-array",
        "takes no array for an empty job",
        operations=("createJob",),
        word="201",
        request=_refuse_arrays,
    )
    mutant(
        "jobs/read-agrees",
        "shows another type in a read than the creation",
        operations=("getJob",),
        word="type",
        response=_work_in_reads,
        also=("lifecycle/start-leaves-the-rest",),
        why="it compares a start with the read before",
    )
    for operation in ON_A_JOB:
        mutant(
            f"jobs/unknown-{id_of_operation(operation)}",
            f"answers {operation} for a job that does not exist",
            operations=(operation,),
            word="404",
            response=answered_anyway(is_about_unknown_job),
        )


_register()
