"""Mutants of refusals of parts, presets and late changes: each kind without its message."""

from __future__ import annotations

from collections.abc import Callable

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import UNKNOWN_ID, is_success, is_unknown, job_id, segment, sent
from pixelpact.mockserver.mutants.traffic import Traffic

#: Ids of public presets are short numbers.
_LONGEST_PUBLIC_ID = 10
_NOT_FOUND, _CONFLICT, _INVALID = 404, 409, 400


def _without_message(status: int, when: Callable[[Traffic], bool]) -> Change:
    def change(response: Traffic) -> None:
        if response.status == status and when(response):
            response.json = {name: value for name, value in response.json.items() if name != "message"}

    return change


def _once_canceled() -> tuple[None, Change]:
    """Refuses changes of a job without a message once it was canceled."""
    canceled: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "cancelJob":
            if is_success(response):
                canceled.add(job_id(response))
        else:
            _without_message(_CONFLICT, lambda response: job_id(response) in canceled)(response)

    return None, respond


def _the_second_time() -> tuple[None, Change]:
    """Refuses a request without a message if it has refused the same before."""
    refused: set[str] = set()

    def respond(response: Traffic) -> None:
        _without_message(_CONFLICT, lambda response: response.path in refused)(response)
        if response.status == _CONFLICT:
            refused.add(response.path)

    return None, respond


def _has_job(response: Traffic) -> bool:
    return job_id(response) != UNKNOWN_ID


def _lacks_part(response: Traffic) -> bool:
    return _has_job(response) and is_unknown(response)


def _is_public(response: Traffic) -> bool:
    return len(segment(response, "presets")) < _LONGEST_PUBLIC_ID


def _is_foreign(response: Traffic) -> bool:
    return not is_unknown(response) and not _is_public(response)


for _name, _operation, _status, _when in (
    ("unknown-conversions", "updateConversion", _NOT_FOUND, _lacks_part),
    ("unknown-inputs", "removeInput", _NOT_FOUND, _lacks_part),
    ("unknown-presets", "getPreset", _NOT_FOUND, is_unknown),
    ("public-presets", "getPreset", _NOT_FOUND, _is_public),
    ("foreign-keys", "updatePreset", _NOT_FOUND, _is_foreign),
    ("changes-after-the-start", "updateInputs", _CONFLICT, _has_job),
    ("wrong-statistics", "getYearStats", _INVALID, lambda _: True),
    ("idempotency-conflict", "createJob", _CONFLICT, lambda response: bool(sent(response))),
):
    mutant(
        f"errors/{_name}",
        f"refuses {_operation} without a message ({_name})",
        operations=(_operation,),
        word="message",
        response=_without_message(_status, _when),
    )
mutant(
    "errors/changes-when-canceled",
    "refuses changes of a canceled job without a message",
    operations=("cancelJob", "updateConversion"),
    word="message",
    changes=_once_canceled,
)
mutant(
    "errors/changes-after-the-end",
    "refuses changes of an ended job without a message",
    operations=("removeInput",),
    word="message",
    changes=_the_second_time,
)
