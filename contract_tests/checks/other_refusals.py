"""Checks of the bodies of refusals that other checks ask for: of parts, presets and late changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pixelpact.contract_tests.checks.accounts import wrong_statistics
from pixelpact.contract_tests.checks.canceled import late_changes
from pixelpact.contract_tests.checks.conversions import unknown_conversions
from pixelpact.contract_tests.checks.idempotency import repeated_job
from pixelpact.contract_tests.checks.refusals import expect_shape
from pixelpact.contract_tests.checks.started import changes_after_the_end, changes_after_the_start
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.foreign_access import FOREIGN_KEY
from pixelpact.contract_tests.suite.inputs import unknown_inputs
from pixelpact.contract_tests.suite.items import Step, check, step
from pixelpact.contract_tests.suite.presets import public_requests, unknown_requests
from pixelpact.schema import headers

_OAS = "vendor OpenAPI 2.0.1"
_SHAPE_ENTRIES = ("error-fields", "error-texts", "error-codes")
_LOWEST_REFUSAL = 400


@step(requests=0, uses=tuple(FOREIGN_KEY.values()), rule="another account asks for a job and a preset")
def foreign_answers(context: Context) -> Mapping[str, Exchange]:
    """The answers to another account, by operation."""
    return {operation: answered(context) for operation, answered in FOREIGN_KEY.items()}


def _conflict(context: Context) -> Mapping[str, Exchange]:
    return {"createJob": repeated_job(context).other}


#: What is refused, by the part of an id: the answers, and the step that they need.
_KINDS: Mapping[str, tuple[str, str, Callable[[Context], Mapping[Any, Exchange]], Step[Any]]] = {
    "unknown-conversions": (
        "getConversion", "an unknown conversion", unknown_conversions, unknown_conversions,
    ),
    "unknown-inputs": ("getInput", "an unknown input", unknown_inputs, unknown_inputs),
    "unknown-presets": ("getPreset", "an unknown preset", unknown_requests, unknown_requests),
    "public-presets": ("getPreset", "a public preset", public_requests, public_requests),
    "foreign-keys": ("getJob", "the key of another account", foreign_answers, foreign_answers),
    "changes-when-canceled": ("updateJob", "a change of a canceled job", late_changes, late_changes),
    "changes-after-the-start": (
        "updateJob", "a change of a started job", changes_after_the_start, changes_after_the_start,
    ),
    "changes-after-the-end": (
        "updateJob", "a change of an ended job", changes_after_the_end, changes_after_the_end,
    ),
    "wrong-statistics": ("getYearStats", "a wrong date", wrong_statistics, wrong_statistics),
    "idempotency-conflict": ("createJob", "a key with another body", _conflict, repeated_job),
}  # fmt: skip


def _refusals_in(answers: Iterable[Exchange]) -> Iterator[Exchange]:
    return (answer for answer in answers if answer.response.status_code >= _LOWEST_REFUSAL)


def _register(name: str) -> None:
    operation, what, answers, taken = _KINDS[name]

    @check(
        f"errors/{name}",
        operation=operation,
        rule=f"{what} is refused with the documented body, and with an id if others have one",
        source=_OAS,
        uses=(taken,),
        depends=(*_SHAPE_ENTRIES, "request-ids"),
        rank=56,
    )
    def verify(context: Context) -> None:
        refused = [*_refusals_in(answers(context).values())]
        if not refused:
            raise NotConclusive(f"{what} was not refused")
        for answer in refused:
            expect_shape(context, answer)
            is_there = headers().request_id in answer.response.headers
            if is_there != (context.profile["request-ids"] == "sent"):
                raise answer.broken(f"must {'not ' if is_there else ''}have {headers().request_id}")


for _name in _KINDS:
    _register(_name)
