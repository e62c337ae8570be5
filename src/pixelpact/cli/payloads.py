"""`pixelpact examples`: payloads, one per line."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pixelpact.cli.terminal import ERR


def examples(
    valid: Annotated[int, typer.Option(help="How many valid payloads.", min=0)] = 5,
    invalid: Annotated[int, typer.Option(help="How many invalid payloads, each with one fault.", min=0)] = 0,
) -> None:
    """Print payloads of options, one JSON object a line: `{"valid", "payload", ...}`."""
    from pixelpact.strategies import boundaries, single_faults

    for boundary in _first(boundaries(), valid, "valid"):
        _print_line({"valid": True, "case": boundary.id, "payload": boundary.payload})
    for fault in _first(single_faults(), invalid, "invalid"):
        labels = {"option": fault.option, "keyword": fault.keyword, "case": fault.case}
        _print_line({"valid": False, **labels, "payload": fault.payload})


def _print_line(document: dict[str, Any]) -> None:
    print(json.dumps(document))  # noqa: T201  # plain text for programs


def _first(cases: tuple[Any, ...], number: int, kind: str) -> tuple[Any, ...]:
    if number > len(cases):
        ERR.print(f"There are {len(cases)} {kind} payloads to enumerate; printing all of them.", style="dim")
    return cases[:number]
