"""The command `pixelpact`."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import pixelpact
from pixelpact.schema import describe, options_schema, violations

if TYPE_CHECKING:
    from pixelpact.mockserver import Picture, Server
    from pixelpact.schema import LedgerEntry, Profile

app = typer.Typer(
    name="pixelpact",
    help="Contract tests and a mock server for API2Convert's text-to-image conversion.",
    epilog="Start with: pixelpact serve",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)

_SNIPPET = """\
import io
from api2convert import Api2Convert

client = Api2Convert("any-key", base_url="{base_url}")
prompt = io.BytesIO(b"A lighthouse in the fog")
options = {{"seed": 7, "style": "anime", "aspect_ratio": "16:9"}}
client.convert(
    prompt, "text-to-image", options, category="operation", filename="lighthouse.txt"
).save("lighthouse.png")"""
_HINTS = """\
The prompt is an input, not an option: a text file, as above.
Browsers may call from any page: CORS is open here; whether it is at the real API is unknown.
Remote inputs are never fetched: their URL stands for their content."""


def main() -> None:
    """Run the command; a wrong use or bad input is one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except _Refused as error:
        code = _complain(str(error))
    except _UsageError as error:
        code = _complain(f"{error.format_message()} (--help explains)")
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code)


#: The base of all that a wrong command line raises, whichever click it is that typer carries.
_UsageError: Any = typer.BadParameter.__bases__[0]


class _Refused(Exception):
    """Bad input; the text says what was wrong and what to do."""


def _complain(message: str) -> int:
    _err.print(f"[bold red]pixelpact:[/] {_plain(' '.join(message.split()))}")
    return 2


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"pixelpact {pixelpact.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def serve(
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.", envvar="PIXELPACT_HOST"),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            help="Port to listen on; 0 takes a free one.", envvar="PIXELPACT_PORT", min=0, max=65535
        ),
    ] = 8010,
    pace: Annotated[
        str,
        typer.Option(
            help="How fast jobs run: [bold]instant[/] (the first read is the end), [bold]polls=N[/] "
            "(the N-th read is), or [bold]realistic[/] (seconds, by steps and pixels).",
            envvar="PIXELPACT_PACE",
        ),
    ] = "realistic",
    seed: Annotated[
        int, typer.Option(help="All ids, tokens and seeds follow from it.", envvar="PIXELPACT_SEED")
    ] = 0,
    api_key: Annotated[
        list[str] | None,
        typer.Option(
            help="Accept this key only (may be repeated). Without it every key opens an account of its own. "
            "Better given in the variable, where no process list shows it.",
            envvar="PIXELPACT_API_KEYS",
        ),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(
            help='Answers to what the documents leave open, as JSON: {"default-size": "512x512"}.',
            envvar="PIXELPACT_PROFILE",
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            help="Scheme and host of all absolute URLs, behind a proxy that hides them.",
            envvar="PIXELPACT_PUBLIC_URL",
        ),
    ] = None,
    credits: Annotated[  # noqa: A002  # named after its flag
        int | None,
        typer.Option(
            help="What each account has to spend, one credit a picture; then 402. Unlimited by default.",
            envvar="PIXELPACT_CREDITS",
            min=0,
        ),
    ] = None,
    max_concurrent: Annotated[
        int | None,
        typer.Option(
            help="How many jobs of an account may run at once; then 429. Unlimited by default.",
            envvar="PIXELPACT_MAX_CONCURRENT",
            min=1,
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the base URL.")] = False,
) -> None:
    """Run the mock server until Ctrl-C.

    Give its base URL to any client of the API; nothing else changes. Any API key works, except one with the
    word "invalid" in it.
    """
    from pixelpact.mockserver import PortUnavailable, Server, Settings

    try:
        settings = Settings(
            pace=pace,
            seed=seed,
            api_keys=tuple(api_key or ()),
            profile=_profile(profile),
            public_url=public_url,
            credits=credits,
            max_concurrent=max_concurrent,
        )
        server = Server(settings, host=host, port=port, log_requests=not quiet)
    except (PortUnavailable, ValueError) as error:
        raise _Refused(str(error)) from None
    _greet(server, quiet=quiet)
    with suppress(KeyboardInterrupt):
        server.run()


def _greet(server: Server, *, quiet: bool) -> None:
    if quiet:
        print(server.base_url, flush=True)  # noqa: T201  # plain text for scripts
        return
    _out.print(f"[bold]pixelpact[/] {pixelpact.__version__} listens on [bold cyan]{server.base_url}[/]")
    _out.print(f"Pace {server.mock.settings.pace}, seed {server.mock.settings.seed}. Ctrl-C stops it.\n")
    _out.print("Paste into Python (pip install api2convert):\n")
    for line in _SNIPPET.format(base_url=server.base_url).splitlines():
        _out.print(f"  [cyan]{_plain(line)}[/]")
    _out.print(f"\n{_HINTS}\n", style="dim")


@app.command()
def render(
    prompt: Annotated[str, typer.Argument(help="What the picture shows.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write; - is standard output.")] = Path(
        "picture.png"
    ),
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            help="An option of text-to-image as NAME=VALUE (may be repeated): --option seed=7 "
            "--option style=anime. `pixelpact schema` lists them.",
        ),
    ] = None,
) -> None:
    """Draw the picture that the mock server would, without a server."""
    from pixelpact.mockserver import placeholder_png, resolve_picture
    from pixelpact.schema import Profile

    options = _options(option or [])
    faults = violations(options)
    if faults:
        raise _Refused("; ".join(map(str, faults)))
    picture = resolve_picture(prompt=prompt, options=options, seed=1, profile=Profile())
    _write(placeholder_png(picture), out)
    if str(out) != "-":
        size = f"{picture.width_px} x {picture.height_px} pixels"
        _err.print(f"{size}, seed {picture.seed}: [bold]{_plain(str(out))}[/]")
        _err.print(f"Read it back: pixelpact inspect {_plain(str(out))}", style="dim")


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A picture that the mock server drew; - is standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Show what was asked for, read back from a picture's bytes."""
    from pixelpact.mockserver import ImageError, read_image

    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        picture = read_image(content)
    except OSError as error:
        raise _Refused(f"can't read {file}: {error.strerror}") from None
    except ImageError as error:
        raise _Refused(f"{file}: {error}") from None
    if as_json:
        print(json.dumps(_picture_document(picture), ensure_ascii=False))  # noqa: T201  # plain text for programs
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in _picture_document(picture).items():
        shown = " ".join(f"{key}={item}" for key, item in value.items()) if isinstance(value, dict) else value
        table.add_row(f"[dim]{name}[/]", _plain(str(shown)))
    _out.print(table)


def _picture_document(picture: Picture) -> dict[str, Any]:
    return {
        "prompt": picture.prompt,
        "options": dict(picture.options),
        "width": picture.width_px,
        "height": picture.height_px,
        "seed": picture.seed,
        "style": picture.style,
        "num_inference_steps": picture.num_inference_steps,
        "cfg_scale": picture.cfg_scale,
        "preset": picture.preset,
    }


@app.command()
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
        table.add_row(
            f"[bold]{row.name}[/]", row.type, _plain(row.rule), row.default, _plain(row.description)
        )
    Console(highlight=False).print(table)
    _out.print("The prompt is no option: it is the job's input, a text file for example.", style="dim")


@app.command(name="ledger")
def show_ledger(
    entry: Annotated[
        str | None, typer.Argument(help="One entry, with its source and all its answers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ledger as JSON.")] = False,
) -> None:
    """List what the vendor's documents leave open, and what the mock server answers.

    A profile chooses other answers: pixelpact serve --profile FILE, where FILE holds {"ENTRY": "ANSWER"}.
    """
    from pixelpact.schema import ledger, load_document

    if entry is not None and entry not in ledger():
        raise _Refused(f"the ledger has no entry {entry!r}; `pixelpact ledger` lists them")
    if as_json:
        rows = [row for row in load_document("ledger")["entries"] if entry in (None, row["id"])]
        print(json.dumps(rows, indent=2))  # noqa: T201  # plain text for programs
        return
    if entry is not None:
        _show_entry(ledger()[entry])
        return
    table = Table(title="Ledger of open questions", title_justify="left", title_style="bold")
    for heading in ("entry", "question", "answers (default first)", "confidence", "asking costs"):
        table.add_column(heading, overflow="fold")
    for row in ledger().values():
        others = [choice for choice in row.choices if choice != row.default]
        answers = f"[bold]{row.default}[/] {_plain(' '.join(others))}"
        table.add_row(f"[bold]{row.id}[/]", _plain(row.question), answers, row.confidence, row.cost)
    Console(highlight=False).print(table)
    _out.print("One entry in full: pixelpact ledger ENTRY", style="dim")


def _show_entry(row: LedgerEntry) -> None:
    _out.print(f"[bold]{row.id}[/]: {_plain(row.question)}")
    for choice in row.choices.values():
        mark = "[bold cyan]*[/]" if choice.id == row.default else " "
        _out.print(f"  {mark} [bold]{choice.id:<14}[/] {_plain(choice.means)}")
    _out.print(f"  {row.confidence}; asking costs: {row.cost}; source: {_plain(row.source)}", style="dim")


@app.command()
def examples(
    valid: Annotated[int, typer.Option(help="How many valid payloads.", min=0)] = 5,
    invalid: Annotated[int, typer.Option(help="How many invalid payloads, each with one fault.", min=0)] = 0,
) -> None:
    """Print payloads of options, one JSON object a line: `{"valid", "payload", ...}`."""
    from pixelpact.strategies import boundaries, single_faults

    for index, accepted in enumerate(_first(boundaries(), valid, "valid")):
        _print_line({"valid": True, "case": accepted.id, "payload": accepted.payload}, index)
    for index, fault in enumerate(_first(single_faults(), invalid, "invalid")):
        labels = {"option": fault.option, "keyword": fault.keyword, "case": fault.case}
        _print_line({"valid": False, **labels, "payload": fault.payload}, index)


def _print_line(document: dict[str, Any], _: int) -> None:
    print(json.dumps(document))  # noqa: T201  # plain text for programs


def _first(cases: tuple[Any, ...], number: int, kind: str) -> tuple[Any, ...]:
    if number > len(cases):
        _err.print(f"There are {len(cases)} {kind} payloads to enumerate; printing all of them.", style="dim")
    return cases[:number]


def _options(pairs: list[str]) -> dict[str, Any]:
    """Options from `NAME=VALUE` texts; a value is read as what the option's type says."""
    options: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise _Refused(f"--option takes NAME=VALUE, got {pair!r}")
        spec = options_schema()["properties"].get(name, {})
        options[name] = text if spec.get("type") == "string" else _value(text)
    return options


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _profile(path: Path | None) -> Profile:
    from pixelpact.schema import Profile

    if path is None:
        return Profile()
    try:
        answers = json.loads(path.read_bytes())
    except OSError as error:
        raise _Refused(f"can't read the profile {path}: {error.strerror}") from None
    except ValueError as error:
        raise _Refused(f"the profile {path} is no JSON: {error}") from None
    if not isinstance(answers, dict) or not all(isinstance(answer, str) for answer in answers.values()):
        raise _Refused(
            f'the profile {path} must be an object of texts, such as {{"default-size": "512x512"}}'
        )
    return Profile(answers)


def _write(content: bytes, out: Path) -> None:
    try:
        if str(out) == "-":
            sys.stdout.buffer.write(content)
        else:
            out.write_bytes(content)
    except OSError as error:
        raise _Refused(f"can't write {out}: {error.strerror}") from None


def _plain(text: str) -> str:
    """`text` so that nothing in it is taken for colours."""
    from rich.markup import escape

    return escape(text)
