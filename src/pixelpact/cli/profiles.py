"""`pixelpact profile`: profiles compared."""

from __future__ import annotations

from typing import Annotated

import typer

from pixelpact.cli.terminal import ERR, OUT, Refused, plain
from pixelpact.schema import DEFAULT_PROFILE, SchemaError, ledger, read_profile

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
        profiles = {name: read_profile(name) for name in (first, second)}
    except SchemaError as error:
        raise Refused(str(error)) from None
    left, right = profiles[first], profiles[second]
    differing = [entry for entry in ledger() if left[entry] != right[entry]]
    for entry in differing:
        answers = f"{left[entry]} -> {right[entry]}"
        OUT.print(f"[bold]{entry}[/]: {answers}  [dim]{plain(ledger()[entry].question)}[/]")
    if not differing:
        OUT.print("The profiles answer alike.")
    for name, profile in profiles.items():
        unanswered = len(ledger()) - len(profile.answers)
        if unanswered and name != DEFAULT_PROFILE:
            ERR.print(
                f"{plain(name)} has no answer to {unanswered} of {len(ledger())} questions: "
                "these count as the built-in ones."
            )
    return 1 if differing else 0
