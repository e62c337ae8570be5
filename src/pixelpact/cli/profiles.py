"""`pixelpact profile`: profiles compared; and the files that `pixelpact learn` writes."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from pixelpact.cli.terminal import ERR, OUT, Refused, plain
from pixelpact.schema import (
    DEFAULT_PROFILE,
    LearnedProfile,
    SchemaError,
    ledger,
    read_learned_profile,
    read_profile,
)

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


def check_output(file: Path) -> None:
    """Check, before a long run, that a profile can be written to a file, and be read by its name.

    Raises:
        Refused: it can't.
    """
    if str(file) == DEFAULT_PROFILE:
        raise Refused(f"{file} is the name of the built-in answers; choose another, such as {file}.json")
    folder = file.parent
    if not folder.is_dir():
        raise Refused(f"can't write the profile {file}: there is no folder {folder}")
    try:
        with NamedTemporaryFile(dir=folder, prefix=f".{file.name}."):
            pass
    except OSError as error:
        raise Refused(f"can't write the profile {file}: {error.strerror}") from None


def known_profile(file: Path, base_url: str) -> LearnedProfile | None:
    """The profile of the API at this URL, as it is shown, that a run completes; `None` if there is no file.

    Raises:
        Refused: the file holds something else, or the profile of another API.
    """
    from pixelpact.contract_tests.client.urls import without_userinfo

    if not file.exists():
        return None
    try:
        known = read_learned_profile(file)
    except SchemaError as error:
        raise Refused(str(error)) from None
    learned_from = without_userinfo(known.base_url)
    if learned_from != base_url:
        raise Refused(f"{file} was learned from {learned_from}; choose another file for {base_url}")
    return known
