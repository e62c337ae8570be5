"""`pixelpact serve`: the mock server in the foreground."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import pixelpact
from pixelpact.cli.terminal import OUT, Refused, plain
from pixelpact.schema import Profile, SchemaError, ledger, read_profile

if TYPE_CHECKING:
    from pixelpact.mockserver import Server

_MIB = 1024 * 1024
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
            "(the N-th read is), [bold]realistic[/] (seconds, by steps and pixels) or [bold]manual[/] (as "
            "realistic, by a clock that the control API moves).",
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
        str | None,
        typer.Option(
            help="Answers to what the documents leave open: a file of `pixelpact learn`, or by hand "
            '{"default-size": "512x512"}; [bold]default[/] for the built-in ones.',
            envvar="PIXELPACT_PROFILE",
        ),
    ] = None,
    picture_format: Annotated[
        str | None,
        typer.Option(
            help=f"Format of text-to-image pictures: {', '.join(ledger()['picture-format'].choices)}. Only "
            "png is the same bytes everywhere and holds what was asked for. Wins over the profile.",
            envvar="PIXELPACT_PICTURE_FORMAT",
            show_default=ledger()["picture-format"].default,
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
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="Apply this scenario to all clients (may be repeated), or those of a JSON file, which is "
            "read again when it changes. `pixelpact scenarios` lists them.",
            envvar="PIXELPACT_SCENARIO",
        ),
    ] = None,
    callback_secret: Annotated[
        str | None,
        typer.Option(
            help="Sign callbacks with this secret. Better given in the variable, where no process list "
            "shows it.",
            envvar="PIXELPACT_CALLBACK_SECRET",
        ),
    ] = None,
    callback_hosts: Annotated[
        list[str] | None,
        typer.Option(
            help="Send callbacks to this host as well (may be repeated; *.example.com for all below). "
            "Without it they go to this machine only.",
            envvar="PIXELPACT_CALLBACK_HOSTS",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Resume from this file if it exists, and write it when the server stops.",
            envvar="PIXELPACT_STATE",
        ),
    ] = None,
    control: Annotated[
        bool, typer.Option(help="Serve the control API below /_pixelpact/.", envvar="PIXELPACT_CONTROL")
    ] = True,
    control_hosts: Annotated[
        list[str] | None,
        typer.Option(
            help="Serve the control API under this name as well (may be repeated), such as a container's.",
            envvar="PIXELPACT_CONTROL_HOSTS",
        ),
    ] = None,
    max_body: Annotated[
        int,
        typer.Option(help="MiB of one JSON request; then 413.", envvar="PIXELPACT_MAX_BODY", min=1),
    ] = 64,
    max_upload: Annotated[
        int,
        typer.Option(
            help="MiB of one upload, and of all chunks that wait for others; then 413.",
            envvar="PIXELPACT_MAX_UPLOAD",
            min=1,
        ),
    ] = 256,
    max_jobs: Annotated[
        int,
        typer.Option(
            help="Jobs that are kept; then 429. Those whose outputs have expired make room first.",
            envvar="PIXELPACT_MAX_JOBS",
            min=1,
        ),
    ] = 10_000,
    max_journal: Annotated[
        int,
        typer.Option(help="Requests that the journal keeps.", envvar="PIXELPACT_MAX_JOURNAL", min=1),
    ] = 10_000,
    max_cache: Annotated[
        int, typer.Option(help="MiB of drawn pictures that are kept.", envvar="PIXELPACT_MAX_CACHE", min=1)
    ] = 64,
    mutant: Annotated[
        list[str] | None,
        typer.Option(
            help="Break this rule on purpose (may be repeated); `pixelpact mutants` lists them.",
            envvar="PIXELPACT_MUTANTS",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the base URL.")] = False,
) -> None:
    """Run the mock server until Ctrl-C.

    Give its base URL to any client of the API; nothing else changes. Any API key works, except one with the
    word "invalid" in it.
    """
    from pixelpact.mockserver import Server, Settings

    try:
        settings = Settings(
            pace=pace,
            seed=seed,
            api_keys=tuple(api_key or ()),
            profile=_profile(profile, picture_format=picture_format),
            public_url=public_url,
            credits=credits,
            max_concurrent=max_concurrent,
            callback_secret=callback_secret,
            callback_hosts=tuple(callback_hosts or ()),
            state_file=state,
            control=control,
            control_hosts=tuple(control_hosts or ()),
            max_body_bytes=max_body * _MIB,
            max_upload_bytes=max_upload * _MIB,
            max_jobs=max_jobs,
            max_journal=max_journal,
            max_cached_bytes=max_cache * _MIB,
            mutants=tuple(mutant or ()),
            **_scenarios(scenario or []),
        )
        server = Server(settings, host=host, port=port, log_requests=not quiet)
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from None
    _greet(server, quiet=quiet)
    with suppress(KeyboardInterrupt):
        server.run_alone()


def _greet(server: Server, *, quiet: bool) -> None:
    if quiet:
        print(server.base_url, flush=True)  # noqa: T201  # plain text for scripts
        return
    OUT.print(f"[bold]pixelpact[/] {pixelpact.__version__} listens on [bold cyan]{server.base_url}[/]")
    OUT.print(f"Pace {server.mock.settings.pace}, seed {server.mock.settings.seed}. Ctrl-C stops it.\n")
    if server.mock.settings.mutants:
        _tell_of_mutants(server)
        return
    OUT.print("Paste into Python (pip install api2convert):\n")
    for line in _SNIPPET.format(base_url=server.base_url).splitlines():
        OUT.print(f"  [cyan]{plain(line)}[/]")
    OUT.print(f"\n{_HINTS}\n", style="dim")


def _tell_of_mutants(server: Server) -> None:
    """Print which rules are broken on purpose, and how the contract tests notice."""
    from pixelpact.contract_tests.runs.plan import needs_of
    from pixelpact.contract_tests.runs.selection import all_items
    from pixelpact.mockserver.mutants import all_mutants

    items = {item.id: item for item in all_items()}
    for mutant_id in server.mock.settings.mutants:
        mutant = all_mutants()[mutant_id]
        OUT.print(f"Wrong on purpose: it {plain(mutant.what)}. To see that a check notices:\n")
        command = f"pixelpact check --base-url {server.base_url} --profile default"
        OUT.print(f"  {command} \\\n      --only {mutant.check}\n", style="cyan", markup=False)
        for need in sorted(need.value for need in needs_of(items[mutant.check])):
            OUT.print(f"The check needs {plain(need)}.\n", style="dim")


def _scenarios(given: list[str]) -> dict[str, Any]:
    """The setting of the scenarios: names, or one file."""
    from pixelpact.mockserver import scenarios

    files = [text for text in given if text not in scenarios() and (Path(text).suffix or Path(text).exists())]
    if not files:
        return {"scenarios": tuple(given)}
    if len(given) > 1:
        raise Refused("--scenario takes names, or one file; not both")
    try:
        Path(files[0]).read_bytes()
    except OSError as error:
        raise Refused(f"can't read the scenarios {files[0]}: {error.strerror}") from None
    return {"scenario_file": Path(files[0])}


def _profile(name: str | None, *, picture_format: str | None) -> Profile:
    try:
        profile = Profile() if name is None else read_profile(name)
    except SchemaError as error:
        raise Refused(str(error)) from None
    if picture_format is None:
        return profile
    return Profile({**profile.answers, "picture-format": picture_format})
