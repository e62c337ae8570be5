"""Mutants of access: routes that open to anybody, and credentials that open nothing."""

from __future__ import annotations

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.callers import (
    LOCKED,
    ON_A_JOB,
    ON_OUTPUTS,
    Owners,
    answered_anyway,
    has_no_credentials,
    is_by_token,
    key_of,
    refused_anyway,
    token_of,
)
from pixelpact.mockserver.mutants.option_faults import id_of_operation
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers

_KEY, _KEY_ALIAS = headers().api_key
_LOWEST_REFUSAL = 400
_TOKEN_ALIAS = headers().job_token[1]
_TOKEN_LENGTH = 32
_BY_ALIAS = ("listJobs", "createJob", "getJob", "createPreset", "getPreset", "getContracts")
_WRONG_KEYS = (
    *((name, _KEY) for name in ("createJob", "listJobs", "getJob", "getContracts")),
    ("createJob", _KEY_ALIAS),
)
#: What notices that these operations need a key, besides the checks of just that.
_ALSO_WITHOUT_KEY = {
    "listConversions": ("ledger/empty-catalogue", "ledger/limit-words"),
    "listPresets": ("presets/private-needs-key",),
}
_ON_PRESETS = ("getPreset", "updatePreset", "removePreset")


def _is_by_main_token(request: Traffic) -> bool:
    return request.header(headers().job_token[0]) is not None


def _is_by_whole_token(request: Traffic) -> bool:
    return is_by_token(request) and len(token_of(request) or "") == _TOKEN_LENGTH


def _is_wrong(request: Traffic, header: str) -> bool:
    return "invalid" in (request.header(header) or "")


def _key_in_message(response: Traffic) -> None:
    sent = response.request
    if sent and response.status == 401 and _is_wrong(sent, _KEY):
        response.json = {**response.json, "message": f"{key_of(sent)} is not known"}


def _key_in_header(response: Traffic) -> None:
    if response.request and response.status == 201:
        response.set_header("X-Account", key_of(response.request) or "")


def _second_row(response: Traffic) -> None:
    if response.request and is_by_token(response.request) and response.status == 200:
        response.json = response.json * 2


def _counting_more(response: Traffic) -> None:
    if response.request and is_by_token(response.request) and response.status == 200:
        response.set_header(headers().count, "2")


def _foreign_rows() -> tuple[None, Change]:
    owners = Owners()

    def show(response: Traffic) -> None:
        owners.learn(response)
        sent = response.request
        if (
            sent
            and response.operation.startswith("list")
            and key_of(sent)
            and not sent.query
            and response.status < _LOWEST_REFUSAL
        ):
            response.status, response.json = 200, [*(response.json or []), *owners.foreign(sent)]
            response.set_header("content-type", "application/json")

    return None, show


def _open_to_others(operation: str) -> tuple[None, Change]:
    owners = Owners()

    def show(response: Traffic) -> None:
        owners.learn(response)
        if response.operation == operation:
            answered_anyway(
                lambda sent: (
                    key_of(sent) is not None and owners.is_foreign(sent) and not _is_wrong(sent, _KEY)
                )
            )(response)

    return None, show


def _register_keys() -> None:
    for operation in LOCKED:
        if operation != "listJobs":
            mutant(
                f"access/no-key-{id_of_operation(operation)}",
                f"answers {operation} without a key",
                operations=(operation,),
                word="key",
                response=answered_anyway(has_no_credentials),
                also=("access/bearer-is-no-key",) if operation == "getContracts" else (),
                why="a bearer token stands for no key" if operation == "getContracts" else "",
            )
    for operation, header in _WRONG_KEYS:
        mutant(
            f"access/wrong-key-{id_of_operation(operation)}-by-{header.lower()}",
            f"answers {operation} with a wrong key in {header}",
            operations=(operation,),
            word=header,
            response=answered_anyway(lambda sent, header=header: _is_wrong(sent, header)),  # type: ignore[misc]
        )
    for operation in _BY_ALIAS:
        mutant(
            f"access/key-alias-{id_of_operation(operation)}",
            f"does not know {_KEY_ALIAS} in {operation}",
            operations=(operation,),
            word=_KEY_ALIAS,
            request=refused_anyway(lambda sent: sent.header(_KEY_ALIAS) is not None),
        )
    for operation in _ALSO_WITHOUT_KEY:
        mutant(
            f"access/needs-no-key-{id_of_operation(operation)}",
            f"wants a key for {operation}",
            operations=(operation,),
            word="key",
            response=_refusing_nobody,
            also=_ALSO_WITHOUT_KEY[operation],
            why="they list without a key too",
        )
    mutant(
        "access/wrong-key-not-repeated",
        "repeats a wrong key in the message",
        operations=("getContracts",),
        word="key",
        response=_key_in_message,
    )
    mutant(
        "access/own-key-not-repeated",
        "repeats the key in a header",
        operations=("createJob",),
        word="key",
        response=_key_in_header,
    )


def _refusing_nobody(response: Traffic) -> None:
    if response.request and has_no_credentials(response.request):
        response.status, response.json = 401, {"code": 401, "message": "No API key", "errors": {}}


def _register_tokens() -> None:
    on_parts = [name for name in ON_A_JOB if name not in ON_OUTPUTS]
    for operation in on_parts:
        mutant(
            f"access/token-{id_of_operation(operation)}",
            f"takes no token in {operation}",
            operations=(operation,),
            word="token",
            request=refused_anyway(_is_by_main_token if operation == "getJob" else is_by_token),
            also=("inputs/upload-token-answer",) if operation == "uploadFile" else (),
            why="that upload is by token" if operation == "uploadFile" else "",
        )
        mutant(
            f"access/foreign-token-{id_of_operation(operation)}",
            f"answers {operation} with the token of another job",
            operations=(operation,),
            word="token of another job",
            response=answered_anyway(_is_by_whole_token),
        )
    for operation in ("createJob", "createPreset", "getContracts"):
        mutant(
            f"access/token-is-no-key-{id_of_operation(operation)}",
            f"takes a job token for a key in {operation}",
            operations=(operation,),
            word="token",
            response=answered_anyway(is_by_token),
        )
    mutant(
        "access/token-alias-get-job",
        f"does not know {_TOKEN_ALIAS} in getJob",
        operations=("getJob",),
        word=_TOKEN_ALIAS,
        request=refused_anyway(lambda sent: sent.header(_TOKEN_ALIAS) is not None),
    )
    mutant(
        "access/token-as-a-whole",
        "compares tokens without their last character",
        operations=("getJob",),
        word="token",
        response=answered_anyway(lambda sent: 0 < len(token_of(sent) or "") < _TOKEN_LENGTH),
    )
    mutant(
        "access/bearer-is-no-key",
        "takes a key as a bearer token",
        operations=("getContracts",),
        word="Bearer",
        response=answered_anyway(lambda sent: (sent.header("authorization") or "").startswith("Bearer")),
    )
    mutant(
        "access/token-counts-its-job",
        "counts all jobs of the account in a listing with a token",
        operations=("listJobs",),
        word=headers().count,
        response=_counting_more,
    )
    mutant(
        "access/token-lists-its-job",
        "lists more than the token's job",
        operations=("listJobs",),
        word="token's job",
        response=_second_row,
    )
    for operation in (*on_parts, *_ON_PRESETS):
        mutant(
            f"access/foreign-key-{id_of_operation(operation)}",
            f"answers {operation} with the key of another account",
            operations=(operation, "createJob", "createPreset"),
            word="another account",
            changes=lambda operation=operation: _open_to_others(operation),  # type: ignore[misc]
        )
    for operation in ("listJobs", "listPresets"):
        mutant(
            f"access/foreign-key-{id_of_operation(operation)}",
            f"lists what another account has made in {operation}",
            operations=(operation, "createJob", "createPreset"),
            word="another account",
            changes=_foreign_rows,
            also=("ledger/empty-listing",) if operation == "listJobs" else (),
            why="an account that has no jobs has some then" if operation == "listJobs" else "",
        )


_register_keys()
_register_tokens()
