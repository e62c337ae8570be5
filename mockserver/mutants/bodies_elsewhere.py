"""Mutants that take a wrong field in the body of another operation than the creation of jobs."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.option_faults import id_of_operation
from pixelpact.mockserver.mutants.rewriting import requested
from pixelpact.mockserver.mutants.traffic import Traffic

#: A field of each operation, a wrong value that is sent of it, and a valid one.
_FIELDS: tuple[tuple[str, str, Any, Any], ...] = (
    ("updateJob", "notify_status", 1, True),
    ("updateJob", "download_passwords", ["\x01"], ["a"]),
    ("addInput", "engine", "no-such-value", "auto"),
    ("updateInput", "parameters", "text", {}),
    ("updateConversion", "metadata", "text", {}),
    ("uploadBase64", "filename", 7, "7"),
    ("createPreset", "scope", "no-such-value", "private"),
    ("updatePreset", "name", 7, "7"),
)


def _taking(field: str, wrong: Any, valid: Any) -> Change:
    def repair(body: Any, _: Traffic) -> None:
        if isinstance(body, dict) and type(body.get(field)) is type(wrong) and body[field] == wrong:
            body[field] = valid

    return requested(repair)


for _operation, _field, _value, _valid in _FIELDS:
    mutant(
        f"options/{id_of_operation(_operation)}-fields",
        f"takes a wrong {_field} in {_operation}",
        operations=(_operation,),
        word=_field,
        request=_taking(_field, _value, _valid),
        id=f"options/{id_of_operation(_operation)}-fields~{_field.replace('_', '-')}",
    )
mutant(
    "options/create-preset-empty-texts",
    "takes an empty name of a preset",
    operations=("createPreset",),
    word="name",
    request=_taking("name", "", "nameless"),
)
