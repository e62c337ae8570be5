"""`make demo`: one job from end to end with the vendor's SDK, then the contract tests.

Starts a mock server on a free port, stops it at the end, and leaves the picture in `demo/`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api2convert import Api2Convert
from rich.console import Console

from pixelpact.mockserver import Server, Settings, read_image
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion

PROMPT = "A lighthouse in the fog, gulls over the harbour"
OPTIONS = {"seed": 7, "style": "photorealistic", "aspect_ratio": "16:9", "num_inference_steps": 40}
FOLDER = Path("demo")

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print a step, and the time that it took when it is done."""
    console.print(f"[bold cyan]>[/] {text} ", end="")
    start = time.perf_counter()
    yield
    console.print(f"[dim]{(time.perf_counter() - start) * 1000:.0f} ms[/]")


def main() -> int:
    """Run the demo; 0 if the job is as requested and all contract tests pass."""
    FOLDER.mkdir(exist_ok=True)
    entry = find_conversion(TEXT_TO_IMAGE)
    category = entry.category if entry else None
    console.print("\n[bold]pixelpact[/]: one text-to-image job, from end to end\n")
    with Server(Settings(pace="polls=2")) as server:
        console.print(f"  mock server   [cyan]{server.base_url}[/]")
        console.print(f"  prompt        {PROMPT}")
        console.print(f"  options       {_pairs(OPTIONS)}\n")
        with Api2Convert("demo-key", base_url=server.base_url, poll_interval=0.5) as client:
            with step("create the job, staged"):
                conversion = {"target": TEXT_TO_IMAGE, "category": category, "options": OPTIONS}
                job = client.jobs.create({"process": False, "conversion": [conversion]})
            with step("upload the prompt, which is an input"):
                prompt = FOLDER / "lighthouse.txt"
                prompt.write_text(PROMPT, encoding="utf-8")
                client.jobs.upload(job, prompt)
            with step("start it, and poll until it is over"):
                client.jobs.start(job.id)
                done = client.jobs.wait(job.id)
            with step("download the picture"):
                path = client.download(done.output[0]).save(FOLDER / done.output[0].filename)
        content = path.read_bytes()
        picture = read_image(content)
        console.print(f"\n  picture       [bold]{path}[/]  {picture.width_px} x {picture.height_px}")
        console.print(f"  read back     {_pairs(dict(picture.options))}")
        console.print(
            f"  sha-256       {hashlib.sha256(content).hexdigest()}  [dim](the same on every run)[/]\n"
        )
        if dict(picture.options) != OPTIONS or picture.prompt != PROMPT:
            console.print("[bold red]The picture differs from the request.[/]")
            return 1
        failed = _contract_tests(server.base_url)
    if failed:
        return failed
    console.print("\n[bold]What to try next[/]")
    for command, purpose in (
        ("make serve", "keep a server running for a browser or your app"),
        ('.venv/bin/pixelpact render "A red fox" --option style=anime', "a picture without a server"),
        (f".venv/bin/pixelpact inspect {path}", "what a picture was asked for"),
        (".venv/bin/pixelpact schema", "all ten options"),
    ):
        console.print(f"  [cyan]{command:<62}[/] {purpose}")
    console.print()
    return 0


def _contract_tests(base_url: str) -> int:
    console.print("[bold cyan]>[/] contract tests against the same server")
    command = [sys.executable, "-m", "pytest", "--pyargs", "pixelpact.contract_tests", "-q", "--no-header"]
    command += ["-p", "no:cacheprovider", "--pixelpact-base-url", base_url]
    result = subprocess.run(command, check=False, env={**os.environ, "COLUMNS": "100"})  # ours
    return result.returncode


def _pairs(options: dict[str, object]) -> str:
    return "  ".join(f"{name}={value}" for name, value in options.items())


if __name__ == "__main__":
    sys.exit(main())
