"""Checks of valid options: boundary values, and pairs of them, are accepted and shown as they were sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.model.drafts import refused_options
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.option_routes import OPTION_ROUTES, send_options
from pixelpact.contract_tests.suite.refusals import (
    REFUSAL_ENTRIES,
    errors_of,
    expect_named,
    expect_refused,
    id_of,
    id_of_operation,
)
from pixelpact.schema import TEXT_TO_IMAGE, JSONObject, Profile, as_object, options_schema
from pixelpact.strategies import Valid, boundaries

_SOURCE = "text-to-image option table"
#: The entries of the ledger by which a server refuses options that others accept, or shows them otherwise.
_DEPENDS = ("integral-number", "text-length", "unknown-preset")
_PAIR_DEPENDS = (*REFUSAL_ENTRIES, *_DEPENDS, "ratio-with-style")
_SECRETS = frozenset(name for name, spec in options_schema()["properties"].items() if spec.get("writeOnly"))
#: Two payloads with all options, each at a boundary: the first of each, and the second.
_ENDS = ("first", "second")
_RANKS = {"minimum": 4, "maximum": 3, "whole-float": 4}


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of options in a new job: the answer, and their place in it if they were accepted."""

    answer: Exchange
    place: int | None

    def expect_shown(self, options: JSONObject, what: str) -> None:
        """Check that the options were accepted, and are shown with the value and type that were sent.

        Raises:
            ContractBroken: they were refused, or an option is missing or another one.
        """
        if self.place is None:
            raise self.answer.broken(f"must accept {what}, got {self.answer.response.status_code}")
        expect_shown(self.answer, self.answer.at("conversion", self.place, "options"), options)


def expect_shown(answer: Exchange, shown: object, options: JSONObject) -> None:
    """Check that the options that an answer shows have those that were sent, compared as JSON text.

    Raises:
        ContractBroken: an option is missing, or has another value or type. Secret options are left out.
    """
    found = as_object(shown)
    for name, value in options.items():
        if name in _SECRETS:
            continue
        if name not in found:
            raise answer.broken(f"must show the option {name!r}, which is missing")
        if json.dumps(found[name]) != json.dumps(value):
            sent, got = (json.dumps(one)[:80] for one in (value, found[name]))
            raise answer.broken(f"must show the option {name!r} as it was sent, {sent}, shows {got}")


def refused_by(profile: Profile, options: JSONObject) -> list[str]:
    """The valid options that a server with this profile refuses all the same."""
    conversion = {"target": TEXT_TO_IMAGE, "category": "", "options": options}
    return [path[-1] for path in refused_options(conversion, profile, preset_known=False)]


def _stage_all(context: Context, payloads: Sequence[JSONObject]) -> Exchange:
    """The answer to a job that can't start, with a conversion for each payload."""
    return context.stage(conversion=[context.conversion(dict(options)) for options in payloads])


def seen(context: Context, payloads: Sequence[JSONObject]) -> list[Seen]:
    """What becomes of payloads in a job with a conversion each; if it is refused, those it names go alone."""
    answer = _stage_all(context, payloads)
    if answer.response.is_success:
        return [Seen(answer, place) for place in range(len(payloads))]
    if len(payloads) == 1:
        return [Seen(answer, None)]
    named = (errors_of(context, answer) or {}).keys()
    suspects = [options for options in payloads if named & options.keys()]
    rest = [options for options in payloads if options not in suspects]
    half = len(payloads) // 2
    parts = (
        [*([options] for options in suspects), rest]
        if suspects and rest
        else [payloads[:half], payloads[half:]]
    )
    found = {
        id(options): one for part in parts for options, one in zip(part, seen(context, part), strict=True)
    }
    return [found[id(options)] for options in payloads]


@step(requests=2, rule="a job with every boundary value of every option is created")
def at_boundaries(context: Context) -> Mapping[str, Seen]:
    """What becomes of the boundary values that are accepted by what was observed, by their ids."""
    valid = [one for one in boundaries() if not refused_by(context.profile, one.payload)]
    return dict(zip((one.id for one in valid), seen(context, [one.payload for one in valid]), strict=True))


def _register_boundary(valid: Valid) -> None:
    what = f"{valid.option or 'options'} ({valid.case})"

    @check(
        f"options/accepts-{id_of(valid.id)}",
        operation="createJob",
        rule=f"{what} is accepted and shown as it was sent",
        source=_SOURCE,
        uses=(at_boundaries,),
        depends=(*REFUSAL_ENTRIES, *_DEPENDS) if valid.case == "whole-float" else _DEPENDS,
        rank=_RANKS.get(valid.case, 50),
    )
    def verify(context: Context) -> None:
        found = at_boundaries(context).get(valid.id)
        if found is not None:
            found.expect_shown(valid.payload, what)
            return
        names = refused_by(context.profile, valid.payload)
        if valid.case != "whole-float":
            raise NotConclusive(f"{', '.join(names)} is refused, as was observed")
        answer = context.call("createJob", json=context.staged_body(valid.payload))
        expect_refused(context, answer, f"{what}, as in other options")
        expect_named(context, answer, names[0])


@cache
def pairwise_rows() -> tuple[JSONObject, ...]:
    """Options at boundaries, so that each pair of options has each pair of boundary values in some row.

    A greedy covering array: each row begins with a pair that is still missing, and each further option takes
    the value that completes most of the missing pairs.
    """
    values = {name: [*own] for name, own in _values_by_option().items()}
    missing = {
        ((one, first), (two, second))
        for one, two in combinations(values, 2)
        for first in range(len(values[one]))
        for second in range(len(values[two]))
    }
    rows: list[JSONObject] = []
    while missing:
        row = dict(min(missing))
        for name in values:
            if name not in row:
                row[name] = max(range(len(values[name])), key=lambda at: _completed(row, name, at, missing))
        missing -= {*combinations([(name, row[name]) for name in values], 2)}
        rows.append({name: values[name][place] for name, place in row.items()})
    return tuple(rows)


def _values_by_option() -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for valid in boundaries():
        if valid.option is not None:
            values.setdefault(valid.option, []).append(valid.payload[valid.option])
    return values


def _completed(row: Mapping[str, int], name: str, at: int, missing: set[Any]) -> int:
    new = (name, at)
    return sum(((other, new) in missing) + ((new, other) in missing) for other in row.items())


def _accepted_rows(context: Context) -> list[JSONObject]:
    """The rows without the values that are refused alone, and without pairs that are known not to work."""
    alone = at_boundaries(context)
    refused = {
        (valid.option, json.dumps(valid.payload[valid.option]))
        for valid in boundaries()
        if valid.option is not None and (valid.id not in alone or alone[valid.id].place is None)
    }
    rows: list[JSONObject] = []
    for row in pairwise_rows():
        kept = {name: value for name, value in row.items() if (name, json.dumps(value)) not in refused}
        if [kept.get("aspect_ratio"), kept.get("style")] in context.profile.value("ratio-with-style"):
            del kept["aspect_ratio"]
        rows.append(kept)
    return rows


@check(
    "options/pairs-at-boundaries",
    operation="createJob",
    rule="each pair of options is accepted at a boundary of both, and shown as it was sent",
    source=_SOURCE,
    requests=2,
    uses=(at_boundaries,),
    depends=_PAIR_DEPENDS,
)
def pairs_at_boundaries(context: Context) -> None:
    """All rows of the covering array are accepted; if one is not, the two options are looked for."""
    rows = _accepted_rows(context)
    answer = _stage_all(context, rows)
    if not answer.response.is_success:
        row = _smallest_refused(context, _first_refused(context, rows))
        pair = " with ".join(f"{name} {json.dumps(value)[:40]}" for name, value in row.items())
        raise answer.broken(f"must accept {pair}, got {answer.response.status_code}")
    for place, row in enumerate(rows):
        expect_shown(answer, answer.at("conversion", place, "options"), row)


def _first_refused(context: Context, rows: Sequence[JSONObject]) -> JSONObject:
    """The first of some rows that is refused, where all of them together are."""
    while len(rows) > 1:
        half = len(rows) // 2
        is_refused = not _stage_all(context, rows[:half]).response.is_success
        rows = rows[:half] if is_refused else rows[half:]
    return rows[0]


def _smallest_refused(context: Context, row: JSONObject) -> JSONObject:
    """The row without the options that it is refused without."""
    kept = dict(row)
    for name in row:
        shorter = {other: value for other, value in kept.items() if other != name}
        if shorter and not _stage_all(context, [shorter]).response.is_success:
            kept = shorter
    return kept


def at_end(number: int) -> JSONObject:
    """All options, each at its first or second boundary."""
    return {name: own[number % len(own)] for name, own in _values_by_option().items()}


def _register_elsewhere(operation: str, number: int) -> None:
    made = operation == "createPreset"

    @check(
        f"options/{id_of_operation(operation)}-accepts-{_ENDS[number]}-boundaries",
        operation=operation,
        rule="all options at once are accepted at a boundary of each, and shown as they were sent",
        source=_SOURCE,
        requests=2 if made else 1,
        uses=OPTION_ROUTES[operation],
        depends=_PAIR_DEPENDS,
    )
    def verify(context: Context) -> None:
        options = {**at_end(number)}
        for name in refused_by(context.profile, options):
            del options[name]
        answer = send_options(context, options, operation=operation, leaves=int(made))
        if not answer.response.is_success:
            named = ", ".join(errors_of(context, answer) or ())
            status = answer.response.status_code
            raise answer.broken(f"must accept options at their boundaries, got {status} naming {named}")
        expect_shown(answer, answer.at("options"), options)


def _register() -> None:
    for valid in boundaries():
        _register_boundary(valid)
    for operation in OPTION_ROUTES:
        for number in range(len(_ENDS)):
            _register_elsewhere(operation, number)


_register()
