"""`pixelpact profile`: profiles compared."""

from __future__ import annotations

from typing import Annotated

import typer

from pixelpact.cli.terminal import OUT, Refused, plain
from pixelpact.schema import SchemaError, ledger, read_profile

app = typer.Typer(help="Compare profiles: answers to what the documents leave open.", no_args_is_help=True)


@app.callback()
def _profile() -> None:
    pass


@app.command()
def diff(
    first: Annotated[str, typer.Argument(help="A profile, or `default` for the built-in answers.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
) -> int:
    """Show where two profiles answer differently; exits with 1 if they do."""
    try:
        left, right = read_profile(first), read_profile(second)
    except SchemaError as error:
        raise Refused(str(error)) from None
    differing = [entry for entry in ledger() if left[entry] != right[entry]]
    for entry in differing:
        answers = f"{left[entry]} -> {right[entry]}"
        OUT.print(f"[bold]{entry}[/]: {answers}  [dim]{plain(ledger()[entry].question)}[/]")
    if not differing:
        OUT.print("The profiles answer alike.")
    return 1 if differing else 0
