"""`pixelpact render` and `pixelpact inspect`: pictures without a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pixelpact.cli.terminal import ERR, OUT, Refused, plain
from pixelpact.schema import options_schema, violations

if TYPE_CHECKING:
    from pixelpact.mockserver import Picture


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
    found = violations(options)
    if found:
        raise Refused("; ".join(map(str, found)))
    picture = resolve_picture(prompt=prompt, options=options, seed=1, profile=Profile())
    _write(placeholder_png(picture), out)
    if str(out) != "-":
        size = f"{picture.width_px} x {picture.height_px} pixels"
        ERR.print(f"{size}, seed {picture.seed}: [bold]{plain(str(out))}[/]")
        ERR.print(f"Read it back: pixelpact inspect {plain(str(out))}", style="dim")


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
        raise Refused(f"can't read {file}: {error.strerror}") from None
    except ImageError as error:
        raise Refused(f"{file}: {error}") from None
    if as_json:
        print(json.dumps(_picture_document(picture), ensure_ascii=False))  # noqa: T201  # plain text for programs
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in _picture_document(picture).items():
        shown = " ".join(f"{key}={item}" for key, item in value.items()) if isinstance(value, dict) else value
        table.add_row(f"[dim]{name}[/]", plain(str(shown)))
    OUT.print(table)


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


def _options(pairs: list[str]) -> dict[str, Any]:
    """Options from `NAME=VALUE` pairs; values are parsed by the type of the option."""
    options: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Refused(f"--option takes NAME=VALUE, got {pair!r}")
        spec = options_schema()["properties"].get(name, {})
        options[name] = text if spec.get("type") == "string" else _value(text)
    return options


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _write(content: bytes, out: Path) -> None:
    try:
        if str(out) == "-":
            sys.stdout.buffer.write(content)
        else:
            out.write_bytes(content)
    except OSError as error:
        raise Refused(f"can't write {out}: {error.strerror}") from None
