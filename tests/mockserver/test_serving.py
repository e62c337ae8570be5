"""A server as a process of its own: what it loads, and how it stops."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.journal import Wanted
from pixelpact.mockserver.protocol import JoinedWrites
from pixelpact.schema import headers

IDLE = """
import sys
from pixelpact.mockserver import Server, Settings

server = Server(Settings())
server._uvicorn.should_exit = True
server.run_alone()
print(*sorted({"numpy", "PIL", "jsonschema", "httpx"} & set(sys.modules)))
"""


def test_an_idle_server_has_not_loaded_what_drawing_needs() -> None:
    loaded = subprocess.run([sys.executable, "-c", IDLE], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == []


def test_no_secret_enters_the_access_log(capfd: pytest.CaptureFixture[str]) -> None:
    with Server(Settings(), log_requests=True) as server:
        for query in ("page=2", "api_key=s3cret", "key=s3cret", "x=s%33cret"):
            httpx.get(f"{server.base_url}/statuses?{query}", verify=False)
    shown = "".join(capfd.readouterr())

    assert "GET /v2/statuses?page=2 HTTP/1.1" in shown
    assert shown.count("GET /v2/statuses?******** HTTP/1.1") == 3
    assert "cret" not in shown


def waits(server: Server) -> None:
    """Return when a request has come."""
    moment = threading.Event()
    while not server.mock.journal.found(Wanted()):
        moment.wait(0.01)


def test_a_server_that_stops_finishes_its_answers() -> None:
    seen: list[Any] = []
    rule = {"scenario": "slow", "at_least_s": 0.4, "at_most_s": 0.4}
    with Server(Settings(scenarios=(rule,))) as server:

        def ask() -> None:
            with (
                httpx.Client(verify=False) as client,
                client.stream("GET", f"{server.base_url}/statuses") as answer,
            ):
                seen.append((answer.status_code, len(answer.read())))

        asker = threading.Thread(target=ask)
        asker.start()
        waits(server)
    asker.join()

    assert seen[0][0] == 200
    assert seen[0][1] > 100


def test_a_server_that_stops_does_not_wait_for_who_is_still_sending() -> None:
    with Server(Settings()) as server, socket.create_connection((server.host, server.port)) as sender:
        sender.sendall(
            f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{headers().api_key[0]}: k\r\n"
            "Content-Length: 99\r\n\r\n{".encode()
        )
        waits(server)
        server.__exit__(None, None, None)

        assert sender.recv(100) == b""


def exchange(server: Server, request: str, *, ends: bytes) -> bytes:
    """What a server sends until something ends with `ends`."""
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(request.encode())
        seen = b""
        while not seen.endswith(ends):
            seen += connection.recv(65536)
        return seen


def test_head_and_body_of_an_answer_are_one_write() -> None:
    written: list[list[bytes]] = []

    class Transport:
        def write(self, data: bytes) -> None:
            written.append([data])

        def writelines(self, data: Iterable[bytes]) -> None:
            written.append(list(data))

        def is_closing(self) -> bool:
            return False

    joined = JoinedWrites(Transport())  # type: ignore[arg-type]
    for data in (b"head", b"body", b"more"):
        joined.write(data)
    joined.end()
    joined.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    joined.write(b"head alone")
    joined.end()

    assert written == [[b"head", b"body"], [b"more"], [b"HTTP/1.1 100 Continue\r\n\r\n"], [b"head alone"]]


def test_answers_without_a_body_and_to_clients_that_wait_come_whole() -> None:
    key = f"Host: x\r\n{headers().api_key[0]}: k\r\n"
    with Server(Settings()) as server:
        assert exchange(server, f"GET /v2/jobs HTTP/1.1\r\n{key}\r\n", ends=b"\r\n\r\n").startswith(
            b"HTTP/1.1 204 No Content"
        )
        assert b"405 Method Not Allowed" in exchange(
            server, f"HEAD /v2/statuses HTTP/1.1\r\n{key}\r\n", ends=b"\r\n\r\n"
        )
        waits_first = f"POST /v2/jobs HTTP/1.1\r\n{key}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        assert exchange(server, waits_first, ends=b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        bad = exchange(server, "no HTTP\r\n\r\n", ends=b"}}")

    assert bad.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"connection: close" in bad
