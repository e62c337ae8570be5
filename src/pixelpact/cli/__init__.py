"""The command `pixelpact`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

import pixelpact
from pixelpact.cli import contract, listings, payloads, pictures, profiles, server
from pixelpact.cli.terminal import ERR, OUT, Refused, Stopped, plain

app = typer.Typer(
    name="pixelpact",
    help="Contract tests and a mock server for API2Convert's text-to-image conversion.",
    epilog="Start with: pixelpact serve",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(server.serve)
app.command()(contract.check)
app.command()(contract.learn)
app.command()(contract.checks)
app.command()(contract.explain)
app.add_typer(profiles.app, name="profile")
app.command()(listings.scenarios)
app.command()(listings.mutants)
app.command()(pictures.render)
app.command()(pictures.inspect)
app.command()(listings.schema)
app.command()(listings.ledger)
app.command()(payloads.examples)

#: The base of all errors in a command line, from whichever version of click typer uses.
_UsageError: Any = typer.BadParameter.__bases__[0]


def main() -> None:
    """Run the command; wrong usage or bad input prints one line to stderr and exits with 2."""
    try:
        code = app(standalone_mode=False)
    except Refused as error:
        code = _print_error(str(error))
    except Stopped as error:
        ERR.print(f"[bold red]pixelpact:[/] {plain(str(error))}")
        code = error.code
    except _UsageError as error:
        code = _print_error(f"{error.format_message()} (--help explains)")
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code)


def _print_error(message: str) -> int:
    ERR.print(f"[bold red]pixelpact:[/] {plain(' '.join(message.split()))}")
    return 2


def _version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"pixelpact {pixelpact.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
