"""The journal: every request with its response, and every callback. Bounded, without secrets."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from msgspec import Struct

from pixelpact.mockserver.clock import timestamp
from pixelpact.mockserver.journal.redaction import Redacted, redacted_body, redacted_query, shortened
from pixelpact.mockserver.levels import is_within

#: A body of more bytes is only counted; of a shorter one, so many bytes are kept.
MAX_READ_BYTES = 64 * 1024
_MAX_KEPT_BYTES = 4096


class Entry(Struct, gc=False):
    """A request to the server, or a callback from it. `status` is `None` until there is a response.

    `path` is a whole URL for a callback. `scenarios` are those that were applied, `error` says why a callback
    had no response.
    """

    number: int
    kind: Literal["request", "callback"]
    account: str
    at: float
    method: str
    path: str
    query: str
    operation: str
    headers: Redacted
    body: str = ""
    status: int | None = None
    scenarios: tuple[str, ...] = ()
    error: str = ""

    def document(self) -> dict[str, Any]:
        """The entry as the control API shows it."""
        return {
            "number": self.number,
            "kind": self.kind,
            "account": self.account,
            "at": timestamp(self.at),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation or None,
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers},
            "body": self.body,
            "status": self.status,
            "scenarios": list(self.scenarios),
            "trouble": self.error or None,
        }


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to look for; `None` matches anything.

    `account` may be any level (see `levels`), `path` may have wildcards (`/v2/jobs/*`), `after` is the number
    of the last entry that is known already.
    """

    account: str | None = None
    kind: str | None = None
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    status: int | None = None
    after: int = 0

    def matches(self, entry: Entry) -> bool:
        """Whether an entry is one of those."""
        return (
            entry.number > self.after
            and (self.account is None or is_within(entry.account, self.account))
            and self.kind in (None, entry.kind)
            and self.method in (None, entry.method)
            and (self.path is None or fnmatchcase(entry.path, self.path))
            and self.operation in (None, entry.operation)
            and self.status in (None, entry.status)
        )


@dataclass(slots=True)
class Journal:
    """The last `max_entries` entries."""

    max_entries: int
    _entries: deque[Entry] = field(init=False)
    _count: int = field(init=False, default=0)
    _waiting: list[tuple[EntryFilter, asyncio.Future[Entry]]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._entries = deque(maxlen=self.max_entries)

    def record_request(
        self,
        *,
        account: str,
        at: float,
        method: str,
        path: str,
        query: bytes,
        operation: str,
        headers: Redacted,
        kind: Literal["request", "callback"] = "request",
    ) -> Entry:
        """A new entry, without its body and its response. Secrets never enter it."""
        self._count += 1
        entry = Entry(
            self._count,
            kind,
            account,
            at,
            method,
            shortened(path),
            redacted_query(query) if query else "",
            operation,
            headers,
        )
        self._entries.append(entry)
        if self._waiting:
            self._notify(entry)
        return entry

    def record_body(self, entry: Entry, body: bytes, *, size_bytes: int) -> None:
        """Keep the body of an entry; of a long one, `body` may be less than its size."""
        if len(body) == size_bytes:
            entry.body = redacted_body(body, max_bytes=_MAX_KEPT_BYTES)
        else:
            entry.body = f"({size_bytes} bytes)"

    def record_response(self, entry: Entry, status: int | None, *, error: str = "") -> None:
        """Keep the status of the response to an entry, or why there was none."""
        entry.status, entry.error = status, error
        if self._waiting:
            self._notify(entry)

    def entries(self, wanted: EntryFilter, *, limit: int | None = None) -> list[Entry]:
        """The entries that match, oldest first; of more than `limit` the last ones."""
        found = [entry for entry in self._entries if wanted.matches(entry)]
        return found if limit is None else found[max(0, len(found) - limit) :]

    async def wait(self, wanted: EntryFilter, *, timeout_s: float) -> Entry | None:
        """The first entry that matches, as soon as there is one; `None` if none has come in time."""
        known = next((entry for entry in self._entries if wanted.matches(entry)), None)
        if known is not None:
            return known
        waiter: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        row = (wanted, waiter)
        self._waiting.append(row)
        try:
            return await asyncio.wait_for(waiter, timeout_s)
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(row)

    def stop_waiting(self) -> None:
        """End all waits, as if their time was over."""
        for _, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(TimeoutError())

    def forget(self, level: str) -> None:
        """Drop the entries of the accounts of a level."""
        kept = [entry for entry in self._entries if not is_within(entry.account, level)]
        self._entries = deque(kept, maxlen=self.max_entries)

    def _notify(self, entry: Entry) -> None:
        for wanted, waiter in self._waiting:
            if not waiter.done() and wanted.matches(entry):
                waiter.set_result(entry)
