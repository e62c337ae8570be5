"""Processor time per request, compared with a bare Starlette app that returns the same bytes.

    python bench/requests.py

Both run in separate processes with the same uvicorn, uvloop and httptools. Short rounds alternate between the
two, so that a busy machine slows down both. The result is the median of the ratios.
"""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil

from pixelpact.schema import bundled_openapi, headers, operations

ROUNDS, REQUESTS = 31, 500
KEY = {headers().api_key[0]: "bench"}
BODY = (
    b'{"conversion":[{"target":"text-to-image","category":"operation","options":{"seed":7,"style":"anime",'
    b'"width":512,"height":512,"num_inference_steps":20,"cfg_scale":7.5}}],'
    b'"input":[{"type":"remote","source":"https://example.com/prompt.txt"}],"process":true}'
)
#: Maximum ratio to the bare app.
GOALS = {"GET /v2/jobs/{id}": 1.6, "POST /v2/jobs": 2.0, "download 512 x 512": 1.3}


class Call(NamedTuple):
    """A request as bytes, and its response."""

    request: bytes
    status: int
    body: bytes
    content_type: str


def serve_mock(ready: Any) -> None:
    """The mock server, as `pixelpact serve` starts it."""
    from pixelpact.mockserver import Server, Settings

    server = Server(Settings(pace="instant", max_jobs=1_000_000))
    ready.send(server.port)
    server.run_alone()


def serve_bare(ready: Any, answers: dict[str, tuple[bytes, str]]) -> None:
    """Starlette with three routes that return given bytes; `POST` parses and validates first."""
    import jsonschema_rs
    import orjson
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    document = bundled_openapi()
    schema = {**document["components"]["schemas"]["JobRequest"], "components": document["components"]}
    validator = jsonschema_rs.validator_for(schema)

    def given(name: str, status: int = 200) -> Callable[[Request], Any]:
        body, content_type = answers[name]

        async def answer(_: Request) -> Response:
            return Response(body, status, media_type=content_type)

        return answer

    async def create(request: Request) -> Response:
        if not validator.is_valid(orjson.loads(await request.body())):
            return Response(status_code=400)
        return Response(*created, media_type="application/json")

    created = (answers["POST /v2/jobs"][0], 201)
    app = Starlette(
        routes=[
            Route("/v2/jobs", create, methods=["POST"]),
            Route("/v2/jobs/{job_id}", given("GET /v2/jobs/{id}")),
            Route(operations()["downloadOutput"].template, given("download 512 x 512")),
        ]
    )
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    ready.send(listening.getsockname()[1])
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def calls(base_url: str) -> dict[str, Call]:
    """The three requests, sent once, so that the job is completed and its picture drawn."""
    with httpx.Client(base_url=base_url, headers=KEY) as client:
        created = client.post("/jobs", content=BODY)
        job = client.get(f"/jobs/{created.json()['id']}")
        uri = httpx.URL(job.json()["output"][0]["uri"])
        picture = client.get(uri)
    found = {
        "GET /v2/jobs/{id}": ("GET", job.request.url.path, b"", job),
        "POST /v2/jobs": ("POST", "/v2/jobs", BODY, created),
        "download 512 x 512": ("GET", uri.path, b"", picture),
    }
    return {
        name: Call(
            written(method, path, body), answer.status_code, answer.content, answer.headers["Content-Type"]
        )
        for name, (method, path, body, answer) in found.items()
    }


def written(method: str, path: str, body: bytes) -> bytes:
    """A request with the headers that an SDK sends."""
    name, key = next(iter(KEY.items()))
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: api2convert-python/10.3.0",
        f"{name}: {key}",
        *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def cpu_us(port: int, pid: int, request: bytes) -> float:
    """CPU time of the server per request in microseconds, over many equal requests on one connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        ask(connection, request)
        before = used_ns(pid)
        for _ in range(REQUESTS):
            ask(connection, request)
        return (used_ns(pid) - before) / REQUESTS / 1e3


def used_ns(pid: int) -> float:
    """CPU time of a process in nanoseconds; except on Linux, with a resolution of 10 ms."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        return sum(psutil.Process(pid).cpu_times()[:2]) * 1e9


def ask(connection: socket.socket, request: bytes) -> None:
    """Send a request and read the whole response."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    (length,) = (line.split(b":")[1] for line in lines if line.startswith(b"content-length"))
    left = int(length) - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 20))


def first_answer_ms() -> tuple[float, float]:
    """Time from the start of `pixelpact serve` to its first response in ms, and its memory then in MiB."""
    began = time.perf_counter()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pixelpact", "serve", "--port", str(port), "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603  # our own command
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    ask(connection, written("GET", "/v2/statuses", b""))
                break
            except OSError:
                time.sleep(0.002)
        took_ms = (time.perf_counter() - began) * 1e3
        held_mib = psutil.Process(process.pid).memory_info().rss / 2**20
        process.terminate()
    return took_ms, held_mib


def main() -> None:
    """Measure and print; exit with 1 if a goal is missed."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    mock = context.Process(target=serve_mock, args=(theirs,), daemon=True)
    mock.start()
    mock_port = ours.recv()
    known = calls(f"http://127.0.0.1:{mock_port}/v2")
    answers = {name: (call.body, call.content_type) for name, call in known.items()}
    bare = context.Process(target=serve_bare, args=(theirs, answers), daemon=True)
    bare.start()
    bare_port = ours.recv()
    missed = []
    print("CPU of the server per request, microseconds (median of", ROUNDS, "rounds)")
    print(f"{'':<22}{'bare':>8}{'mock':>8}{'ratio':>8}{'goal':>8}")
    for name, call in known.items():
        rows = [
            (cpu_us(bare_port, bare.pid, call.request), cpu_us(mock_port, mock.pid, call.request))
            for _ in range(ROUNDS)
        ]
        bare_us, mock_us = (statistics.median(column) for column in zip(*rows, strict=True))
        ratio = statistics.median(ours / theirs for theirs, ours in rows)
        print(f"{name:<22}{bare_us:>8.0f}{mock_us:>8.0f}{ratio:>8.2f}{GOALS[name]:>8.1f}")
        missed += [name] if ratio > GOALS[name] else []
    for process in (mock, bare):
        process.terminate()
        process.join()
    rows = [first_answer_ms() for _ in range(5)]
    took_ms, held_mib = (min(column) for column in zip(*rows, strict=True))
    print(f"\nstart to first answer {took_ms:.0f} ms (goal 450), idle memory {held_mib:.0f} MiB (goal 60)")
    if missed or took_ms > 450 or held_mib > 60:
        sys.exit("A goal was missed.")


if __name__ == "__main__":
    main()
