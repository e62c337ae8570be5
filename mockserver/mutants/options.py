"""Mutants that let a fault of an option pass, in a new job or on another route that takes options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.option_faults import (
    OptionFault,
    change_options,
    id_of,
    id_of_operation,
    option_faults,
    valid_value,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import options_schema

_ELSEWHERE = ("addConversion", "updateConversion", "createPreset", "updatePreset")
_NAMES = frozenset(options_schema()["properties"])
#: Kinds of names that no option has.
_UNKNOWN: Mapping[str, Callable[[str], bool]] = {
    "unknown": lambda name: name == "no_such_option",
    "empty-name": lambda name: not name,
    "near-miss-case": lambda name: name.lower() in _NAMES,
    "near-miss-dash": lambda name: name.replace("-", "_") in _NAMES,
    "near-miss-plural": lambda name: name[:-1] in _NAMES and name.endswith("s"),
    "near-miss-space": lambda name: name.strip() in _NAMES,
}
#: What options as a whole may be instead of an object.
_WHOLES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, float),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list) and bool(value),
}
#: The faults of the type that are asked on other routes.
_OF_TYPE = ("numeric-string", "truthy-one", "is-number")


def _letting_pass(option: str, *faults: OptionFault) -> Change:
    def repair(options: dict[str, Any]) -> None:
        if option in options and any(fault.matches(options[option]) for fault in faults):
            options[option] = valid_value(option)

    return lambda request: change_options(request, repair)


def _dropping(is_dropped: Callable[[str], bool]) -> Change:
    def drop(options: dict[str, Any]) -> None:
        for name in [name for name in options if name not in _NAMES and is_dropped(name)]:
            del options[name]

    return lambda request: change_options(request, drop)


def _replacing_whole(is_replaced: Callable[[Any], bool]) -> Change:
    def replace(request: Traffic) -> None:
        body = request.json
        if not isinstance(body, dict):
            return
        for part in body.get("conversion", [body]):
            if "options" in part and is_replaced(part["options"]):
                part["options"] = {}
        request.json = body

    return replace


def _register_elsewhere(operation: str) -> None:
    prefix = f"options/{id_of_operation(operation)}"
    by_rule: dict[tuple[str, str], list[OptionFault]] = {}
    for fault in option_faults():
        by_rule.setdefault((fault.option, fault.keyword), []).append(fault)
    for (option, keyword), faults in by_rule.items():
        if keyword == "type":
            by_case = {fault.case: fault for fault in faults}
            faults = [by_case[next(case for case in _OF_TYPE if case in by_case)]]
            name = faults[0].name
        else:
            name = id_of(f"{option}-{keyword}")
        mutant(
            f"{prefix}-{name}",
            f"accepts {option} with a fault of {keyword} in {operation}",
            operations=(operation,),
            word=option,
            request=_letting_pass(option, *faults),
        )
    mutant(
        f"{prefix}-additional",
        f"drops unknown options in {operation}",
        operations=(operation,),
        word="additional",
        request=_dropping(lambda _: True),
    )
    mutant(
        f"{prefix}-payload-type",
        f"takes anything for options in {operation}",
        operations=(operation,),
        word="options",
        request=_replacing_whole(lambda value: not isinstance(value, dict)),
        also=(f"{prefix}-fields",) if operation != "addConversion" else (),
        why="options of another type are among these fields" if operation != "addConversion" else "",
    )


def _repaired_in(chosen: Callable[[dict[str, Any]], list[Any]]) -> Change:
    """Let all faults pass in those conversions of a new job that are chosen."""

    def repair(request: Traffic) -> None:
        body = request.json
        if not isinstance(body, dict) or not isinstance(body.get("conversion"), list):
            return
        before = repr(body)
        for conversion in chosen(body):
            shown = conversion.get("options") if isinstance(conversion, dict) else None
            options: dict[str, Any] = shown if isinstance(shown, dict) else {}
            for fault in option_faults():
                if fault.option in options and fault.matches(options[fault.option]):
                    options[fault.option] = valid_value(fault.option)
        if repr(body) != before:
            request.json = body

    return repair


def _register_in_jobs() -> None:
    for name, what, chosen in (
        ("in-a-later-conversion", "checks the options of a job's first conversion only", _later),
        (
            "in-a-later-conversion~beside-an-input",
            "checks no options where a job has an input",
            _beside_input,
        ),
        ("in-a-job-that-may-start", "checks the options of staged jobs only", _not_staged),
    ):
        mutant(
            f"options/{name.partition('~')[0]}",
            what,
            operations=("createJob",),
            word="option",
            request=_repaired_in(chosen),
            id=f"options/{name}",
        )
    mutant(
        "options/of-other-targets",
        "takes a prompt as an option",
        operations=("createJob",),
        word="prompt",
        request=_dropping(lambda name: name == "prompt"),
    )


#: What notices that a value is taken for options, besides the checks of just that, by its kind.
_ALSO_WHOLE: Mapping[str, tuple[str, ...]] = {
    "array": ("options/job-conversion-0-options-maxitems",),
    "number": ("options/job-conversion-0-options-type",),
}


def _later(job: dict[str, Any]) -> list[Any]:
    return list(job["conversion"][1:])


def _beside_input(job: dict[str, Any]) -> list[Any]:
    return list(job["conversion"]) if job.get("input") else []


def _not_staged(job: dict[str, Any]) -> list[Any]:
    return list(job["conversion"]) if job.get("process", True) is True else []


def _register() -> None:
    _register_in_jobs()
    for fault in option_faults():
        mutant(
            f"options/{fault.name}",
            f"accepts {fault.option} with the fault {fault.case} of {fault.keyword}",
            operations=("createJob",),
            word=fault.option,
            request=_letting_pass(fault.option, fault),
        )
    for case, is_dropped in _UNKNOWN.items():
        mutant(
            f"options/additional-{case}",
            f"drops an unknown option ({case})",
            operations=("createJob",),
            word="additional",
            request=_dropping(is_dropped),
        )
    for kind, is_replaced in _WHOLES.items():
        mutant(
            f"options/payload-type-is-{kind}",
            f"takes {kind} for options",
            operations=("createJob",),
            word="options",
            request=_replacing_whole(is_replaced),
            also=_ALSO_WHOLE.get(kind, ()),
            why="what is refused there is taken for options as well" if kind in _ALSO_WHOLE else "",
        )
    for operation in _ELSEWHERE:
        _register_elsewhere(operation)


_register()
