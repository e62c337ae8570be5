"""Before a run, one look says whether anything can be asked of the server."""

from __future__ import annotations

import re
import socket
from contextlib import closing

import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import ServerUnusable, UnusableAnswer
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.failures import Failure
from pixelpact.contract_tests.client.findings import RedactedExchange
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
        (plain(503, b""), r"answers 503 \(service unavailable\)\. Try again later\.$"),
        (plain(429, b""), r"answers 429 \(too many requests\)\. Try again later\.$"),
        (plain(401, b"{}"), "/statuses answers 401, although it needs no key"),
        (plain(402, b"{}"), "no credits left"),
        (plain(500, b"<h1>", content_type="text/html"), r"/statuses answers 500 \(a failure of the server\)"),
        (
            plain(301, b"", Location="https://else.example/v2/statuses"),
            "redirects to https://else.example/v2 ",
        ),
        (plain(302, b"", Location="/login?key=pa55"), r"redirects to http://127.0.0.1:\d+/login \(302\)"),
        (plain(302, b"", Location="http://["), r"redirects to http://\[ \(302\)"),
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
        "always-429",
        "always-401",
        "always-402",
        "always-500",
        "moved",
        "login",
        "moved-to-nowhere",
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

    assert message(f"http://user:pa55@127.0.0.1:{port}/v2") == (
        f"No server is running at http://127.0.0.1:{port}/v2: the connection was refused.\n"
        "`pixelpact serve` starts a mock server at http://127.0.0.1:8010/v2"
    )


def test_a_server_without_tls_is_described() -> None:
    with serving(hang_up) as base_url:
        told = message(base_url.replace("http:", "https:"))

    assert told.endswith(f"does not speak TLS. Did you mean {base_url}?")


@pytest.mark.parametrize("failure", Failure)
def test_a_missing_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch, failure: Failure) -> None:
    def fail(*_: object, **__: object) -> Exchange:
        exchange = RedactedExchange(0, "", "curl")
        raise UnusableAnswer("listStatuses", f"must answer, but {failure.value}", exchange, failure)

    monkeypatch.setattr(ApiClient, "call", fail)
    told = message("https://user:pa55@api.example.com/v2")

    assert "api.example.com" in told
    assert "pa55" not in told
    assert "pixelpact serve" not in told  # it is not on this machine
    assert "\n" not in told


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_a_missing_or_wrong_version_is_suggested(path: str) -> None:
    with Server(Settings(pace="instant")) as server:
        assert f"Did you mean {server.base_url}?" in message(server.base_url.removesuffix("/v2") + path)


def test_the_key_is_in_no_message() -> None:
    with serving(statuses_then(plain(401, b'{"message": "no such key: s3cr3t"}'))) as base_url:
        assert "s3cr3t" not in message(base_url, "s3cr3t")
