"""Failures are told in words of our own, never in those of httpx: they may hold a key or a password."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

import httpx
import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import UnusableAnswer
from pixelpact.contract_tests.client.failures import Failure, failure_of
from tests.hostile_servers import Answer, cut_off, hang_up, serving


def failed(base_url: str, key: str = "some-key", **request: Any) -> UnusableAnswer:
    """The failure of a request of the statuses, with the key."""
    with closing(ApiClient(base_url, key)) as api, pytest.raises(UnusableAnswer) as caught:
        api.call("listStatuses", **request)
    return caught.value


def shown(error: UnusableAnswer) -> str:
    """All that is shown of a failure."""
    return f"{error} {error.what} {error.exchange}"


@pytest.mark.parametrize("key", ["sup3rsecretA\r", "sup3rsecretA\nX: y", "sup3rsecretA\x00", "sup3rsecretAé"])
def test_a_key_that_no_header_can_hold_is_not_shown(key: str) -> None:
    assert "sup3rsecretA" not in shown(failed("http://127.0.0.1:1/v2", key))


@pytest.mark.parametrize("server", [None, "http://user:pa55@127.0.0.1:1x/v2", "http://user:pa55@[::1/v2"])
def test_a_password_is_not_shown(server: str | None) -> None:
    assert "pa55" not in shown(failed("http://user:pa55@127.0.0.1:1/v2", server=server))


def not_http(request: Any) -> None:
    """Answer with what is not HTTP, and repeat the key."""
    request.wfile.write(f"hello {request.headers['X-Api2convert-Api-Key']}\r\n\r\n".encode())
    request.close_connection = True


@pytest.mark.parametrize(
    ("answer", "failure"),
    [(cut_off, Failure.BROKEN), (hang_up, Failure.BROKEN), (not_http, Failure.NOT_HTTP)],
)
def test_what_a_server_sends_is_not_shown(answer: Answer, failure: Failure) -> None:
    with serving(answer) as base_url:
        error = failed(base_url, "sup3rsecretA")

    assert error.failure is failure
    assert "sup3rsecretA" not in shown(error)


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (socket.gaierror(-2, "Name or service not known"), Failure.UNKNOWN_HOST),
        (ConnectionResetError(104, "Connection reset by peer"), Failure.NO_TLS),
        (OSError(101, "Network is unreachable"), Failure.UNREACHABLE),
    ],
)
def test_a_connection_that_fails_is_told_by_its_cause(cause: OSError, failure: Failure) -> None:
    error = httpx.ConnectError("text")
    error.__cause__ = cause

    assert failure_of(error) is failure


def test_no_tls_is_told() -> None:
    with serving(hang_up) as base_url:
        assert failed(base_url.replace("http:", "https:")).failure is Failure.NO_TLS
