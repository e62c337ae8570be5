"""Headers are read once for all requests that bring the same ones, whoever they come from."""

from __future__ import annotations

import pytest

from pixelpact.mockserver.web import requests
from pixelpact.mockserver.web.requests import sent_headers


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The sets of headers that are known: none, at the beginning of each test."""
    kept = {}
    monkeypatch.setattr(requests, "_cached", kept)
    return kept


def scope(*headers):
    return {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers]}


def test_equal_headers_are_read_once():
    assert sent_headers(scope(("accept", "*/*"))) is sent_headers(scope(("accept", "*/*")))


@pytest.mark.parametrize(
    "others", [[("accept", "*/")], [("accept", "*/*"), ("x", "")], [("accept*", "/*")], []], ids=str
)
def test_other_headers_are_read_as_they_are(others):
    first, other = sent_headers(scope(("accept", "*/*"))), sent_headers(scope(*others))
    assert (first["accept"], other.items()) == ("*/*", others)


def test_the_first_of_equal_names_counts_and_its_case_does_not():
    sent = sent_headers(scope(("accept", "a"), ("accept", "b")))
    assert (sent["Accept"], sent.get("ACCEPT"), "AccepT" in sent) == ("a", "a", True)
    assert sent.getlist("accept") == ["a", "b"]


def test_a_scope_keeps_its_headers(known):
    asked = scope(("accept", "*/*"))
    first = sent_headers(asked)
    known.clear()
    assert sent_headers(asked) is first


def test_so_many_are_known_and_no_more(known):
    sizes = []
    for number in range(1000):
        assert sent_headers(scope(("traceparent", str(number))))["traceparent"] == str(number)
        sizes.append(len(known))
    assert max(sizes) == 256


@pytest.mark.parametrize(("size", "kept"), [(8192, 1), (8193, 0), (9000, 0)])
def test_long_ones_are_not_kept(known, size, kept):
    value = "x" * (size - len("cookie"))
    assert sent_headers(scope(("cookie", value)))["cookie"] == value
    assert len(known) == kept


def test_what_may_be_shown_holds_no_secret():
    sent = sent_headers(scope(("x-oc-api-key", "sesame"), ("accept", "*/*"), ("idempotency-key", "once")))
    assert sent.redacted == [
        (b"x-oc-api-key", b"********"),
        (b"accept", b"*/*"),
        (b"idempotency-key", b"once"),
    ]


def test_pairs_may_be_lists_as_asgi_allows():
    sent = sent_headers({"type": "http", "headers": [[b"accept", b"*/*"]]})
    assert sent["accept"] == "*/*"
