"""A typed client of the control API, for tests and tools."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from pixelpact.mockserver.errors import ControlError
from pixelpact.schema import headers, operations

if TYPE_CHECKING:
    import httpx

#: Seconds to wait for a response, beyond those that the server waits on purpose.
_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A request to the server, or a callback from it, without secrets; see the control API's document.

    `status` is `None` until there is a response; `trouble` says why a callback had none.
    """

    number: int
    kind: str
    account: str
    at: str
    method: str
    path: str
    query: str
    operation: str | None
    headers: Mapping[str, str]
    body: str
    status: int | None
    scenarios: tuple[str, ...]
    trouble: str | None


class Filter(TypedDict, total=False):
    """Which entries of the journal to look for; what is left out matches anything.

    `kind` is `request` or `callback`, `path` may have wildcards, `after` is the number of the last entry that
    is known already, `account` is as the journal names it.
    """

    account: str
    kind: Literal["request", "callback"]
    method: str
    path: str
    operation: str
    status: int
    after: int


class ControlClient:
    """Controls the mock server at `url` (scheme, host, port).

    With an `api_key`, all methods are about the account of that key, otherwise about all accounts.

    Raises (every method):
        ControlError: the server refuses.
        httpx.TransportError: the server does not answer.
    """

    def __init__(self, url: str, *, api_key: str | None = None) -> None:
        import httpx

        key = {} if api_key is None else {headers().api_key[0]: api_key}
        # Certificates are loaded only where they are needed: that takes longer than most tests.
        is_secure = not url.startswith("http://")
        self._client: httpx.Client = httpx.Client(
            base_url=url, headers=key, verify=is_secure, trust_env=False, timeout=_TIMEOUT_S
        )

    def __enter__(self) -> ControlClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def choose(self, *scenarios: str | Mapping[str, Any]) -> None:
        """Choose the scenarios in force, by name or as objects with parameters; without arguments, none."""
        self._call("chooseScenarios", json=list(scenarios))

    def chosen(self) -> list[dict[str, Any]]:
        """The scenarios in force."""
        rows: list[dict[str, Any]] = self._call("getScenarios")["chosen"]
        return rows

    def now(self) -> float:
        """The time of the clock, in seconds since 1970."""
        return float(self._call("getClock")["seconds"])

    def freeze(self, at: float | None = None) -> float:
        """The time at which the clock stands still: now, or a later moment `at` (seconds since 1970)."""
        return self._set_clock("freezeClock", {"at": at})

    def advance(self, seconds: float) -> float:
        """The time after moving the clock on, once the callbacks that came due have been delivered."""
        return self._set_clock("advanceClock", {"seconds": seconds})

    def resume(self) -> float:
        """The time; the clock runs on from there."""
        return self._set_clock("resumeClock")

    def profile(self) -> dict[str, str]:
        """The answers to all questions of the ledger."""
        answers: dict[str, str] = self._call("getProfile")
        return answers

    def set_profile(self, answers: Mapping[str, str]) -> None:
        """Choose other answers; what is left out keeps its default."""
        self._call("setProfile", json=dict(answers))

    def journal(self, *, limit: int = 1000, **wanted: Unpack[Filter]) -> list[JournalEntry]:
        """The entries that match, oldest first; of more than `limit` the last ones."""
        return [_entry(row) for row in self._call("getJournal", query={**wanted, "limit": limit})]

    def wait(self, *, timeout: float = 10.0, **wanted: Unpack[Filter]) -> JournalEntry:
        """The first entry that matches, as soon as there is one; waits at most `timeout` seconds.

        A request that has just arrived has no `body` and no `status` yet: to wait for its response, say which
        status.

        Raises:
            ControlError: nothing that matches came in time.
        """
        return _entry(self._call("waitForEntry", query={**wanted, "timeout": timeout}, waits_s=timeout))

    def reset(self, *what: str) -> None:
        """Reset `jobs`, `journal`, `scenarios`, `clock` and `profile`, or only those named."""
        self._call("reset", json={"what": list(what)} if what else {})

    def state(self) -> dict[str, Any]:
        """The whole state of the server, of all accounts, to be restored later."""
        state: dict[str, Any] = self._call("getState")
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        """Resume from a state, in place of everything there is."""
        self._call("restoreState", json=dict(state))

    def _set_clock(self, operation_id: str, body: Mapping[str, Any] | None = None) -> float:
        """The time; a receiver that does not answer its callbacks may delay it for minutes."""
        return float(self._call(operation_id, json=body, waits_s=math.inf)["seconds"])

    def _call(
        self,
        operation_id: str,
        *,
        json: Any = None,
        query: Mapping[str, Any] | None = None,
        waits_s: float = 0.0,
    ) -> Any:
        operation = operations("control")[operation_id]
        answer = self._client.request(
            operation.method,
            operation.template,
            json=json,
            params=dict(query or {}),
            timeout=None if math.isinf(waits_s) else _TIMEOUT_S + waits_s,
        )
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            message = answer.json()["message"]
        except (ValueError, KeyError):
            message = f"{operation.method} {operation.template} was answered with {answer.status_code}"
        raise ControlError(message)


def _entry(row: Mapping[str, Any]) -> JournalEntry:
    return JournalEntry(**{**row, "scenarios": tuple(row["scenarios"])})


#: The former name of `ControlClient`.
Controller = ControlClient
