"""How long the server's event loop is blocked while a picture of the largest size is drawn and sent.

    python bench/event_loop.py

A server runs in its own process, with a task in its loop that wakes up every millisecond and records how late
it is. For each style, a client creates a job. The longest delay is then measured while it reads the job, for
which the picture is drawn, and downloads that, once as it is and once as base64. The worst of all rounds
counts, since blocking may be rare. Time in which other programs had the processor is subtracted (on Linux,
which counts it).
"""

from __future__ import annotations

import asyncio
import base64
import multiprocessing
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvloop

from pixelpact.mockserver import Server, Settings
from pixelpact.schema import headers, options_schema

#: Maximum time that the loop may be blocked, in milliseconds.
BAR_MS = 20
SIDE = options_schema()["properties"]["width"]["maximum"]
KEY = {headers().api_key[0]: "bench"}
_BEAT_S = 0.001
_ROUNDS = 30


class WatchedServer(Server):
    """A server that measures the delay of its loop: `longest.value` is the maximum, in seconds."""

    longest: Any

    def run(self) -> None:
        """Serve until stopped."""
        uvloop.run(self._serve())

    async def _serve(self) -> None:
        beats = asyncio.create_task(self._beat())
        await self._uvicorn.serve(sockets=[self._socket])
        beats.cancel()

    async def _beat(self) -> None:
        while True:
            before, waited = time.perf_counter(), _waited_for_processor_s()
            await asyncio.sleep(_BEAT_S)
            late = time.perf_counter() - before - _BEAT_S - (_waited_for_processor_s() - waited)
            self.longest.value = max(self.longest.value, late)


def _waited_for_processor_s() -> float:
    """Seconds that this thread has waited for a processor; 0 where that isn't counted."""
    try:
        counts = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(counts.split()[1]) / 1e9


def main() -> int:
    """Print one line for each style; 1 if the loop was blocked for too long."""
    context = multiprocessing.get_context("spawn")
    longest, (ours, theirs) = context.Value("d", 0.0, lock=False), context.Pipe()
    process = context.Process(target=_serve, args=(theirs, longest), daemon=True)
    process.start()
    print(f"longest delay of the event loop in ms, median and worst of {_ROUNDS} rounds at {SIDE} x {SIDE}")
    worst = []
    with httpx.Client(base_url=ours.recv(), headers=KEY, timeout=120) as client:
        for style in options_schema()["properties"]["style"]["enum"]:
            delays = []
            for _ in range(_ROUNDS):
                job = _created(client, style)
                longest.value = 0.0
                _draw_and_download(client, job)
                delays.append(longest.value * 1000)
            worst.append(max(delays))
            verdict = "ok" if worst[-1] <= BAR_MS else "TOO LONG"
            print(
                f"{style:<16}{statistics.median(delays):>7.1f}{worst[-1]:>7.1f}  bar {BAR_MS}  {verdict}",
                flush=True,
            )
    process.terminate()
    process.join()
    return int(max(worst) > BAR_MS)


def _serve(ready: Any, longest: Any) -> None:
    server = WatchedServer(Settings(pace="instant"))
    server.longest = longest
    ready.send(server.base_url)
    server.run_alone()


def _created(client: httpx.Client, style: str) -> str:
    options = {"width": SIDE, "height": SIDE, "style": style}
    source = base64.b64encode(b"A lighthouse at dusk, oil painting").decode()
    body = {
        "conversion": [{"target": "text-to-image", "options": options}],
        "input": [{"type": "base64", "source": source, "filename": "prompt.txt"}],
    }
    job: str = client.post("/jobs", json=body).json()["id"]
    return job


def _draw_and_download(client: httpx.Client, job: str) -> None:
    (output,) = client.get(f"/jobs/{job}").json()["output"]
    picture = client.get(output["uri"]).content
    text = client.get(output["uri"], params={"encoding": "base64"}).content
    if base64.b64decode(text) != picture or len(picture) != output["size"]:
        raise ValueError("the server sent a different picture than announced")


if __name__ == "__main__":
    sys.exit(main())
