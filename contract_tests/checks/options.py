"""Checks of invalid options in a new job: every kind of single fault is refused, naming the option."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, zip_longest
from typing import TypeAlias

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step, check
from pixelpact.contract_tests.suite.refusals import (
    depends_on,
    errors_of,
    expect_named,
    expect_refused,
    id_of,
    is_refused,
    wrong,
)
from pixelpact.schema import options_schema
from pixelpact.strategies import Invalid, single_faults

#: Sends options in a request.
Send: TypeAlias = Callable[[Context, object], Exchange]

_SOURCE = "text-to-image option table; vendor OpenAPI 2.0.1 documents 400 for invalid input"
#: Characters of a value that a message repeats.
_LONGEST_SHOWN = 40
#: Ways to break an option that hardly any server overlooks; they are asked together, an option each.
_CRUDE = {
    "is-null", "is-number", "is-string", "is-array", "is-object", "foreign", "empty", "padded", "upper-case",
    "truthy-yes", "truthy-zero", "truthy-one-as-text", "zero", "negative", "far-above", "huge",
    "whole-above", "whole-below", "far-too-long", "empty-name", "near-miss-case", "near-miss-dash",
    "near-miss-plural", "near-miss-space", "fraction", "just-too-long", "control-character", "non-ascii",
    "truthy-one", "truthy-true",
}  # fmt: skip
#: The rank of the most telling faults by case: those next to a limit, and those that careless code converts.
_RANKS = {
    **dict.fromkeys(("just-above", "just-below"), 4),
    **dict.fromkeys(("is-boolean", "numeric-string", "title-case", "trailing-newline"), 5),
    "unknown": 6,
}


def send(context: Context, options: object) -> Exchange:
    """The answer to a job with these options that can't start."""
    body = context.staged_body(conversion=[context.conversion(options)])
    return context.call("createJob", json=body)


def verify_alone(context: Context, fault: Invalid, send: Send = send) -> None:
    """Check what a request with this fault is answered; `send` sends options.

    A fault that the server was seen to tolerate is sent together with another one that it refuses: the
    refusal must not name it, and nothing is made.

    Raises:
        ContractBroken: it is accepted or refused otherwise than was observed of its kind.
    """
    if is_refused(fault, context.profile):
        answer = send(context, fault.payload)
        expect_refused(context, answer, described(fault))
        if fault.option is not None:
            expect_named(context, answer, fault.option)
        return
    answer = send(context, {**fault.payload, **_another(fault)})
    expect_refused(context, answer, "a negative size")
    expect_tolerated(context, answer, fault)


def expect_tolerated(context: Context, answer: Exchange, fault: Invalid) -> None:
    """Check that a refusal for another reason does not name an option whose fault is tolerated.

    Raises:
        ContractBroken: it does.
    """
    errors = errors_of(context, answer)
    if errors is not None and fault.option in errors:
        raise answer.broken(f"must accept {described(fault)}, as the same in other options")


def described(fault: Invalid) -> str:
    """A fault in the words of a message.

    >>> described(Invalid({"seed": True}, "seed", "type", "is-boolean"))
    "the option 'seed' with the value true (of a wrong type)"
    """
    if fault.option is None:
        return f"{json.dumps(fault.payload)} as options"
    if fault.keyword == "additionalProperties":
        return f"the additional option {fault.option!r}"
    value = json.dumps(fault.payload[fault.option])
    if len(value) > _LONGEST_SHOWN or fault.option == "download_password":
        return f"the option {fault.option!r} ({fault.case.replace('-', ' ')}, {wrong(fault)})"
    return f"the option {fault.option!r} with the value {value} ({wrong(fault)})"


def _another(fault: Invalid) -> dict[str, int]:
    return {"height" if fault.option == "width" else "width": -7}


def batches(faults: Sequence[Invalid]) -> Iterator[tuple[Invalid, ...]]:
    """The faults in batches, each with at most one fault of an option."""
    by_option = [[*same] for _, same in groupby(faults, key=lambda fault: fault.option)]
    for batch in zip_longest(*by_option):
        yield tuple(fault for fault in batch if fault is not None)


def _batch_step(number: int, batch: tuple[Invalid, ...]) -> Step[Exchange]:
    options = {name: value for fault in batch for name, value in fault.payload.items()}
    rule = "a job with several invalid options is refused"
    return Step(f"options.batch-{number}", rule, lambda context: send(context, options), Cost(1))


def verify_in_batch(context: Context, answer: Exchange, fault: Invalid, send_alone: Send) -> None:
    """Check a fault by the answer to several; if that does not tell, ask for it alone.

    Raises:
        ContractBroken: it is accepted or refused otherwise than was observed of its kind.
    """
    if answer.response.status_code == context.profile.value("invalid-request"):
        errors = errors_of(context, answer)
        if errors is None or (fault.option in errors) == is_refused(fault, context.profile):
            return
    verify_alone(context, fault, send_alone)


def _register_alone(fault: Invalid) -> None:
    @check(
        f"options/{check_name(fault)}",
        operation="createJob",
        rule=f"{described(fault)} is refused",
        source=_SOURCE,
        requests=1,
        depends=depends_on(fault),
        kind=kind_of(fault),
        rank=_rank(fault),
    )
    def verify(context: Context) -> None:
        verify_alone(context, fault)


def _register_in_batch(fault: Invalid, batch: Step[Exchange]) -> None:
    @check(
        f"options/{check_name(fault)}",
        operation="createJob",
        rule=f"{described(fault)} is refused",
        source=_SOURCE,
        uses=(batch,),
        depends=depends_on(fault),
        kind=kind_of(fault),
    )
    def verify(context: Context) -> None:
        verify_in_batch(context, batch(context), fault, send)


def check_name(fault: Invalid) -> str:
    """The part of a check's id that names a fault."""
    if fault.keyword == "additionalProperties":
        return id_of(f"additional-{fault.case}")
    return id_of(fault.id)


def kind_of(fault: Invalid) -> str:
    """What the faults of one option and keyword are, and unknown options among each other."""
    name = "unknown" if fault.keyword == "additionalProperties" else fault.option
    return f"option {name} {fault.keyword}"


def _rank(fault: Invalid) -> int:
    return _RANKS.get(fault.case, 40) if fault.option is not None else 40


def is_crude(fault: Invalid) -> bool:
    """Whether a fault is asked together with those of other options."""
    if fault.option is None:
        return False
    spec = options_schema()["properties"].get(fault.option, {})
    is_text = fault.case == "is-boolean" and spec.get("type") == "string"
    return is_text or fault.case in _CRUDE


def _register_whole(faults: Sequence[Invalid]) -> None:
    """Options that are wrong as a whole: asked in one job, with a conversion for each."""

    def send_all(context: Context) -> Exchange:
        conversions = [context.conversion(fault.payload) for fault in faults]
        return context.call("createJob", json=context.staged_body(conversion=conversions))

    sent = Step("options.whole", "a job with options of a wrong type is refused", send_all, Cost(1))
    for place, fault in enumerate(faults):
        _register_one_whole(place, fault, sent)


def _register_one_whole(place: int, fault: Invalid, sent: Step[Exchange]) -> None:
    @check(
        f"options/{check_name(fault)}",
        operation="createJob",
        rule=f"{described(fault)} is refused",
        source=_SOURCE,
        uses=(sent,),
        depends=depends_on(fault),
    )
    def verify(context: Context) -> None:
        answer = sent(context)
        errors = errors_of(context, answer)
        if errors is None or f"conversion[{place}].options" not in errors:
            verify_alone(context, fault)


def _register() -> None:
    crude = [fault for fault in single_faults() if is_crude(fault)]
    for fault in single_faults():
        if fault not in crude and fault.option is not None:
            _register_alone(fault)
    _register_whole([fault for fault in single_faults() if fault.option is None])
    for number, batch in enumerate(batches(crude), 1):
        step = _batch_step(number, batch)
        for fault in batch:
            _register_in_batch(fault, step)


_register()
