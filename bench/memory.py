"""The server's memory after many jobs and many large uploads.

    python bench/memory.py [--jobs 100000] [--uploads 10000]

Every job runs, every upload has a megabyte, and the clock advances, so that old jobs are evicted. A tenth of
the work fills the journal and the store of jobs; after that, memory must not grow.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil

from pixelpact.mockserver import Controller
from pixelpact.schema import headers

KEY = "bench"
STEPS = 10
DAY_S = 25 * 3600
#: Maximum ratio of the memory after the last step to that after the second, when both are full.
ALLOWED = 1.1
INPUT = {"type": "remote", "source": "https://example.com/prompt.txt"}
#: Most jobs yield a digest and some a picture, because drawing would dominate the time.
DIGEST = {"conversion": [{"target": "sha256"}], "input": [INPUT]}
PICTURE = {"conversion": [{"target": "text-to-image", "options": {"width": 64}}], "input": [INPUT]}
PICTURES = 0.1
BOUNDARY = "pixelpact"
FILE = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.png"\r\n\r\n'.encode()
    + b"\x89" * 1_000_000
    + f"\r\n--{BOUNDARY}--\r\n".encode()
)


class Client:
    """A persistent connection, faster than a full HTTP client."""

    def __init__(self, base_url: str) -> None:
        self._path = urlsplit(base_url).path
        self._connection = http.client.HTTPConnection(urlsplit(base_url).netloc)

    def call(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Any:
        """The JSON document of a response, which must be a success."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        kept = {headers().api_key[0]: KEY, "Content-Type": content_type}
        self._connection.request(method, path, None if body is None else sent, kept)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:200]!r}")
        return json.loads(text)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON document of a response to a path below the API's base URL."""
        return self.call(method, self._path + path, body)


def serve(ready: Any, kept: int) -> None:
    """The mock server, as `pixelpact serve` starts it."""
    from pixelpact.mockserver import Server, Settings

    server = Server(Settings(pace="instant", max_jobs=kept, max_journal=kept))
    ready.send((server.url, server.base_url))
    server.run_alone()


def jobs(client: Client, number: int) -> None:
    """Many jobs that run to their end."""
    for count in range(number):
        job = client.api("POST", "/jobs", PICTURE if count < number * PICTURES else DIGEST)
        client.api("GET", f"/jobs/{job['id']}")


def uploads(client: Client, number: int) -> None:
    """Many files of a megabyte, each the input of a job that then runs."""
    for _ in range(number):
        job = client.api("POST", "/jobs", {**DIGEST, "input": [], "process": False})
        path = f"{urlsplit(job['server']).path}/upload-file/{job['id']}"
        client.call("POST", path, FILE, content_type=f"multipart/form-data; boundary={BOUNDARY}")
        client.api("PATCH", f"/jobs/{job['id']}", {"process": True})
        client.api("GET", f"/jobs/{job['id']}")


def held(work: Callable[[Client, int], None], number: int, *, kept: int) -> Iterator[float]:
    """Memory of a new server in MiB: idle, then after each tenth of the work."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, kept), daemon=True)
    process.start()
    url, base_url = ours.recv()
    server, client = psutil.Process(process.pid), Client(base_url)
    with Controller(url) as control:
        client.api("GET", "/statuses")
        yield server.memory_info().rss / 2**20
        for _ in range(STEPS):
            work(client, number // STEPS)
            control.advance(DAY_S)
            yield server.memory_info().rss / 2**20
    process.terminate()
    process.join()


def main() -> None:
    """Measure and print; exit with 1 if memory grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--uploads", type=int, default=10_000)
    arguments = parser.parse_args()
    grown = []
    print("MiB that the server holds: idle, then after each tenth of the work")
    for name, work, number in (
        ("jobs", jobs, arguments.jobs),
        ("uploads of 1 MB", uploads, arguments.uploads),
    ):
        print(f"{number:>7} {name:<16}", end="", flush=True)
        rows = []
        for row in held(work, number, kept=number // STEPS):
            rows.append(row)
            print(f"{row:>6.0f}", end="", flush=True)
        print()
        grown += [name] if rows[-1] > ALLOWED * rows[2] else []
    if grown:
        sys.exit(f"Memory grows with {', '.join(grown)}.")


if __name__ == "__main__":
    main()
