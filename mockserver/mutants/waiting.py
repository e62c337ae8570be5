"""Mutants in jobs that wait: their status, changes of them, and their cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import (
    Condition,
    answered,
    api_key,
    edited,
    is_success,
    job_id,
    put,
    requested,
    sent,
    status_put,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import load_document

_FIELDS = (
    "fail_on_input_error",
    "fail_on_conversion_error",
    "notify_status",
    "callback",
    "download_passwords",
)
#: What notices that a PATCH of a field is ignored, besides the checks of just that.
_ALSO_IGNORED: Mapping[str, tuple[str, ...]] = {
    "fail_on_input_error": ("lifecycle/started-refuses-updatejob",),
    "notify_status": ("ledger/callback-canceled",),
}
#: The operations that change a job.
ROUTES = (
    "updateJob",
    "addInput",
    "uploadFile",
    "uploadBase64",
    "addConversion",
    "updateInput",
    "updateInputs",
    "updateConversion",
    "removeInput",
    "removeConversion",
)
#: A wrong value for each field of a job that a change must leave alone.
_WRONG: Mapping[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "token": "0" * 32,
    "type": "work",
    "status": {"code": "ready", "info": "Wrong"},
    "errors": [{"source": "input", "code": 1, "message": "Wrong"}],
    "warnings": [{"source": "input", "code": 1, "message": "Wrong"}],
    "process": True,
    "fail_on_input_error": True,
    "fail_on_conversion_error": True,
    "notify_status": False,
    "callback": "https://wrong.invalid/",
    "download_passwords": ["********", "********", "********"],
    "conversion": [],
    "input": [{"id": "00000000-0000-4000-8000-000000000001"}],
    "output": [{"id": "00000000-0000-4000-8000-000000000001"}],
    "server": "https://wrong.invalid/v2",
    "spent": 3,
    "created_at": "2001-01-01T00:00:00",
}


def _has_plain_conversion(response: Traffic) -> bool:
    conversions = sent(response).get("conversion") or [{"options": {"some": 1}}]
    return not sent(response).get("input") and conversions[0].get("options") == {}


mutant(
    "lifecycle/waits-for-an-input",
    "shows a new job without an input, whose conversion has no options, as ready",
    operations=("createJob",),
    word="incomplete",
    response=edited(status_put("ready"), _has_plain_conversion),
)
mutant(
    "lifecycle/waits-for-a-conversion",
    "shows a new job without a conversion that may process as ready",
    operations=("createJob",),
    word="incomplete",
    response=edited(
        status_put("ready"), lambda response: "input" in sent(response) and len(sent(response)) == 1
    ),
)


mutant(
    "lifecycle/removal-makes-incomplete",
    "shows a job whose conversion was removed as ready to those who have its token",
    operations=("getJob",),
    word="incomplete",
    response=edited(
        status_put("ready"),
        lambda response: (
            not api_key(response) and response.json["input"] and response.json["conversion"] == []
        ),
    ),
)


def _ignores(name: str) -> Change:
    """A change that ignores a PATCH of one field, unless its value is a number, which no field has."""
    return requested(lambda body, _: {} if [*body] == [name] and type(body[name]) is not int else body)


for _name in _FIELDS:
    mutant(
        f"lifecycle/change-{_name.replace('_', '-')}",
        f"ignores a PATCH of {_name} alone",
        operations=("updateJob",),
        word=_name,
        request=_ignores(_name),
        also=_ALSO_IGNORED.get(_name, ()),
        why="a PATCH of that field is what they ask with" if _name in _ALSO_IGNORED else "",
    )
mutant(
    "lifecycle/change-process",
    "ignores a PATCH of process:false",
    operations=("updateJob",),
    word="process",
    request=requested(lambda body, _: {} if body == {"process": False} else body),
)
mutant(
    "lifecycle/change-several",
    "ignores the last field of a PATCH of several",
    operations=("updateJob",),
    word="callback",
    request=requested(
        lambda body, _: dict([*body.items()][:-1] if len(body) > 1 and "process" not in body else body)
    ),
)


def _forgetful() -> tuple[Change | None, Change | None]:
    changed: set[str] = set()

    def respond(response: Traffic) -> None:
        is_change = response.operation == "updateJob" and "process" not in sent(response)
        if is_change and is_success(response) and len(sent(response)) > 1:
            changed.add(job_id(response))
        elif response.operation == "getJob" and job_id(response) in changed:
            edited(put(fail_on_input_error=False))(response)

    return None, respond


mutant(
    "lifecycle/change-is-kept",
    "forgets a change of fail_on_input_error after a PATCH of several fields",
    operations=("updateJob", "getJob"),
    word="fail_on_input_error",
    changes=_forgetful,
)


def _is_change_of(names: list[str]) -> Condition:
    return lambda response: [*sent(response)] == names


for _name in load_document("openapi")["components"]["schemas"]["Job"]["properties"]:
    if _name in _WRONG:
        _trigger = ["notify_status"] if _name == "callback" else ["callback"]
        mutant(
            f"lifecycle/change-leaves-{_name.replace('_', '-')}",
            f"answers a PATCH of {_trigger[0]} with another {_name}",
            operations=("updateJob",),
            word=_name,
            response=edited(put(**{_name: _WRONG[_name]}), _is_change_of(_trigger)),
        )


def _as_created(job: Any, _: Traffic) -> None:
    job["modified_at"] = job["created_at"]


mutant(
    "lifecycle/modified-at-moves",
    "shows modified_at as the time of creation",
    operations=("updateJob",),
    word="modified_at",
    response=edited(_as_created),
)
mutant(
    "lifecycle/cancel-status",
    "answers a cancellation with 200 instead of 204",
    operations=("cancelJob",),
    word="204",
    response=answered(200),
)


def _was_canceled_without_conversion(response: Traffic) -> bool:
    job = response.json
    return isinstance(job, dict) and job["status"]["code"] == "canceled" and not job["conversion"]


mutant(
    "lifecycle/canceled-status",
    "shows a canceled job without a conversion as failed",
    operations=("getJob",),
    word="canceled",
    response=edited(status_put("failed"), _was_canceled_without_conversion),
)
mutant(
    "lifecycle/cancel-leaves-the-rest",
    "switches process on when a job is canceled",
    operations=("getJob",),
    word="process",
    response=edited(put(process=True), _was_canceled_without_conversion),
)


def _tolerant(operation: str) -> tuple[Change | None, Change | None]:
    canceled: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "cancelJob" and is_success(response):
            canceled.add(job_id(response))
        elif response.operation == operation and job_id(response) in canceled:
            response.status = 200

    return None, respond


for _operation in (
    "updateJob",
    "addInput",
    "addConversion",
    "updateInput",
    "updateConversion",
    "removeInput",
):
    mutant(
        f"lifecycle/canceled-refuses-{_operation.lower()}",
        f"answers {_operation} of a canceled job with 200",
        operations=("cancelJob", _operation),
        word=_operation,
        changes=lambda operation=_operation: _tolerant(operation),  # type: ignore[misc]
    )
