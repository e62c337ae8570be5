"""A server as a process of its own: what it loads, and how it stops."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.server.protocol import JoinedWrites, LoopWithIdleTimer
from pixelpact.schema import headers
from tests.servers import arrival, connected, stop

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
        arrival(server)
    asker.join(timeout=10)

    assert [status for status, _ in seen] == [200]
    assert seen[0][1] > 100


def test_a_server_that_stops_does_not_wait_for_who_is_still_sending() -> None:
    with Server(Settings()) as server, connected(server) as sender:
        sender.sendall(
            f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{headers().api_key[0]}: k\r\n"
            "Content-Length: 99\r\n\r\n{".encode()
        )
        arrival(server)
        stop(server)

        assert sender.recv(100) == b""


def exchange(server: Server, request: str, *, ends: bytes | None) -> bytes:
    """What a server sends until something ends with `ends`, or until it closes the connection."""
    with connected(server) as connection:
        connection.sendall(request.encode())
        return received(connection, ends=ends)


def received(connection: socket.socket, *, ends: bytes | None) -> bytes:
    """What comes until something ends with `ends`, or until the connection is closed."""
    seen = b""
    while ends is None or not seen.endswith(ends):
        chunk = connection.recv(65536)
        seen += chunk
        if not chunk:
            assert ends is None, f"closed after {seen!r}"
            break
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


class Hour:
    """An event loop whose time moves when told to; a timer that rings late rings at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.set_at: list[float] = []
        self.create_task = None

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> Any:
        row = (when, callback)
        self.timers.append(row)
        self.set_at.append(self.now)
        return SimpleNamespace(cancel=lambda: self.timers.remove(row))

    def move_to(self, moment: float) -> None:
        for _ in range(100):
            due = [row for row in self.timers if row[0] <= moment]
            if not due:
                break
            row = min(due, key=lambda row: row[0])
            self.timers.remove(row)
            self.now = max(self.now, row[0])
            row[1]()
        else:
            pytest.fail("a timer is set again and again")
        self.now = moment


@given(st.lists(st.tuples(st.sampled_from(["answer", "request"]), st.integers(0, 8)), max_size=12))
def test_a_connection_is_closed_five_seconds_after_its_last_answer_unless_a_request_comes(
    steps: list[tuple[str, int]],
) -> None:
    hour, closed = Hour(), []
    timer = LoopWithIdleTimer(hour)  # type: ignore[arg-type]
    last_answer = None
    for what, seconds in [*steps, ("end", 10)]:
        if what == "answer":
            timer.call_later(5, lambda: closed.append(hour.now))
            last_answer = hour.now
        elif what == "request":
            timer.cancel()
            last_answer = None
        expected = None if last_answer is None else last_answer + 5
        hour.move_to(hour.now + seconds)
        if expected is not None and hour.now >= expected:
            assert closed == [expected]
            return
        assert closed == []


def test_a_hundred_answers_need_one_timer_for_each_five_seconds() -> None:
    hour = Hour()
    timer = LoopWithIdleTimer(hour)  # type: ignore[arg-type]
    for tenth in range(100):
        hour.move_to(tenth / 10)
        timer.cancel()
        timer.call_later(5, lambda: None)
    timer.stop()

    assert len(hour.set_at) <= 3
    assert hour.timers == []


def test_a_silent_connection_is_closed() -> None:
    server = Server(Settings())
    server._uvicorn.config.timeout_keep_alive = 0.05  # type: ignore[assignment]
    with server:
        key = f"Host: x\r\n{headers().api_key[0]}: k\r\n"
        closed = exchange(server, f"GET /v2/jobs HTTP/1.1\r\n{key}\r\n", ends=None)

    assert closed.startswith(b"HTTP/1.1 204 No Content")


def test_answers_without_a_body_and_to_clients_that_wait_come_whole() -> None:
    key = f"Host: x\r\n{headers().api_key[0]}: k\r\n"
    with Server(Settings()) as server:
        assert exchange(server, f"GET /v2/jobs HTTP/1.1\r\n{key}\r\n", ends=b"\r\n\r\n").startswith(
            b"HTTP/1.1 204 No Content"
        )
        for request, status in (
            ("HEAD /v2/statuses", b"200 OK"),
            ("HEAD /v2/upload-file/1", b"404 Not Found"),
        ):
            bare = exchange(server, f"{request} HTTP/1.1\r\n{key}\r\n", ends=b"\r\n\r\n")
            assert bare.startswith(b"HTTP/1.1 " + status)
        waits_first = f"POST /v2/jobs HTTP/1.1\r\n{key}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        assert exchange(server, waits_first, ends=b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        bad = exchange(server, "no HTTP\r\n\r\n", ends=b"}}")

    assert bad.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"connection: close" in bad


@pytest.mark.parametrize("apart", [False, True])
def test_an_offer_of_http_2_is_ignored_and_the_body_read(apart: bool) -> None:
    body = b'{"process": false, "callback": "http://x/\\r\\nUpgrade: h2c"}'
    head = (
        f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{headers().api_key[0]}: k\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        f"uPgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with Server(Settings()) as server, connected(server) as connection:
        connection.sendall(head if apart else head + body)
        if apart:
            arrival(server)
            connection.sendall(body)
        seen = received(connection, ends=b"]}")
        entry = arrival(server, status=201)

    assert seen.startswith(b"HTTP/1.1 201 Created")
    assert json.loads(entry.body) == json.loads(body)
