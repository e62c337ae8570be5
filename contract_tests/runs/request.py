"""What a person asks of a run: the API, the limits, and which checks and probes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pixelpact.contract_tests.client.errors import ContractTestsError
from pixelpact.contract_tests.runs.control import is_local
from pixelpact.contract_tests.runs.keys import own_keys
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import Target
from pixelpact.contract_tests.suite.items import Item, Need, Probe
from pixelpact.schema import Profile

SECOND_KEY_VARIABLE = "API2CONVERT_SECOND_API_KEY"
SECRET_VARIABLE = "API2CONVERT_CALLBACK_SECRET"  # noqa: S105  # the name of a variable


class UsageError(ContractTestsError):
    """What was asked can't be done; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run, as the command line and pytest have them.

    `key_variable` names the environment variable with the API key. `has` names what the account has that
    some questions need: `few-credits`, `concurrency-limit`.
    """

    base_url: str
    key_variable: str = "API2CONVERT_API_KEY"
    given: Profile | None = None
    listener_url: str | None = None
    listener_port: int = 0
    has: tuple[str, ...] = ()

    def target(self, run_id: str, environment: Mapping[str, str] = os.environ) -> Target:
        """The API with its keys; where none are set, a run has keys of its own for a server on this machine.

        Raises:
            UsageError: the URL is none, or a key is missing.
        """
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise UsageError(
                f"the base URL must be one such as http://127.0.0.1:8010/v2, got {self.base_url!r}"
            )
        known = {need.name.lower().replace("_", "-") for need in (Need.FEW_CREDITS, Need.CONCURRENCY_LIMIT)}
        unknown = sorted(set(self.has) - known)
        if unknown:
            raise UsageError(f"an account has {' or '.join(sorted(known))}, not {unknown[0]!r}")
        key, second = environment.get(self.key_variable, ""), environment.get(SECOND_KEY_VARIABLE, "")
        if is_local(self.base_url):
            own = own_keys(run_id)
            key, second = key or own[0], second or own[1]
        if not key:
            raise UsageError(
                f"an API key is needed in the environment variable {self.key_variable} "
                "(--api-key-env names another one)"
            )
        return Target(
            base_url=self.base_url.rstrip("/"),
            api_key=key,
            second_key=second,
            secret=environment.get(SECRET_VARIABLE, ""),
            given=self.given,
            listener_url=self.listener_url,
            listener_port=self.listener_port,
            few_credits="few-credits" in self.has,
            concurrency_limit="concurrency-limit" in self.has,
            run_id=run_id,
        )


def chosen(only: Sequence[str]) -> Sequence[Item]:
    """The checks and probes with these ids, or in these areas, and the probes that they build on.

    All of them, if none is named.

    Raises:
        UsageError: there is no such id and no such area.
    """
    items = all_items()
    if not only:
        return items
    by_id = {item.id: item for item in items}
    wanted: set[str] = set()
    for name in only:
        found = [item.id for item in items if item.id == name or item.id.startswith(f"{name.rstrip('/')}/")]
        if not found:
            raise UsageError(f"there is no check or area {name!r}; `pixelpact checks` lists them")
        wanted.update(found)
    waiting = list(wanted)
    while waiting:
        item = by_id[waiting.pop()]
        entries = item.hidden_by if isinstance(item, Probe) else item.depends
        more = {f"ledger/{entry}" for entry in entries if f"ledger/{entry}" in by_id} - wanted
        wanted |= more
        waiting += more
    return [item for item in items if item.id in wanted]
