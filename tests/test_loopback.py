"""Nothing outside this machine is contacted: every connection and look-up of the tests is watched."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from pixelpact.pytest_plugin import MockApi
from tests.bodies import finished, runnable
from tests.loopback import FORBIDDEN, is_here


@pytest.fixture
def caught() -> Iterator[list[str]]:
    """What was forbidden; a test that asks for it does not fail for it."""
    yield FORBIDDEN
    FORBIDDEN.clear()


def connect() -> None:
    with socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def send() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside:
        outside.sendto(b"", ("192.0.2.1", 53))


def send_message() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside:
        outside.sendmsg([b""], [], 0, ("192.0.2.1", 53))


def look_up() -> None:
    socket.getaddrinfo("example.com", 80)


def on_a_loop(call: Callable[[asyncio.AbstractEventLoop], Any]) -> Callable[[], None]:
    def run() -> None:
        loop = pytest.importorskip("uvloop").new_event_loop()
        try:
            loop.run_until_complete(call(loop))
        finally:
            loop.close()

    return run


@pytest.mark.parametrize(
    ("call", "host"),
    [
        (connect, "192.0.2.1"),
        (send, "192.0.2.1"),
        (send_message, "192.0.2.1"),
        (look_up, "example.com"),
        (on_a_loop(lambda loop: loop.create_connection(asyncio.Protocol, "192.0.2.1", 80)), "192.0.2.1"),
        (on_a_loop(lambda loop: loop.getaddrinfo("example.com", 80)), "example.com"),
    ],
    ids=["connect", "send", "send a message", "look up", "connect by uvloop", "look up by uvloop"],
)
def test_another_machine_is_out_of_reach(caught: list[str], call: Callable[[], None], host: str) -> None:
    with pytest.raises(PermissionError, match=host):
        call()

    assert caught == [host]


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("::1%lo", True),
        ("localhost", True),
        (b"localhost", True),
        (None, True),
        ("128.0.0.1", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost.example", False),
    ],
    ids=str,
)
def test_only_this_machine_is_here(host: object, here: bool) -> None:
    assert is_here(host) is here


def test_a_name_that_cannot_exist_is_unknown_without_a_question(caught: list[str]) -> None:
    with pytest.raises(socket.gaierror, match="no such name"):
        socket.getaddrinfo("app.invalid", 80)

    assert caught == []


def test_what_a_server_calls_is_seen(caught: list[str], serve: Callable[..., httpx.Client]) -> None:
    http = serve(callback_hosts=("192.0.2.1",))

    finished(http, runnable(callback="http://192.0.2.1/"))
    http.post(f"{http.base_url.copy_with(path='/_pixelpact')}/clock/advance", json={"seconds": 0})

    assert set(caught) == {"192.0.2.1"}


def test_remote_inputs_and_callbacks_are_not_contacted(http: httpx.Client, pixelpact: MockApi) -> None:
    remote = {"type": "remote", "source": "http://192.0.2.1/fox.txt"}

    job = finished(http, runnable(input=[remote], callback="http://192.0.2.1/", notify_status=True))
    (output,) = job["output"]

    assert pixelpact.read_image(http.get(output["uri"]).content).prompt == "http://192.0.2.1/fox.txt"


def test_no_input_of_any_type_is_fetched(http: httpx.Client) -> None:
    away = "http://192.0.2.1/fox.txt"
    inputs = [
        {"type": "remote", "source": away, "engine": "website"},
        {"type": "cloud", "source": "ftp", "parameters": {"host": "192.0.2.1"}, "credentials": {"a": "b"}},
        {"type": "gdrive_picker", "source": away, "credentials": {"token": "t"}},
    ]
    target = {"type": "ftp", "parameters": {"host": "192.0.2.1"}, "credentials": {"username": "u"}}
    conversion = {"target": "png", "output_target": [target]}

    job = finished(http, {"conversion": [conversion, {"target": "zip"}], "input": inputs})

    assert job["status"]["code"] == "completed"
