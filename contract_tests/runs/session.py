"""A session with an API: its clients, budget and files, from the look at the server to the clean-up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pixelpact.contract_tests.client.budget import Budget, Limits, Spent
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import UsageError
from pixelpact.contract_tests.client.listener import Listener
from pixelpact.contract_tests.client.urls import without_userinfo
from pixelpact.contract_tests.runs import preflight
from pixelpact.contract_tests.runs.control import ControlClock, is_local
from pixelpact.contract_tests.runs.keys import fingerprint, own_keys
from pixelpact.contract_tests.runs.leftovers import tidy_dead_runs
from pixelpact.contract_tests.runs.state import RunFiles, new_run_id
from pixelpact.contract_tests.runs.tidying import Things, tidy
from pixelpact.contract_tests.suite.context import FIRST, SECOND, Context
from pixelpact.contract_tests.suite.items import Need
from pixelpact.contract_tests.suite.made import Made
from pixelpact.schema import Profile


@dataclass(frozen=True, slots=True)
class Target:
    """The API that is asked, and what a run may use besides it.

    `given` is the profile that answers are compared with; `None` where they are only learned. `listener_url`
    is where callbacks reach this machine from outside, `listener_port` the port that it leads to. `run_id` is
    that of the run that asks.
    """

    base_url: str = field(repr=False)
    api_key: str = field(repr=False)
    second_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    given: Profile | None = None
    listener_url: str | None = None
    listener_port: int = 0
    few_credits: bool = False
    concurrency_limit: bool = False
    run_id: str = field(default_factory=new_run_id)

    @property
    def has_own_key(self) -> bool:
        """Whether the first key is one of the run's own, which is no secret."""
        return self.api_key == own_keys(self.run_id)[0]

    @property
    def keys(self) -> dict[str, str]:
        """The API keys, by the names of the accounts."""
        keys = {FIRST: self.api_key, SECOND: self.second_key}
        return {account: key for account, key in keys.items() if key}

    @property
    def shown_url(self) -> str:
        """The base URL as it is shown and stored: without user and password."""
        return without_userinfo(self.base_url)

    @property
    def available(self) -> frozenset[Need]:
        """What checks and probes may need and have. Whether the clock moves shows the look at the server."""
        has = {
            Need.SECOND_KEY: bool(self.second_key),
            Need.LISTENER: self.listener_url is not None or is_local(self.base_url),
            Need.SIGNATURES: bool(self.secret),
            Need.CLOCK: is_local(self.base_url),
            Need.FEW_CREDITS: self.few_credits,
            Need.CONCURRENCY_LIMIT: self.concurrency_limit,
        }
        return frozenset(need for need, is_there in has.items() if is_there)


class Account(Protocol):
    """Whoever wants to know, once a session has ended, what it has spent, and tidied of earlier runs."""

    spent: Spent
    tidied: Things


@contextmanager
def session(
    target: Target,
    limits: Limits,
    files: RunFiles,
    *,
    account: Account | None = None,
    look: bool = True,
    keep_files: bool = False,
) -> Iterator[Context]:
    """The context of a run; tidies what earlier runs left, and at the end what this one made.

    What was spent, with the clean-up, and tidied of earlier runs is put into `account`. Without `look`,
    another process has looked at the server; with `keep_files`, another one ends the run with `end_run`.

    Raises:
        ServerUnusable: nothing can be asked of the server.
        UsageError: the port of the listener is taken.
        BudgetSpent: the limits don't even allow the look at it.
    """
    budget = Budget(limits, files.budget)
    tidied = Things()
    with ExitStack() as ends, files.held():
        made = Made.read(files.made) if files.made.exists() else Made(files.made)
        clients = _clients(target, budget)
        for client in clients.values():
            ends.callback(client.close)
        listener: Listener | None = None
        if Need.LISTENER in target.available:
            listener = _listener(target)
            ends.callback(listener.close)
        try:
            if look:
                preflight.look(clients[FIRST])
            clock = _clock(target, clients[FIRST])
            tidied = tidy_dead_runs(target.base_url, target.keys.values(), budget)
            for name, key in target.keys.items():
                made.add_account(name, fingerprint(target.base_url, key))
            yield Context(
                clients=clients,
                given=target.given or Profile(),
                made=made,
                run_id=files.run_id,
                listener=listener,
                clock=clock,
                secret=target.secret,
            )
        finally:
            _tidy_to_the_end(made, clients, run_id=files.run_id)
            if account is not None:
                account.spent, account.tidied = budget.spent(), tidied
            if made.is_tidy and not keep_files:
                files.remove()


def _listener(target: Target) -> Listener:
    try:
        return Listener(port=target.listener_port, public_url=target.listener_url)
    except OSError as error:
        port = f"port {target.listener_port}" if target.listener_port else "a port"
        raise UsageError(f"can't listen for callbacks on {port}: {error.strerror}") from None


def _clock(target: Target, api: ApiClient) -> ControlClock | None:
    """The clock of a mock server on this machine."""
    clock = ControlClock(api, target.api_key) if is_local(target.base_url) else None
    return clock if clock is not None and clock.is_there() else None


def _tidy_to_the_end(made: Made, clients: dict[str, ApiClient], *, run_id: str) -> None:
    """As `tidy`, begun again where Ctrl-C interrupts it; a second Ctrl-C ends it."""
    try:
        tidy(made, clients, run_id=run_id)
    except KeyboardInterrupt:
        tidy(made, clients, run_id=run_id)
        raise


def end_run(target: Target, limits: Limits, files: RunFiles) -> Spent:
    """What a run has spent in all its processes, after tidying what a killed one left; removes its files."""
    budget = Budget(limits, files.budget)
    made = Made.read(files.made) if files.made.exists() else Made(None)
    if not made.is_tidy:
        with files.held(), ExitStack() as ends:
            clients = _clients(target, budget)
            for client in clients.values():
                ends.callback(client.close)
            tidy(made, clients, run_id=files.run_id)
    spent = budget.spent()
    if made.is_tidy:
        files.remove()
    return spent


def _clients(target: Target, budget: Budget) -> dict[str, ApiClient]:
    return {account: ApiClient(target.base_url, key, budget=budget) for account, key in target.keys.items()}
