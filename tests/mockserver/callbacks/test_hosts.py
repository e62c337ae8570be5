"""Hosts of callbacks: what is tried again there, when they are left alone, and what they are never told."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from pixelpact.mockserver import Controller
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import callback_rules, headers
from tests.bodies import runnable
from tests.receivers import Receiver
from tests.servers import PATIENCE_S

FAILURES, PAUSE_S = callback_rules().host_failures, callback_rules().host_pause_s


def call_back(http: httpx.Client, control: Controller, url: str, *, times: int = 1) -> None:
    """Have some jobs call back, one after the other."""
    for _ in range(times):
        assert http.post("/jobs", json=runnable(callback=url)).status_code == 201
        control.advance(0)


def test_user_and_password_of_a_callback_stay_here(http: httpx.Client, control: Controller) -> None:
    with Receiver() as receiver:
        call_back(http, control, receiver.url.replace("http://", "http://me:sesame@") + "?t=sesame")
        (received,) = receiver.received
    (entry,) = control.journal(kind="callback")

    assert received.path == "/hook?t=sesame"
    assert received.headers["host"] == httpx.URL(receiver.url).netloc.decode()
    assert "authorization" not in received.headers
    assert (entry.method, entry.status, entry.path, entry.query) == ("POST", 204, receiver.url, "********")
    assert "sesame" not in repr(entry)


@pytest.mark.parametrize(
    ("callback", "path"),
    [
        ("http://me:sesame@[::1]:9/x", "http://[::1]:9/x"),
        ("http://me@127.0.0.1:9/x?y", "http://127.0.0.1:9/x"),
        ("http://127.0.0.1:99999/x", "http://127.0.0.1/x"),
    ],
)
def test_the_journal_names_where_a_callback_went(
    http: httpx.Client, control: Controller, callback: str, path: str
) -> None:
    call_back(http, control, callback)

    assert [entry.path for entry in control.journal(kind="callback")] == [path]


@pytest.mark.parametrize(
    ("redirect", "status", "attempts"),
    [
        ("give-up", 200, 1),
        ("give-up", 299, 1),
        ("give-up", 300, 1),
        ("give-up", 399, 1),
        ("give-up", 499, 1),
        ("give-up", 500, 2),
        ("give-up", 599, 2),
        ("retry", 299, 1),
        ("retry", 300, 2),
        ("retry", 399, 2),
        ("retry", 400, 1),
        ("retry", 500, 2),
    ],
)
def test_an_answer_decides_whether_it_is_tried_again(
    http: httpx.Client, control: Controller, redirect: str, status: int, attempts: int
) -> None:
    control.set_profile({"callback-redirect": redirect})
    with Receiver(answers=[status]) as receiver:
        call_back(http, control, receiver.url)
        control.advance(3600)

    assert [received.status for received in receiver.received] == ["completed"] * attempts


def test_it_is_tried_again_to_the_second(http: httpx.Client, control: Controller) -> None:
    seen = []
    control.freeze()
    with Receiver(answers=[500] * 3) as receiver:
        call_back(http, control, receiver.url)
        for seconds in (0.5, 0.5, 1.5, 0.5, 3.5, 0.5, 3600):
            control.advance(seconds)
            seen.append(len(receiver.received))

    assert seen == [1, 2, 2, 3, 3, 4, 4]


def test_a_host_is_left_alone_after_so_many_failures_and_then_counted_again(
    http: httpx.Client, control: Controller
) -> None:
    seen = []
    control.freeze()
    with Receiver(answers=[400] * (FAILURES + 1)) as receiver:
        call_back(http, control, receiver.url, times=FAILURES - 1)
        # The host is the same one, whatever stands before it.
        call_back(http, control, receiver.url.replace("http://", "http://me@"))
        seen.append(len(receiver.received))
        call_back(http, control, receiver.url)
        control.advance(PAUSE_S - 1)
        seen.append(len(receiver.received))
        control.advance(1)  # fails, and is the first failure
        seen.append(len(receiver.received))
        call_back(http, control, receiver.url)
        seen.append(len(receiver.received))

    assert seen == [FAILURES, FAILURES, FAILURES + 1, FAILURES + 2]


@pytest.mark.parametrize("success", [200, 299])
def test_a_success_begins_the_count_again(http: httpx.Client, control: Controller, success: int) -> None:
    control.freeze()
    few = [400] * (FAILURES - 1)
    with Receiver(answers=[*few, success, *few]) as receiver:
        call_back(http, control, receiver.url, times=2 * FAILURES)

    assert len(receiver.received) == 2 * FAILURES


def test_each_account_has_its_own_hosts(http: httpx.Client, pixelpact: MockApi, web: httpx.Client) -> None:
    key = f"{pixelpact.api_key}-other"
    pixelpact.control.freeze()
    with (
        Receiver(answers=[400] * FAILURES) as receiver,
        Controller(pixelpact.server.url, api_key=key) as other,
    ):
        call_back(http, pixelpact.control, receiver.url, times=FAILURES)
        web.post(
            f"{pixelpact.base_url}/jobs",
            json=runnable(callback=receiver.url),
            headers={headers().api_key[0]: key},
        )
        other.advance(0)

    assert len(receiver.received) == FAILURES + 1


def test_a_callback_is_not_signed_without_a_secret(serve: Callable[..., httpx.Client]) -> None:
    sent = []
    for secret in (None, "", "sesame"):
        http = serve(callback_secret=secret)
        with Receiver() as receiver, Controller(str(http.base_url.copy_with(path="/"))) as control:
            call_back(http, control, receiver.url)
        sent += [headers().signature.lower() in received.headers for received in receiver.received]

    assert sent == [False, False, True]


def test_only_the_head_of_an_answer_is_waited_for_then_the_connection_is_closed(
    http: httpx.Client, control: Controller
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as executor:
        listening.settimeout(PATIENCE_S)

        def answer() -> bytes:
            """Read a callback, promise more than is ever sent, and read on to the end."""
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(PATIENCE_S)
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                with suppress(ConnectionResetError):
                    while connection.recv(65536):
                        pass
            return b"closed"

        answered = executor.submit(answer)
        call_back(http, control, f"http://127.0.0.1:{listening.getsockname()[1]}/")

        assert answered.result(PATIENCE_S) == b"closed"
    assert [entry.status for entry in control.journal(kind="callback")] == [200]
