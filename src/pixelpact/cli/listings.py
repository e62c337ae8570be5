"""`pixelpact schema`, `ledger` and `scenarios`: the content of the documents as tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from pixelpact.cli.terminal import OUT, Refused, plain
from pixelpact.schema import describe, options_schema

if TYPE_CHECKING:
    from pixelpact.schema import LedgerEntry


def schema(
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON Schema itself.")] = False,
) -> None:
    """List the options of text-to-image: type, range, default."""
    if as_json:
        print(json.dumps(dict(options_schema()), indent=2))  # noqa: T201  # plain text for programs
        return
    table = Table(title="Options of text-to-image", title_justify="left", title_style="bold")
    for heading in ("option", "type", "rule", "default", "what it does"):
        table.add_column(heading, overflow="fold")
    for row in describe():
        table.add_row(f"[bold]{row.name}[/]", row.type, plain(row.rule), row.default, plain(row.description))
    Console(highlight=False).print(table)
    OUT.print("The prompt is not an option: it is the job's input, such as a text file.", style="dim")


def ledger(
    entry: Annotated[
        str | None, typer.Argument(help="One entry, with its source and all its answers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ledger as JSON.")] = False,
) -> None:
    """List what the vendor's documents leave open, and what the mock server answers.

    A profile chooses other answers: pixelpact serve --profile FILE, where FILE holds {"ENTRY": "ANSWER"}.
    """
    from pixelpact.schema import did_you_mean, load_document
    from pixelpact.schema import ledger as entries

    if entry is not None and entry not in entries():
        hint = did_you_mean(entry, entries()) or ";"
        raise Refused(f"the ledger has no entry {entry!r}{hint} `pixelpact ledger` lists them")
    if as_json:
        rows = [row for row in load_document("ledger")["entries"] if entry in (None, row["id"])]
        print(json.dumps(rows, indent=2))  # noqa: T201  # plain text for programs
        return
    if entry is not None:
        _show_entry(entries()[entry])
        return
    table = Table(
        title="Ledger of open questions", title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False
    )
    for heading in ("entry", "confidence", "cost"):
        table.add_column(heading, no_wrap=True)
    table.add_column("question, and its answers", overflow="fold")
    for row in entries().values():
        others = "".join(f", {answer}" for answer in row.choices if answer != row.default)
        question = f"{plain(row.question)}\n[bold]{row.default}[/]{plain(others)}"
        table.add_row(f"[bold]{row.id}[/]", row.confidence, row.cost, question)
    Console(highlight=False).print(table)
    OUT.print("The first answer is the one taken; cost is that of asking the live API.", style="dim")
    OUT.print("One entry in full: pixelpact ledger ENTRY", style="dim")


def _show_entry(row: LedgerEntry) -> None:
    OUT.print(f"[bold]{row.id}[/]: {plain(row.question)}")
    for answer in row.choices.values():
        mark = "[bold cyan]*[/]" if answer.id == row.default else " "
        OUT.print(f"  {mark} [bold]{answer.id:<14}[/] {plain(answer.means)}")
    needs = f"; asking needs: {', '.join(row.needs)}" if row.needs else ""
    OUT.print(
        f"  {row.confidence}; asking costs: {row.cost}{needs}; source: {plain(row.source)}", style="dim"
    )


def scenarios(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the failures that the mock server can simulate.

    Choose one with an API key, `scenario-NAME` or `scenario-NAME--ANYTHING`, for all clients with
    pixelpact serve --scenario NAME, or for one account by the control API.
    """
    from pixelpact.mockserver import scenarios as known
    from pixelpact.schema import load_document

    if as_json:
        rows = [
            {"name": row.name, "summary": row.summary, "parameters": dict(row.parameters)}
            for row in known().values()
        ]
        print(json.dumps(rows, indent=2))  # noqa: T201  # plain text for programs
        return
    parameters = load_document("scenarios")["parameters"]
    width = max(map(len, known()))
    for row in known().values():
        defaults = {name: parameters[name].get("default") for name in row.parameters}
        own = {name: value for name, value in row.parameters.items() if defaults[name] != value}
        shown = "".join(f"  {name}={value}" for name, value in own.items())
        OUT.print(f"[bold]{row.name:<{width}}[/]  {plain(row.summary)}[dim]{plain(shown)}[/]")
    common = [name for name in parameters if all(name in row.parameters for row in known().values())]
    OUT.print(f"\nAll take: {', '.join(common)}.", style="dim")
    OUT.print("Try one: pixelpact serve --scenario rate-limited", style="dim")


def mutants() -> None:
    """List the mutants: mock servers that break one rule on purpose, to see what contract tests notice."""
    from pixelpact.mockserver.mutants import all_mutants

    for mutant in all_mutants().values():
        OUT.print(f"[bold]{plain(mutant.id)}[/]  {plain(mutant.what)}")
    OUT.print("\nStart one: pixelpact serve --mutant jobs/created-status", style="dim")
