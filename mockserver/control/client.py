"""A typed client of the control API: what tests and tools tell a mock server, and ask it.

ControlError        the server refused, or nothing came in time
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from pixelpact.schema import headers, operations

if TYPE_CHECKING:
    import httpx

#: Time for an answer beyond what is waited for on purpose.
_PATIENCE_S = 30.0


class ControlError(RuntimeError):
    """The control API refused a request; the text says why."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A request to the server, or a callback from it, without secrets; see the control API's document.

    `status` is `None` as long as it is not answered; `trouble` says why a callback had no answer.
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
    """Which entries of the journal are wanted; what is left out does not matter.

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


class Controller:
    """Tells the mock server at `url` (scheme, host, port) what to do.

    With an `api_key` everything is about the account of that key, without one about all accounts.

    Raises (every method):
        ControlError: the server refuses.
        httpx.TransportError: there is no server.
    """

    def __init__(self, url: str, *, api_key: str | None = None) -> None:
        import httpx

        key = {} if api_key is None else {headers().api_key[0]: api_key}
        # Certificates are loaded only where they are needed: that takes longer than most tests.
        is_secure = not url.startswith("http://")
        self._client: httpx.Client = httpx.Client(
            base_url=url, headers=key, verify=is_secure, trust_env=False, timeout=_PATIENCE_S
        )

    def __enter__(self) -> Controller:
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
        """Have these scenarios in force, by name or as objects with parameters; without any, none."""
        self._call("chooseScenarios", json=list(scenarios))

    def chosen(self) -> list[dict[str, Any]]:
        """The scenarios in force."""
        rows: list[dict[str, Any]] = self._call("getScenarios")["chosen"]
        return rows

    def now(self) -> float:
        """The time of the clock, in seconds since 1970."""
        return float(self._call("getClock")["seconds"])

    def freeze(self, at: float | None = None) -> float:
        """Stop the clock, at a moment (seconds since 1970) not before its time; the time."""
        return self._moved("freezeClock", {"at": at})

    def advance(self, seconds: float) -> float:
        """Move the clock on; the time, once the callbacks that came due were delivered."""
        return self._moved("advanceClock", {"seconds": seconds})

    def resume(self) -> float:
        """Let the clock go on from where it is; the time."""
        return self._moved("resumeClock")

    def profile(self) -> dict[str, str]:
        """The answers to all questions of the ledger."""
        answers: dict[str, str] = self._call("getProfile")
        return answers

    def set_profile(self, answers: Mapping[str, str]) -> None:
        """Give other answers; what is left out keeps its default."""
        self._call("setProfile", json=dict(answers))

    def journal(self, *, limit: int = 1000, **wanted: Unpack[Filter]) -> list[JournalEntry]:
        """The entries that match, oldest first; of more than `limit` the last ones."""
        return [_entry(row) for row in self._call("getJournal", query={**wanted, "limit": limit})]

    def wait(self, *, timeout: float = 10.0, **wanted: Unpack[Filter]) -> JournalEntry:
        """The first entry that matches, as soon as it has come; at most `timeout` seconds.

        A request that has just come has no `body` and no `status` yet: who wants an answered one says which
        status.

        Raises:
            ControlError: nothing came in time.
        """
        return _entry(self._call("waitForEntry", query={**wanted, "timeout": timeout}, waits_s=timeout))

    def reset(self, *what: str) -> None:
        """Forget `jobs`, `journal`, `scenarios`, `clock` and `profile`, or the ones that are named."""
        self._call("reset", json={"what": list(what)} if what else {})

    def state(self) -> dict[str, Any]:
        """Everything that the server knows, of all accounts, to be restored later."""
        state: dict[str, Any] = self._call("getState")
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state, in place of everything there is."""
        self._call("restoreState", json=dict(state))

    def _moved(self, operation_id: str, asked: Mapping[str, Any] | None = None) -> float:
        """The time; who does not answer a callback may keep this waiting for minutes."""
        return float(self._call(operation_id, json=asked, waits_s=math.inf)["seconds"])

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
            timeout=None if math.isinf(waits_s) else _PATIENCE_S + waits_s,
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
