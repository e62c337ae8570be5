"""Requests as they arrive. A client sends the same headers again and again: they are read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import starlette.requests
from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from pixelpact.mockserver.jobs.ids import account_of
from pixelpact.mockserver.journal.redaction import redacted_headers
from pixelpact.mockserver.scenarios.catalogue import scenario_of_key
from pixelpact.schema import headers as names

#: Under this name a request's scope has its headers, once they were read.
_READ = "pixelpact.headers"
#: So many sets of headers are known at most, none of them longer than so many bytes.
_MOST_KNOWN, _LONGEST_KNOWN = 256, 8192


class SentHeaders(Headers):
    """The headers of a request; of equal names the first counts.

    `api_key`, `job_token` and `idempotency_key` are the caller's, or empty; `account` is the one that the key
    opens, `scenario` the one that it names. `host` and `scheme` are those that the client used, as far as it
    or a proxy says so. `redacted` are the headers that may be kept and shown, without secrets.
    """

    def __init__(self, raw: Sequence[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=list(raw))
        self.redacted = redacted_headers(raw)
        self._by_name = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(raw)}
        self.api_key, self.job_token = self._first(names().api_key), self._first(names().job_token)
        self.account = account_of(self.api_key) if self.api_key else ""
        self.scenario = scenario_of_key(self.api_key)
        self.idempotency_key: str = self.get(names().idempotency_key, "")
        self.host: str | None = self.get("host")
        forwarded = self.get("x-forwarded-proto")
        self.scheme: str | None = forwarded if forwarded in ("http", "https") else None
        self.is_from_a_page = "origin" in self

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._by_name

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header."""
        return self._by_name.get(name.lower(), default)

    def _first(self, names: Iterable[str]) -> str:
        """The value of the first of some headers that is there and not empty; `""` if none is."""
        return next(filter(None, map(self.get, names)), "")


class Request(starlette.requests.Request):
    """A request whose headers were read before."""

    __slots__ = ("headers",)
    headers: SentHeaders  # a property in Starlette, which looks for it each time

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.headers = sent_headers(scope)


_known: dict[tuple[tuple[bytes, bytes], ...], SentHeaders] = {}


def sent_headers(scope: Scope) -> SentHeaders:
    """The headers of the request with that scope."""
    found: SentHeaders | None = scope.get(_READ)
    if found is None:
        raw = tuple(scope["headers"])
        try:
            found = _known.get(raw)
        except TypeError:  # pairs that are lists, which ASGI allows
            raw = tuple((name, value) for name, value in raw)
            found = _known.get(raw)
        if found is None:
            found = _read(raw)
        scope[_READ] = found
    return found


def _read(raw: tuple[tuple[bytes, bytes], ...]) -> SentHeaders:
    read = SentHeaders(raw)
    if sum(len(name) + len(value) for name, value in raw) <= _LONGEST_KNOWN:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[raw] = read
    return read
