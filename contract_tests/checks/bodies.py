"""Checks of invalid bodies: jobs with one fault outside of the options, and bodies that are not JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step, check
from pixelpact.contract_tests.suite.refusals import (
    REFUSAL_ENTRIES,
    errors_of,
    expect_named,
    expect_refused,
    id_of,
    wrong,
)
from pixelpact.schema import Profile, options_schema
from pixelpact.strategies import Invalid, RawFault, raw_faults, single_job_faults

_OAS = "vendor OpenAPI 2.0.1"
#: What lets a fault pass outside of options, by its place and keyword: an entry of the ledger.
_OPEN = {
    ("conversion[0].target", "enum"): "unknown-target",
    ("input[0].source", "pattern"): "remote-source",
}
#: Faults of these keywords at places without parts of their own are sent together.
_TOGETHER = {"type", "maxItems"}
#: Faults at places that have parts, or of other keywords, are sent together as well where none hides another.
_GROUPS: Mapping[tuple[str, str], str] = {
    ("download_passwords", "type"): "of lists", ("conversion", "type"): "of lists",
    ("input", "type"): "of lists",
    ("download_passwords[0]", "type"): "of items", ("conversion[0]", "type"): "of items",
    ("input[0]", "type"): "of items",
    ("download_passwords[0]", "pattern"): "of texts", ("input[0].type", "enum"): "of texts",
    ("input[0].engine", "enum"): "of texts",
}  # fmt: skip
#: Of several faults of a type, the ones that careless code lets pass.
_TIGHTER = ("truthy-true", "is-number")
#: Places whose faults may hide others, or are hidden by them.
_ALONE = {"conversion[0].target", "conversion[0].options", "input[0].source"}
_PARTS = ("conversion[0].", "input[0].")
#: Bodies that are broken in much the same way as others.
_ALIKE = {
    "blank", "line-comment", "minus-infinity", "plus-sign", "hexadecimal", "no-digit-after-point",
    "surrogate-bytes", "overlong-utf-8", "unterminated", "unknown-escape", "bare-name", "two-values",
    "comment", "single-quotes", "long-integer",
}  # fmt: skip


def job_faults() -> tuple[Invalid, ...]:
    """One fault of a job for each place and keyword, outside of the options of text-to-image."""
    found: dict[tuple[str | None, str], Invalid] = {}
    for fault in single_job_faults():
        if not _is_in_options(fault):
            place = (fault.option, fault.keyword)
            if place not in found or fault.case.endswith(_TIGHTER):
                found[place] = fault
    return tuple(found.values())


def _is_in_options(fault: Invalid) -> bool:
    """Whether a fault of a job is in one of the options, not in the options as a whole."""
    payload = fault.payload if isinstance(fault.payload, Mapping) else {}
    conversions = payload.get("conversion")
    first = conversions[0] if isinstance(conversions, list) and conversions else None
    options = first.get("options") if isinstance(first, Mapping) else None
    return isinstance(options, Mapping) and bool(options)


def group_of(fault: Invalid) -> str | None:
    """The faults that a fault is sent together with; `None` for one that has a request of its own."""
    place = fault.option or ""
    if (place, fault.keyword) in _GROUPS:
        return _GROUPS[place, fault.keyword]
    in_part = place.startswith(_PARTS) and place not in _ALONE
    is_plain = in_part or place.startswith(("fail_", "notify_"))
    return fault.keyword if fault.keyword in _TOGETHER and is_plain else None


def body_of(fault: Invalid) -> Any:
    """The body with a fault; its job can't start."""
    if not isinstance(fault.payload, Mapping):
        return fault.payload
    return {"process": False, **fault.payload}


def _combined(one: Any, other: Any) -> Any:
    """Two bodies in one: objects with the members of both, arrays item by item."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = {name: _combined(one[name], other[name]) for name in one.keys() & other.keys()}
        return {**one, **other, **shared}
    if isinstance(one, list) and isinstance(other, list) and one and other:
        return [_combined(one[0], other[0])]
    return other


def _send(context: Context, body: object) -> Exchange:
    return context.call("createJob", json=body)


def _verify_alone(context: Context, fault: Invalid) -> None:
    answer = _send(context, body_of(fault))
    expect_refused(context, answer, _described(fault))
    if fault.option is not None:
        expect_named(context, answer, fault.option)


def _described(fault: Invalid) -> str:
    return f"{fault.option or 'a body'} ({wrong(fault)})"


def _id(fault: Invalid) -> str:
    place = fault.option or "body"
    return f"options/job-{id_of(place)}-{id_of(fault.keyword)}"


def _register_alone(fault: Invalid) -> None:
    entry = _OPEN.get((fault.option or "", fault.keyword))

    @check(
        _id(fault),
        operation="createJob",
        rule=f"a job with an invalid {_described(fault)} is refused",
        source=_OAS,
        requests=1,
        depends=(*REFUSAL_ENTRIES, *([entry] if entry else ())),
    )
    def verify(context: Context) -> None:
        if entry is None or context.profile[entry] == "refuse":
            _verify_alone(context, fault)
            return
        answer = _send(context, {**body_of(fault), "notify_status": 7})
        expect_refused(context, answer, "notify_status 7")
        if fault.option in (errors_of(context, answer) or ()):
            raise answer.broken(f"must accept {_described(fault)}, as was observed")


def _register_together(group: str, faults: Iterable[Invalid]) -> None:
    faults = tuple(faults)
    body = reduce(_combined, map(body_of, faults))
    rule = "a job with several invalid fields is refused"
    sent = Step(f"bodies.{id_of(group)}", rule, lambda context: _send(context, body), Cost(1))
    for fault in faults:
        _register_one_of(fault, sent)


def _register_one_of(fault: Invalid, sent: Step[Exchange]) -> None:
    @check(
        _id(fault),
        operation="createJob",
        rule=f"a job with an invalid {_described(fault)} is refused",
        source=_OAS,
        uses=(sent,),
        depends=REFUSAL_ENTRIES,
    )
    def verify(context: Context) -> None:
        answer = sent(context)
        if answer.response.status_code == context.profile.value("invalid-request"):
            errors = errors_of(context, answer)
            if errors is None or fault.option in errors:
                return
        _verify_alone(context, fault)


def in_a_job(options: str) -> str:
    """The JSON of a job that can't start, with `options` as the text of its options."""
    before, after = json.dumps(staged_job("@")).split('"@"')
    return f"{before}{options}{after}"


def raw_bodies() -> tuple[RawFault, ...]:
    """A body for each way in which one is no JSON, with the options in turn."""
    names = [*options_schema()["properties"]]
    found: dict[str, list[RawFault]] = {}
    for fault in raw_faults(wrap=in_a_job):
        if fault.ledger is None and fault.body.strip() and fault.case not in _ALIKE:
            found.setdefault(fault.case, []).append(fault)
    return tuple(
        sorted(same, key=lambda fault: names.index(fault.option) if fault.option else 0)[number % len(same)]
        for number, same in enumerate(found.values())
    )


def _register_raw(fault: RawFault) -> None:
    @check(
        f"options/raw-{id_of(fault.case)}",
        operation="createJob",
        rule=f"a body that is not JSON ({fault.case}) is refused",
        source="RFC 8259",
        requests=1,
        depends=("invalid-request",),
    )
    def verify(context: Context) -> None:
        answer = send_raw(context, fault.body)
        expect_refused(context, answer, f"a body that is not JSON ({fault.id})")


def send_raw(context: Context, body: bytes) -> Exchange:
    """The answer to a new job with this body."""
    return context.call("createJob", content=body, headers={"Content-Type": "application/json"})


@check(
    "options/number-texts-alike",
    operation="createJob",
    rule="all numbers are judged alike if a double can't hold them: as doubles or as written",
    source="RFC 8259 leaves it open; the answer is observed",
    requests=2,
    depends=("invalid-request", "number-texts", "integral-number"),
)
def number_texts_alike(context: Context) -> None:
    """A job with all numbers a little above their maximum; if that differs, each is asked alone."""
    faults = {fault.option: fault for fault in _past_doubles(context.profile)}
    whole = f"{{{', '.join(_member(fault) for fault in faults.values())}}}"
    answer = send_raw_job(context, whole)
    if _is_as_observed(context.profile, answer):
        return
    for name, fault in faults.items():
        alone = send_raw_job(context, f"{{{_member(fault)}}}")
        if not _is_as_observed(context.profile, alone):
            status = alone.response.status_code
            raise alone.broken(f"must judge {name} as other numbers ({fault.case}), got {status}")
    raise answer.broken(f"must judge these numbers as alone, got {answer.response.status_code}")


def send_raw_job(context: Context, options: str) -> Exchange:
    """The answer to a new job that can't start, with `options` as the text of its options."""
    return context.call(
        "createJob",
        leaves=1,
        content=in_a_job(options).encode(),
        headers={"Content-Type": "application/json"},
    )


def _past_doubles(profile: Profile) -> Iterator[RawFault]:
    """The numbers a little above a maximum; without integers where doubles such as 20.0 are none."""
    for fault in raw_faults():
        if fault.ledger == "number-texts" and "maximum" in fault.case:
            kind = options_schema()["properties"][fault.option]["type"]
            if kind == "number" or profile["integral-number"] == "accept":
                yield fault


def _member(fault: RawFault) -> str:
    return fault.body.decode()[1:-1]


def _is_as_observed(profile: Profile, answer: Exchange) -> bool:
    if profile["number-texts"] == "double":
        return answer.response.is_success
    return bool(answer.response.status_code == profile.value("invalid-request"))


def _register() -> None:
    together: dict[str, list[Invalid]] = {}
    for fault in job_faults():
        group = group_of(fault)
        if group is None:
            _register_alone(fault)
        else:
            together.setdefault(group, []).append(fault)
    for group, faults in together.items():
        _register_together(group, faults)
    for raw in raw_bodies():
        _register_raw(raw)


_register()
