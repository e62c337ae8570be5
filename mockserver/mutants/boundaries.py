"""Mutants that refuse valid options at a boundary, alone or in pairs, or that show them otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.option_faults import change_options, id_of, id_of_operation
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import JSONObject, options_schema

_ELSEWHERE = ("addConversion", "updateConversion", "createPreset", "updatePreset")
_PROPERTIES = options_schema()["properties"]
_WHOLE = 20.0
_PAST_31_BITS = 2**31


def _boundaries(spec: JSONObject) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """The boundaries of an option, each with the values at it."""
    if "enum" in spec:
        yield from ((f"is-{member}", _is(member)) for member in spec["enum"])
    elif spec["type"] == "boolean":
        yield from (("false", _is(False)), ("true", _is(True)))
    elif spec["type"] == "string":
        yield from _text_boundaries(spec["pattern"])
    else:
        yield from (("minimum", _is(spec["minimum"])), ("maximum", _is(spec["maximum"])))
        if spec["type"] == "number":
            yield "fraction", lambda value: isinstance(value, float) and not value.is_integer()
        else:
            yield "whole-float", lambda value: isinstance(value, float)
        if spec["maximum"] > _PAST_31_BITS:
            yield "past-31-bits", _is(_PAST_31_BITS)


def _text_boundaries(pattern: str) -> Iterator[tuple[str, Callable[[str], bool]]]:
    takes_all = "~" not in pattern
    yield ("shortest", lambda value: value == "a") if takes_all else ("empty", lambda value: not value)
    yield "longest", lambda value: len(value) > 100
    yield "spaces", lambda value: bool(value) and not value.strip(" ")
    if takes_all:
        yield "newline", lambda value: "\n" in value
        yield "non-ascii", lambda value: any("\x7f" < letter < "\uffff" for letter in value)
        yield "past-bmp", lambda value: any(letter > "\uffff" for letter in value)


def _is(wanted: Any) -> Callable[[Any], bool]:
    return lambda value: type(value) is type(wanted) and value == wanted


def _refusing(option: str, is_refused: Callable[[dict[str, Any]], bool]) -> Change:
    """Make an option invalid where it is refused."""

    def spoil(options: dict[str, Any]) -> None:
        if is_refused(options):
            options[option] = [7]

    return lambda request: change_options(request, spoil)


def _alone(option: str, holds: Callable[[Any], bool]) -> Callable[[dict[str, Any]], bool]:
    return lambda options: [*options] == [option] and holds(options[option])


def _without_fraction(response: Traffic) -> None:
    """Show `20.0` as `20`, which is another JSON text."""
    body = response.json
    for conversion in body.get("conversion", ()) if isinstance(body, dict) else ():
        options = conversion.get("options")
        if isinstance(options, dict) and options.get("seed") == _WHOLE:
            options["seed"] = int(_WHOLE)
    response.json = body


def _register() -> None:
    for option, spec in _PROPERTIES.items():
        for case, holds in _boundaries(spec):
            mutant(
                f"options/accepts-{id_of(f'{option}-{case}')}",
                f"refuses {option} at the boundary {case}",
                operations=("createJob",),
                word=option,
                request=_refusing(option, _alone(option, holds)),
            )
    mutant(
        "options/accepts-seed-whole-float",
        "shows a seed of 20.0 as 20",
        id="options/accepts-seed-whole-float~shown",
        operations=("createJob",),
        word="seed",
        response=_without_fraction,
    )
    first = next(iter(_PROPERTIES))
    mutant(
        "options/accepts-payload-all-options",
        "refuses a job with all options and the shortest preset",
        operations=("createJob",),
        word="options",
        request=_refusing(
            first,
            lambda options: (
                len(options) == len(_PROPERTIES)
                and options["width"] == 64
                and options["style"] == "anime"
                and options["preset"] == "a"
                and options["aspect_ratio"] == "1:1"
                and options["cfg_scale"] == 1
            ),
        ),
        also=("options/pairs-at-boundaries",),
        why="the pairs may have a row with the same options",
    )
    mutant(
        "options/accepts-payload-as-little-as-possible",
        "refuses a job without options",
        operations=("createJob",),
        word="options",
        request=_refusing(first, lambda options: not options),
        also=("access/key-alias-create-job",),
        why="that job has no options",
    )
    mutant(
        "options/pairs-at-boundaries",
        "refuses the least width with the greatest height",
        operations=("createJob",),
        word="width",
        request=_refusing(
            "width", lambda options: options.get("width") == 64 and options.get("height") == 5120
        ),
    )
    for operation in _ELSEWHERE:
        for end, side in (("first", "minimum"), ("second", "maximum")):
            _register_elsewhere(operation, end, _PROPERTIES["width"][side])


def _register_elsewhere(operation: str, end: str, limit: int) -> None:
    mutant(
        f"options/{id_of_operation(operation)}-accepts-{end}-boundaries",
        f"refuses a width of {limit} in {operation}",
        operations=(operation,),
        word="width",
        request=_refusing("width", lambda options: options.get("width") == limit),
    )


_register()
