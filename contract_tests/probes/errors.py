"""Probes of refusals: their status and the shape of their body."""

from __future__ import annotations

from collections.abc import Sequence

from pixelpact.contract_tests.client.curl import in_json, json_type
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.contract_tests.suite.steps import open_job, refused_key, refused_option
from pixelpact.contract_tests.suite.votes import Vote, majority
from pixelpact.contract_tests.suite.wrong_requests import WRONG_KEYS
from pixelpact.schema import as_object, headers, ledger

#: Operations that are asked with a wrong key in the main header for the question of the ledger.
_WITH_WRONG_KEY = tuple(WRONG_KEYS[name, headers().api_key[0]] for name in ("listJobs", "getContracts"))


@step(requests=1, uses=(open_job,), rule="an invalid flag is refused")
def refused_flag(context: Context) -> Exchange:
    """The answer to a job whose flag `notify_status` is changed to a number."""
    return context.call("updateJob", path={"job_id": open_job(context).id}, json={"notify_status": 7})


def _refusals(context: Context) -> Sequence[tuple[str, Exchange]]:
    """Refusals of invalid requests, each with what was invalid."""
    return (
        ("an invalid option (width) of createJob", refused_option(context)),
        ("an invalid flag (notify_status) of updateJob", refused_flag(context)),
    )


def _status_votes(entry: str, answers: Sequence[tuple[str, Exchange]]) -> list[Vote]:
    ids = {answer.value: answer.id for answer in ledger()[entry].choices.values()}
    return [
        Vote(subject, ids.get(answer.response.status_code), f"was {answer.response.status_code}", answer)
        for subject, answer in answers
    ]


@probe("invalid-request", operation="createJob", uses=(refused_option, refused_flag), rank=1)
def invalid_request(context: Context) -> str:
    """The status of a refusal of a wrong option or flag."""
    return majority(context, "invalid-request", _status_votes("invalid-request", _refusals(context)))


@probe("invalid-key", operation="listJobs", uses=(refused_key, *_WITH_WRONG_KEY), rank=1)
def invalid_key(context: Context) -> str:
    """The status of a refusal for want of a key, and of a wrong one."""
    wrong = [answered(context) for answered in _WITH_WRONG_KEY]
    answers = [("a missing key of listJobs", refused_key(context))]
    answers += [(f"a wrong key of {answer.operation.id}", answer) for answer in wrong]
    return majority(context, "invalid-key", _status_votes("invalid-key", answers))


@probe("error-fields", operation="createJob", uses=(refused_option, refused_flag, refused_key), rank=1)
def error_fields(context: Context) -> str:
    """Whether refusals have `code` and `errors` beside `message`."""
    ids = {frozenset(("code", "message", "errors")): "all", frozenset(("message",)): "message"}
    votes = []
    for subject, answer in (*_refusals(context), ("a missing key of listJobs", refused_key(context))):
        found = frozenset({"code", "message", "errors"} & as_object(answer.json()).keys())
        votes.append(Vote(subject, ids.get(found), f"has {_listed(found)}", answer))
    return majority(context, "error-fields", votes)


@probe(
    "error-texts",
    operation="createJob",
    uses=(refused_option, refused_flag),
    hidden_by={"error-fields": "message"},
    rank=2,
)
def error_texts(context: Context) -> str:
    """Whether `errors` has lists of texts or texts."""
    votes = []
    for subject, answer in _refusals(context):
        for name, value in as_object(as_object(answer.json()).get("errors")).items():
            voted = "texts" if isinstance(value, str) else "lists" if _is_list_of_texts(value) else None
            seen = f"has {json_type(value)} as {name!r} in `errors`"
            votes.append(Vote(subject, voted, seen, answer))
    return majority(context, "error-texts", votes)


@probe(
    "error-codes",
    operation="createJob",
    uses=(refused_option, refused_flag, refused_key),
    hidden_by={"error-fields": "message"},
    rank=2,
)
def error_codes(context: Context) -> str:
    """Whether `code` repeats the HTTP status."""
    votes = []
    for subject, answer in (*_refusals(context), ("a missing key of listJobs", refused_key(context))):
        code, status = as_object(answer.json()).get("code"), answer.response.status_code
        voted = {0: "zero", status: "status"}.get(code) if type(code) is int else None
        votes.append(Vote(subject, voted, f"has the code {in_json(code)} in a refusal with {status}", answer))
    return majority(context, "error-codes", votes)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none of code, message, errors"
