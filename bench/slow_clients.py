"""How fast the server responds while 64 clients send one byte per second.

    python bench/slow_clients.py [--seconds 10]

One client requests the statuses repeatedly, first alone, then beside the slow clients, then beside as many
that read their responses as slowly. Exits with 1 if the slowest of a hundred responses takes too long.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from pixelpact.schema import headers

CLIENTS = 64
#: Maximum time of 99 in 100 responses, in milliseconds.
BAR_MS = 10
KEY = headers().api_key[0]
POST = (
    f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{KEY}: slow\r\nContent-Length: 9999\r\n\r\n".encode() + b" " * 9999
)
GET = f"GET /openapi.json HTTP/1.1\r\nHost: x\r\n{KEY}: slow\r\n\r\n".encode()


def serve(ready: Any) -> None:
    """The mock server, as `pixelpact serve` starts it."""
    from pixelpact.mockserver import Server, Settings

    server = Server(Settings(pace="instant"))
    ready.send((server.host, server.port, server.base_url))
    server.run_alone()


def every_second(
    clients: list[socket.socket], step: Callable[[socket.socket, int], object]
) -> threading.Event:
    """Call `step` for all clients every second, until the returned event is set."""
    ended = threading.Event()

    def go() -> None:
        second = 0
        while not ended.wait(1):
            for client in clients:
                step(client, second)
            second += 1

    threading.Thread(target=go, daemon=True).start()
    return ended


def measured(client: httpx.Client, seconds: float) -> list[float]:
    """Response times in milliseconds, measured for some seconds."""
    found: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        client.get("/statuses").raise_for_status()
        found.append((time.perf_counter() - began) * 1000)
    return found


def main() -> int:
    """Measure and print; 1 if responses were too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    host, port, base_url = ours.recv()
    slow = [socket.create_connection((host, port)) for _ in range(2 * CLIENTS)]
    late = []
    print(f"{'milliseconds for an answer':<44}{'median':>8}{'99 %':>8}{'worst':>8}")
    with httpx.Client(base_url=base_url) as client:
        for name, clients, step in (
            ("alone", [], lambda _, __: None),
            (
                f"beside {CLIENTS} that send a byte a second",
                slow[:CLIENTS],
                lambda each, n: each.send(POST[n : n + 1]),
            ),
            (f"beside {CLIENTS} that read a byte a second", slow[CLIENTS:], lambda each, _: each.recv(1)),
        ):
            for each in clients:
                each.sendall(GET if "read" in name else b"")
            ended = every_second(clients, step)
            rows = measured(client, seconds)
            ended.set()
            percentile = statistics.quantiles(rows, n=100)[98]
            late += [name] if percentile > BAR_MS else []
            print(f"{name:<44}{statistics.median(rows):>8.2f}{percentile:>8.2f}{max(rows):>8.2f}", flush=True)
    process.terminate()
    process.join()
    for name in late:
        print(f"TOO LONG: {name}, bar {BAR_MS} ms")
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main())
