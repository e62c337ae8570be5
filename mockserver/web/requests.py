"""Requests as they arrive. A client repeats the same headers in every request: they are parsed once."""

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

#: The key in a request's scope under which its parsed headers are kept.
PARSED_HEADERS = "pixelpact.headers"
#: How many sets of headers are cached, and the size of the largest of them, in bytes.
_MOST_CACHED, _LARGEST_CACHED = 256, 8192


class SentHeaders(Headers):
    """The headers of a request; of several with one name, the first counts.

    `api_key`, `job_token` and `idempotency_key` are the caller's, or empty; `account` is named after the key
    (see `levels.account_in`), `scenario` is the one that the key names. `host` and `scheme` are those that
    the client used, as far as it or a proxy says so. `redacted` are the headers that may be kept, without
    secrets.
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
        """The value of the first of these headers that is not empty; `""` if there is none."""
        return next(filter(None, map(self.get, names)), "")


class Request(starlette.requests.Request):
    """A request with parsed headers."""

    __slots__ = ("headers",)
    headers: SentHeaders  # a property in Starlette, computed each time

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.headers = sent_headers(scope)


_cached: dict[tuple[tuple[bytes, bytes], ...], SentHeaders] = {}


def sent_headers(scope: Scope) -> SentHeaders:
    """The headers of the request with that scope."""
    found: SentHeaders | None = scope.get(PARSED_HEADERS)
    if found is None:
        raw = tuple(scope["headers"])
        try:
            found = _cached.get(raw)
        except TypeError:  # pairs that are lists, which ASGI allows
            raw = tuple((name, value) for name, value in raw)
            found = _cached.get(raw)
        if found is None:
            found = _parsed(raw)
        scope[PARSED_HEADERS] = found
    return found


def _parsed(raw: tuple[tuple[bytes, bytes], ...]) -> SentHeaders:
    parsed = SentHeaders(raw)
    if sum(len(name) + len(value) for name, value in raw) <= _LARGEST_CACHED:
        if len(_cached) >= _MOST_CACHED:
            _cached.clear()
        _cached[raw] = parsed
    return parsed
