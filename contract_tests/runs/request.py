"""What a person asks of a run: the API, the limits, and which checks and probes."""

from __future__ import annotations

import math
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pixelpact.contract_tests.client.errors import UsageError
from pixelpact.contract_tests.client.urls import recognizable, url_fault, without_userinfo
from pixelpact.contract_tests.runs.control import is_local
from pixelpact.contract_tests.runs.keys import own_keys
from pixelpact.contract_tests.runs.selection import LAST, TELLING, all_items, is_paid
from pixelpact.contract_tests.runs.session import Target
from pixelpact.contract_tests.suite.items import Item, Need, Probe
from pixelpact.schema import SchemaError, did_you_mean, ledger, read_profile

KEY_VARIABLE = "API2CONVERT_API_KEY"
SECOND_KEY_VARIABLE = "API2CONVERT_SECOND_API_KEY"
SECRET_VARIABLE = "API2CONVERT_CALLBACK_SECRET"  # noqa: S105  # the name of a variable


#: The name of an environment variable.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: The least that each limit may be, by the option that sets it.
_LEAST = {"max-requests": 1, "max-paid-jobs": 0, "rate": 0.01, "max-time": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run, as the command line and pytest have them.

    `key_variable` is the environment variable that a person named for the API key, if any; `profile` names a
    file, or is `default`. `has` names what the account has that some questions need: `few-credits`,
    `concurrency-limit`. Messages name options with their `prefix`.
    """

    base_url: str = field(repr=False)
    key_variable: str | None = field(default=None, repr=False)
    profile: str | None = None
    listener_url: str | None = None
    listener_port: int = 0
    has: tuple[str, ...] = ()
    prefix: str = "--"

    def target(self, run_id: str, environment: Mapping[str, str] = os.environ) -> Target:
        """The API with its keys; where none are set, a run has keys of its own for a server on this machine.

        Raises:
            UsageError: a URL, a port or the profile can't be used, or a key is missing or can't be sent.
        """
        base_url = _usable(self.base_url, "the base URL", "http://127.0.0.1:8010/v2")
        listener_url = self.listener_url
        if listener_url is not None:
            listener_url = _usable(listener_url, f"{self.prefix}listener-url", "https://hooks.example.com")
        if not 0 <= self.listener_port <= 65535:
            raise UsageError(f"{self.prefix}listener-port must be from 0 to 65535, got {self.listener_port}")
        known = {need.name.lower().replace("_", "-") for need in (Need.FEW_CREDITS, Need.CONCURRENCY_LIMIT)}
        unknown = sorted(set(self.has) - known)
        if unknown:
            raise UsageError(f"an account has {' or '.join(sorted(known))}, not {unknown[0]!r}")
        key, second = self._key(environment), _secret(environment, SECOND_KEY_VARIABLE)
        if is_local(base_url):
            own = own_keys(run_id)
            key, second = key or own[0], second or own[1]
        if not key:
            raise UsageError(
                f"an API key is needed in the environment variable {KEY_VARIABLE} "
                f"({self.prefix}api-key-env names another one)"
            )
        try:
            given = None if self.profile is None else read_profile(self.profile)
        except SchemaError as error:
            raise UsageError(str(error)) from None
        return Target(
            base_url=base_url.rstrip("/"),
            api_key=key,
            second_key=second,
            secret=_secret(environment, SECRET_VARIABLE),
            given=given,
            listener_url=listener_url,
            listener_port=self.listener_port,
            few_credits="few-credits" in self.has,
            concurrency_limit="concurrency-limit" in self.has,
            run_id=run_id,
        )

    @property
    def shown_url(self) -> str:
        """The base URL without a name and password in it."""
        return without_userinfo(self.base_url.strip()).rstrip("/")

    @property
    def command(self) -> str:
        """The command line that checks with these options.

        >>> Asked("http://127.0.0.1:8010/v2", profile="my answers.json").command
        "pixelpact check --base-url http://127.0.0.1:8010/v2 --profile 'my answers.json'"
        """
        words = ["pixelpact", "check", "--base-url", self.shown_url]
        if self.key_variable is not None:
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

    def _key(self, environment: Mapping[str, str]) -> str:
        """The API key; it must be there if a person named its variable."""
        if self.key_variable is None:
            return _secret(environment, KEY_VARIABLE)
        option = f"{self.prefix}api-key-env"
        if not _NAME.fullmatch(self.key_variable):  # not shown: it may be the key itself
            raise UsageError(f"{option} must be the name of an environment variable, such as {KEY_VARIABLE}")
        key = _secret(environment, self.key_variable)
        if not key:
            raise UsageError(f"the environment variable that {option} names is not set or empty")
        return key


def required(items: Iterable[Item], only: Sequence[str]) -> frozenset[str]:
    """The ids that a run must ask: all of these items, if `only` names some; otherwise those below.

    They are the free questions that don't move the clock, and the most telling free checks.
    """
    return frozenset(
        item.id
        for item in items
        if only or (not is_paid(item) and item.rank < (LAST if isinstance(item, Probe) else TELLING))
    )


def check_limits(prefix: str = "--", **limits: float | None) -> None:
    """Check limits that a person gave: `check_limits(max_time=60)`.

    Raises:
        UsageError: one is too low, or is not a number.
    """
    for name, value in limits.items():
        option = name.replace("_", "-")
        if value is not None and not _LEAST[option] <= value < math.inf:
            raise UsageError(f"{prefix}{option} must be at least {_LEAST[option]}, got {value}")


def _usable(url: str, name: str, example: str) -> str:
    """A URL without white space around it, if it can be used."""
    url = url.strip()
    fault = url_fault(url)
    if fault:
        raise UsageError(f"{name} must be one such as {example}, got {recognizable(url)!r}: {fault}")
    return url


def _secret(environment: Mapping[str, str], name: str) -> str:
    """The key or secret in an environment variable, without white space around it, as CRLF files leave it."""
    value = environment.get(name, "").strip()
    if not (value.isascii() and value.isprintable()):
        raise UsageError(f"the environment variable {name} has a character that no header can hold")
    return value


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
