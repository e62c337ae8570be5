"""What a person asks of a run: the API, the limits, and which checks and probes."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pixelpact.contract_tests.client.errors import ContractTestsError
from pixelpact.contract_tests.runs.control import is_local
from pixelpact.contract_tests.runs.selection import LAST, TELLING, all_items, is_paid
from pixelpact.contract_tests.runs.session import LOCAL_KEYS, Target
from pixelpact.contract_tests.suite.items import Item, Need, Probe
from pixelpact.schema import SchemaError, did_you_mean, ledger, read_profile

KEY_VARIABLE = "API2CONVERT_API_KEY"
SECOND_KEY_VARIABLE = "API2CONVERT_SECOND_API_KEY"
SECRET_VARIABLE = "API2CONVERT_CALLBACK_SECRET"  # noqa: S105  # the name of a variable


class UsageError(ContractTestsError):
    """What was asked can't be done; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run, as the command line and pytest have them.

    `key_variable` names the environment variable with the API key, `profile` a file or `default`. `has` names
    what the account has that some questions need: `few-credits`, `concurrency-limit`.
    """

    base_url: str
    key_variable: str = KEY_VARIABLE
    profile: str | None = None
    listener_url: str | None = None
    listener_port: int = 0
    has: tuple[str, ...] = ()

    def target(self, environment: Mapping[str, str] = os.environ) -> Target:
        """The API with its keys; a mock server on this machine takes any, so none need be set there.

        Raises:
            UsageError: the URL is none, a key is missing, or the profile can't be read.
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
            key, second = key or LOCAL_KEYS[0], second or LOCAL_KEYS[1]
        if not key:
            raise UsageError(
                f"an API key is needed in the environment variable {self.key_variable} "
                "(--api-key-env names another one)"
            )
        try:
            given = None if self.profile is None else read_profile(self.profile)
        except SchemaError as error:
            raise UsageError(str(error)) from None
        return Target(
            base_url=self.base_url.rstrip("/"),
            api_key=key,
            second_key=second,
            secret=environment.get(SECRET_VARIABLE, ""),
            given=given,
            listener_url=self.listener_url,
            listener_port=self.listener_port,
            few_credits="few-credits" in self.has,
            concurrency_limit="concurrency-limit" in self.has,
        )

    @property
    def command(self) -> str:
        """The command line that checks with these options.

        >>> Asked("http://127.0.0.1:8010/v2", profile="my answers.json").command
        "pixelpact check --base-url http://127.0.0.1:8010/v2 --profile 'my answers.json'"
        """
        words = ["pixelpact", "check", "--base-url", self.base_url.rstrip("/")]
        if self.key_variable != KEY_VARIABLE:
            words += ["--api-key-env", self.key_variable]
        if self.profile is not None:
            words += ["--profile", self.profile]
        if self.listener_url is not None:
            words += ["--listener-url", self.listener_url]
        if self.listener_port:
            words += ["--listener-port", str(self.listener_port)]
        for thing in self.has:
            words += ["--has", thing]
        return shlex.join(words)


def required(items: Iterable[Item], only: Sequence[str]) -> frozenset[str]:
    """The ids that a run must ask: all of these items, if `only` names some; otherwise those below.

    They are the free questions that don't move the clock, and the most telling free checks.
    """
    return frozenset(
        item.id
        for item in items
        if only or (not is_paid(item) and item.rank < (LAST if isinstance(item, Probe) else TELLING))
    )


def matching(name: str) -> list[str]:
    """The ids that a name means: an id, that of a question without `ledger/`, an area or a beginning of ids.

    Raises:
        UsageError: there is none.
    """
    ids = [item.id for item in all_items()]
    found = [one for one in (name, f"ledger/{name}") if one in ids]
    found = found or [one for one in ids if one.startswith(f"{name.rstrip('/')}/")]
    if not found:
        areas = {item.area for item in all_items()}
        hint = did_you_mean(name, [*ids, *ledger(), *areas]) or ";"
        raise UsageError(f"there is no check, question or area {name!r}{hint} `pixelpact checks` lists them")
    return found


def chosen(only: Sequence[str]) -> Sequence[Item]:
    """The checks and probes that these names mean (see `matching`), and the probes that they build on.

    All of them, if none is named.

    Raises:
        UsageError: a name means nothing.
    """
    items = all_items()
    if not only:
        return items
    by_id = {item.id: item for item in items}
    wanted: set[str] = set()
    for name in only:
        wanted.update(matching(name))
    waiting = list(wanted)
    while waiting:
        questions = by_id[waiting.pop()].questions
        more = {f"ledger/{entry}" for entry in questions if f"ledger/{entry}" in by_id} - wanted
        wanted |= more
        waiting += more
    return [item for item in items if item.id in wanted]
