"""Mutants that let a fault of a job outside of its options pass, or take a body that is not JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.option_faults import id_of
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion, load_document

_INPUT = load_document("openapi")["components"]["schemas"]["InputRequest"]["properties"]
_ENTRY = find_conversion(TEXT_TO_IMAGE)
_CATEGORY = _ENTRY.category if _ENTRY else ""
_VALID_URL = "https://example.com/prompt.txt"
#: A valid value for each place of a job.
_VALID: Mapping[str, Any] = {
    "process": False, "fail_on_input_error": True, "fail_on_conversion_error": True, "notify_status": False,
    "download_passwords": [], "download_passwords[0]": "a",
    "conversion": [], "conversion[0]": {"target": TEXT_TO_IMAGE}, "conversion[0].target": TEXT_TO_IMAGE,
    "conversion[0].category": _CATEGORY, "conversion[0].options": {}, "conversion[0].metadata": {},
    "input": [], "input[0]": {"type": "remote", "source": _VALID_URL}, "input[0].type": "remote",
    "input[0].source": _VALID_URL, "input[0].engine": "auto", "input[0].filename": "a",
    "input[0].content_type": "text/plain", "input[0].options": {}, "input[0].credentials": {},
    "input[0].parameters": {}, "input[0].metadata": {},
}  # fmt: skip
#: Objects that may also be an empty array.
_MAPS = tuple(place for place, value in _VALID.items() if value == {})
#: Texts that are none of the valid ones, by place and keyword.
_WRONG_TEXTS: Mapping[tuple[str, str], Callable[[str], bool]] = {
    ("download_passwords[0]", "pattern"): lambda value: len(value) > 65_000,
    ("conversion[0].target", "enum"): lambda value: value != TEXT_TO_IMAGE,
    ("conversion[0].category", "enum"): lambda value: value != _CATEGORY,
    ("input[0].type", "enum"): lambda value: value not in _INPUT["type"]["enum"],
    ("input[0].engine", "enum"): lambda value: value not in _INPUT["engine"]["enum"],
    ("input[0].source", "pattern"): lambda value: bool(re.fullmatch("(?i)https?:/?", value)),
}
_REQUIRED = ("conversion[0].target", "input[0].source")
#: What tells a body that is not JSON from the others, by the case of its fault.
_RAW: Mapping[str, Callable[[bytes], bool]] = {
    "truncated": lambda body: body.count(b"{") == body.count(b"}") + 1 and b"input" not in body,
    "trailing-comma": lambda body: b",}" in body,
    "byte-order-mark": lambda body: body.startswith(b"\xef\xbb\xbf"),
    "utf-16": lambda body: body.startswith(b"\xff\xfe"),
    "deeply-nested": lambda body: b"[" * 1000 in body,
    "nan": lambda body: b": NaN" in body,
    "infinity": lambda body: b": Infinity" in body,
    "leading-zero": lambda body: b": 07" in body,
    "past-doubles": lambda body: b"1e400" in body,
    "broken-utf-8": lambda body: b'"\xff"' in body,
    "lone-surrogate": lambda body: b"\\ud800" in body,
    "raw-control-character": lambda body: b'"\x01"' in body,
}
_PLAIN = {"process": False, "conversion": [{"target": TEXT_TO_IMAGE, "category": _CATEGORY}]}


def _repairing(place: str, is_wrong: Callable[[Any], bool], *, missing: bool = False) -> Change:
    """Put the valid value in place of a wrong one, or of a missing one."""
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", place)]

    def repair(request: Traffic) -> None:
        body = request.json
        parent = body
        for step in steps[:-1]:
            parent = _at(parent, step)
        last = steps[-1]
        if isinstance(parent, list if isinstance(last, int) else dict):
            has = last < len(parent) if isinstance(last, int) else last in parent
            if missing != has and (missing or is_wrong(parent[last])):
                parent[last] = _VALID[place]
                request.json = body

    return repair


def _at(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def _of_other_type(place: str) -> Callable[[Any], bool]:
    expected = _VALID[place]
    kinds = {type(expected), list} if place in _MAPS else {type(expected)}
    return lambda value: type(value) not in kinds


def _text(holds: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and holds(value)


def _replacing_body(is_wrong: Callable[[Any], bool]) -> Change:
    """Put a valid body in place of a wrong one that is JSON."""

    def replace(request: Traffic) -> None:
        is_json = request.json is not None or request.body.strip() == b"null"
        if is_json and is_wrong(request.json):
            request.json = _PLAIN

    return replace


def _replacing_text(is_wrong: Callable[[bytes], bool]) -> Change:
    def replace(request: Traffic) -> None:
        if is_wrong(request.body):
            request.body = json.dumps(_PLAIN).encode()

    return replace


def _without_decimals(request: Traffic) -> None:
    """Read a height that is a little above its maximum as one that is far above."""
    request.body = re.sub(rb'"height": 5120\.0+1', b'"height": 5121', request.body)


def _register_place(place: str, keyword: str, request: Change) -> None:
    are_options = (place, keyword) == ("conversion[0].options", "type")
    mutant(
        f"options/job-{id_of(place)}-{id_of(keyword)}",
        f"lets a fault of {keyword} pass in {place}",
        operations=("createJob",),
        word=place,
        request=request,
        also=("options/payload-type-is-null",) if are_options else (),
        why="null is no options either" if are_options else "",
    )


def _register() -> None:
    for place in _VALID:
        _register_place(place, "type", _repairing(place, _of_other_type(place)))
    for place in _MAPS:
        _register_place(place, "maxItems", _repairing(place, lambda value: isinstance(value, list)))
    for (place, keyword), holds in _WRONG_TEXTS.items():
        _register_place(place, keyword, _repairing(place, _text(holds)))
    for place in _REQUIRED:
        _register_place(place, "required", _repairing(place, bool, missing=True))
    _register_place("body", "type", _replacing_body(lambda body: not isinstance(body, dict | list)))
    _register_place("body", "maxItems", _replacing_body(lambda body: isinstance(body, list) and bool(body)))
    for case, is_wrong in _RAW.items():
        mutant(
            f"options/raw-{case}",
            f"takes a body that is not JSON ({case})",
            operations=("createJob",),
            word="JSON",
            request=_replacing_text(is_wrong),
        )
    mutant(
        "options/number-texts-alike",
        "judges height as it is written, and other numbers as doubles",
        operations=("createJob",),
        word="height",
        request=_without_decimals,
    )


_register()
