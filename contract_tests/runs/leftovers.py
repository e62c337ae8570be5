"""What runs that ended without tidying left at an API: looked at in their files, and tidied."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pixelpact.contract_tests.client.budget import Budget
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.runs.control import is_local
from pixelpact.contract_tests.runs.keys import fingerprint, own_keys
from pixelpact.contract_tests.runs.state import dead_runs
from pixelpact.contract_tests.runs.tidying import Things, cost_of_tidying, tidy, untidy
from pixelpact.contract_tests.suite.made import Made


@dataclass(slots=True)
class Leftovers:
    """What ended runs have left: `things` that a run with the given keys can tidy, with so many `requests`.

    Those of `other_keys` it can't. `damaged` are the files of which some can't be read.
    """

    things: Things = field(default_factory=Things)
    requests: int = 0
    other_keys: Things = field(default_factory=Things)
    other_files: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.things or self.other_keys)


def leftovers(base_url: str, keys: Collection[str]) -> Leftovers:
    """What ended runs have left at an API, as their files say; no request is sent.

    Raises:
        OSError: the files can't be read.
    """
    found = Leftovers()
    for files, made in dead_runs(base_url):
        if made.is_damaged:
            found.damaged.append(files.made)
        if _keys_for(made, base_url, keys, run_id=files.run_id) is None:
            found.other_keys.add(untidy(made))
            found.other_files.append(files.made)
        else:
            found.things.add(untidy(made))
            found.requests += cost_of_tidying(made)
    return found


def tidy_dead_runs(base_url: str, keys: Collection[str], budget: Budget) -> Things:
    """Tidy what ended runs left at an API, as far as keys and budget go: what was tidied.

    Raises:
        OSError: their files can't be read or written.
    """
    done = Things()
    for files, made in dead_runs(base_url):
        known = _keys_for(made, base_url, keys, run_id=files.run_id)
        if known is None:
            continue
        with ExitStack() as ends:
            clients = {account: ApiClient(base_url, key, budget=budget) for account, key in known.items()}
            for client in clients.values():
                ends.callback(client.close)
            done.add(tidy(made, clients, run_id=files.run_id))
        if made.is_tidy:
            files.remove()
    return done


def _keys_for(made: Made, base_url: str, keys: Collection[str], *, run_id: str) -> dict[str, str] | None:
    """The keys of the accounts of a run that have something left; `None` if one of them is not known."""
    candidates = (*keys, *own_keys(run_id)) if is_local(base_url) else keys
    by_fingerprint = {fingerprint(base_url, key): key for key in candidates}
    known = {
        account: by_fingerprint[made.accounts[account]]
        for account in made.accounts_to_tidy
        if made.accounts.get(account) in by_fingerprint
    }
    return known if known.keys() >= made.accounts_to_tidy else None
