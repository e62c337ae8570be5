"""Before a run, one look says whether anything can be asked of the server."""

from __future__ import annotations

import re
import socket
from contextlib import closing

import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import ServerUnusable
from pixelpact.contract_tests.runs.preflight import look
from pixelpact.mockserver import Server, Settings
from tests.hostile_servers import Answer, cut_off, hang_up, plain, serving


def message(base_url: str, api_key: str = "some-key") -> str:
    """What the look at a server ends with."""
    api = ApiClient(base_url, api_key)
    with pytest.raises(ServerUnusable) as caught, closing(api):
        look(api)
    return str(caught.value)


def statuses_then(answer: Answer) -> Answer:
    """An API that lists its statuses, and answers all else so."""
    listing = plain(200, b'[{"code": "ready", "info": ""}]')

    def chosen(request: object) -> None:
        is_listing = request.path.endswith("/statuses")  # type: ignore[attr-defined]
        (listing if is_listing else answer)(request)  # type: ignore[arg-type]

    return chosen


def test_a_server_that_is_there_passes() -> None:
    with (
        Server(Settings(pace="instant")) as server,
        closing(ApiClient(server.base_url, "some-key")) as api,
    ):
        look(api)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (plain(200, b"<html>", content_type="text/html"), "no API2Convert API at .*200, text/html"),
        (plain(404, b"{}"), "no API2Convert API at .*404"),
        (plain(200, b"[]"), "no API2Convert API"),
        (plain(200, b'[{"a": ' * 100_000), "no API2Convert API"),
        (plain(503, b""), "503, again and again"),
        (cut_off, "the connection broke"),
        (hang_up, "the connection broke"),
        (statuses_then(plain(401, b"{}")), r"refuses the API key \(401\)"),
        (statuses_then(plain(403, b"{}")), r"refuses the API key \(403\)"),
        (statuses_then(plain(402, b"{}")), "no credits left"),
        (statuses_then(plain(429, b"{}")), "429 .too many requests."),
        (statuses_then(plain(500, b"{}")), "/contracts answers 500"),
    ],
    ids=[
        "html",
        "404",
        "nothing",
        "deep",
        "503",
        "cut-off",
        "hang-up",
        "wrong-key",
        "403",
        "402",
        "429",
        "500",
    ],
)
def test_a_server_of_no_use_is_described(answer: Answer, words: str) -> None:
    with serving(answer) as base_url:
        assert re.search(words, message(base_url))


def test_a_wrong_port_is_described() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    assert f"no usable answer from http://127.0.0.1:{port}/v2" in message(f"http://127.0.0.1:{port}/v2")


def test_a_missing_version_is_suggested() -> None:
    with Server(Settings(pace="instant")) as server:
        assert f"Did you mean {server.base_url}?" in message(server.base_url.removesuffix("/v2"))


def test_the_key_is_in_no_message() -> None:
    with serving(statuses_then(plain(401, b'{"message": "no such key: s3cr3t"}'))) as base_url:
        assert "s3cr3t" not in message(base_url, "s3cr3t")
