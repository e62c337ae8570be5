"""Checks of keys: which routes need one, which do not, and that a wrong one is refused and never repeated."""

from __future__ import annotations

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.access import new_preset_without_key
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step, check
from pixelpact.contract_tests.suite.refusals import id_of_operation
from pixelpact.contract_tests.suite.routes import LOCKED, request_to, steps_for
from pixelpact.contract_tests.suite.steps import open_job, refused_key, refused_option
from pixelpact.contract_tests.suite.wrong_requests import WRONG_KEY, WRONG_KEYS
from pixelpact.schema import error_answers, headers, operations, success_status

_SOURCE = "vendor OpenAPI 2.0.1 and guide authentication"
_SDK = "SDK tests: the key is absent from error texts"
#: Operations that are asked with the alias of the key's header, and what each leaves to tidy.
_BY_ALIAS = {"listJobs": 0, "createJob": 1, "getJob": 0, "createPreset": 1, "getPreset": 0, "getContracts": 0}
#: Operations that need no key; without the first, no run begins.
_OPEN = ("listStatuses", "listConversions", "listPresets")
#: Entries of the ledger that may open routes to callers without a key, by the beginning of their path.
_OPENED_BY = {"/presets": "presets-without-key", "/upload": "uploads-without-credentials"}
_NOT_FOUND = error_answers()["NotFound"].status


def opening_entry(operation: str) -> str | None:
    """The entry of the ledger that may open an operation to callers without a key, if one may.

    >>> opening_entry("createPreset"), opening_entry("createJob")
    ('presets-without-key', None)
    """
    path = operations()[operation].path
    return next((entry for start, entry in _OPENED_BY.items() if path.startswith(start)), None)


def _is_opened(context: Context, operation: str) -> bool:
    entry = opening_entry(operation)
    return entry is not None and context.profile[entry] == "allow"


def _without_key(operation: str) -> Step[Exchange]:
    return Step(
        f"access.without-key-{operation}",
        f"{operation} is asked without a key",
        lambda context: request_to(context, operation, credentials={}),
        Cost(1),
        steps_for(operation),
    )


#: The answers to requests without a key or token, by operation.
WITHOUT_KEY = {operation: _without_key(operation) for operation in LOCKED} | {
    "listJobs": refused_key,
    "createPreset": new_preset_without_key,
}


def _status_without_key(context: Context, operation: str) -> int:
    """The status of an operation without a key, by what was observed."""
    if not _is_opened(context, operation):
        return int(context.profile.value("invalid-key"))
    if operation.startswith("upload"):
        return int(context.profile.value("upload-status"))
    return int(context.profile.value("invalid-request")) if operation == "createPreset" else _NOT_FOUND


def _register_without_key(operation: str) -> None:
    entry = opening_entry(operation)

    @check(
        f"access/no-key-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} needs a key (or what was observed of such routes)",
        source=_SOURCE,
        uses=(WITHOUT_KEY[operation],),
        depends=("invalid-key", *((entry, "upload-status", "invalid-request") if entry else ())),
        rank=4 if operation in ("createJob", "getJob") else 50,
    )
    def verify(context: Context) -> None:
        answer = WITHOUT_KEY[operation](context)
        status, expected = answer.response.status_code, _status_without_key(context, operation)
        if status != expected:
            raise answer.broken(f"must answer {expected} without a key, as other routes, got {status}")


def _register_wrong_key(operation: str, header: str) -> None:
    @check(
        f"access/wrong-key-{id_of_operation(operation)}-by-{header.lower()}",
        operation=operation,
        rule="a wrong key is refused as a missing one",
        source=_SOURCE,
        uses=(WRONG_KEYS[operation, header],),
        depends=("invalid-key",),
    )
    def verify(context: Context) -> None:
        answer = WRONG_KEYS[operation, header](context)
        status, expected = answer.response.status_code, context.profile.value("invalid-key")
        if status != expected:
            raise answer.broken(f"must answer {expected} to a wrong key in {header}, got {status}")


@check(
    "access/wrong-key-not-repeated",
    operation="createJob",
    rule="a refusal never repeats the key, in its body or its headers",
    source=_SDK,
    uses=tuple(WRONG_KEYS.values()),
)
def wrong_key_not_repeated(context: Context) -> None:
    """No refusal of a wrong key repeats it."""
    for (operation, _), step in WRONG_KEYS.items():
        _expect_without(step(context), WRONG_KEY, f"the key that {operation} was asked with")


@check(
    "access/own-key-not-repeated",
    operation="createJob",
    rule="an answer never repeats the key, in its body or its headers",
    source=_SDK,
    uses=(open_job, refused_option),
)
def own_key_not_repeated(context: Context) -> None:
    """Neither a new job nor a refusal repeats the key."""
    for answer in (open_job(context).created, refused_option(context)):
        key = answer.response.request.headers.get(headers().api_key[0], "")
        if key:
            _expect_without(answer, key, "the key")


def _expect_without(answer: Exchange, secret: str, what: str) -> None:
    shown = [answer.response.text, *(f"{name}: {text}" for name, text in answer.response.headers.items())]
    if any(secret in text for text in shown):
        raise answer.broken(f"must not repeat {what}")


def _register_by_alias(operation: str, leaves: int) -> None:
    alias = headers().api_key[1]

    @check(
        f"access/key-alias-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{alias} is a permanent alias of the key's header",
        source=_SOURCE,
        requests=1 + leaves,
        uses=steps_for(operation),
    )
    def verify(context: Context) -> None:
        key = context.api.key
        answer = request_to(context, operation, credentials={alias: key}, leaves=leaves)
        if not answer.response.is_success:
            expected, status = success_status(operation), answer.response.status_code
            raise answer.broken(f"must answer {expected} to the key in {alias}, got {status}")


def _open(operation: str) -> Step[Exchange]:
    rule = f"{operation} is asked without a key, which it does not need"
    return Step(
        f"access.open-{operation}", rule, lambda context: context.call(operation, credentials={}), Cost(1)
    )


#: The answers of operations that need no key.
OPEN = {operation: _open(operation) for operation in _OPEN}


def _register_open(operation: str) -> None:
    @check(
        f"access/needs-no-key-{id_of_operation(operation)}",
        operation=operation,
        rule=f"{operation} needs no key",
        source=_SOURCE,
        uses=(OPEN[operation],),
    )
    def verify(context: Context) -> None:
        answer = OPEN[operation](context)
        if answer.response.status_code != success_status(operation):
            raise answer.broken(f"must answer without a key, got {answer.response.status_code}")


def _register() -> None:
    for operation, answered in WITHOUT_KEY.items():
        if answered is not refused_key:  # the probe of the status tells of it
            _register_without_key(operation)
    for operation, header in WRONG_KEYS:
        _register_wrong_key(operation, header)
    for operation, leaves in _BY_ALIAS.items():
        _register_by_alias(operation, leaves)
    for operation in _OPEN[1:]:
        _register_open(operation)


_register()
