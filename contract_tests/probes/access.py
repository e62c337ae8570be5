"""Probes of access: other people's jobs, tokens of other jobs, requests without credentials."""

from __future__ import annotations

from collections.abc import Sequence

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import complete_job
from pixelpact.contract_tests.probes.uploads import upload_files, upload_form
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.foreign_access import FOREIGN_KEY, FOREIGN_TOKEN, READS
from pixelpact.contract_tests.suite.items import Need, probe, step
from pixelpact.contract_tests.suite.votes import INVALID, UNAUTHORIZED, Vote, by_status, majority
from pixelpact.schema import error_answers, ledger

_NO_PRESET = "pixelpact-unknown"


@probe(
    "foreign-job",
    operation="getJob",
    uses=tuple(FOREIGN_KEY[operation] for operation in READS),
    needs=(Need.SECOND_KEY,),
    rank=20,
)
def foreign_job(context: Context) -> str:
    """What another account is answered."""
    answers = [FOREIGN_KEY[operation](context) for operation in READS]
    ids = {answer.value: answer.id for answer in ledger()["foreign-job"].choices.values()}
    return majority(context, "foreign-job", _votes("another account's job", answers, ids))


@probe(
    "foreign-token",
    operation="getJob",
    uses=tuple(FOREIGN_TOKEN[operation] for operation in READS),
    rank=20,
)
def foreign_token(context: Context) -> str:
    """What the token of another job is answered."""
    answers = [FOREIGN_TOKEN[operation](context) for operation in READS]
    ids = {
        error_answers()[answer.value].status: answer.id
        for answer in ledger()["foreign-token"].choices.values()
    }
    return majority(context, "foreign-token", _votes("the token of another job", answers, ids))


@step(requests=1, rule="createPreset is asked without a key")
def new_preset_without_key(context: Context) -> Exchange:
    """The answer to a preset that nobody may create, so that none is there where no key is needed."""
    return context.call("createPreset", credentials={}, json={"name": 7})


@probe("presets-without-key", operation="updatePreset", requests=2, uses=(new_preset_without_key,), rank=20)
def presets_without_key(context: Context) -> str:
    """Whether new and changed presets need a key; they are invalid, or of a preset that nobody has."""
    path = {"preset_id": _NO_PRESET}
    answers = (
        new_preset_without_key(context),
        context.call("updatePreset", path=path, credentials={}, json={"name": "Fog"}),
        context.call("removePreset", path=path, credentials={}),
    )
    allowed = (error_answers()["NotFound"].status, *INVALID)
    ids = {**dict.fromkeys(allowed, "allow"), **dict.fromkeys(UNAUTHORIZED, "refuse")}
    return majority(context, "presets-without-key", _votes("no key", answers, ids))


@probe("uploads-without-credentials", operation="uploadFile", requests=2, uses=(complete_job,), rank=20)
def uploads_without_credentials(context: Context) -> str:
    """Whether uploads need a key or token."""
    answers = (
        upload_form(context, b"A quiet harbour", credentials={}),
        upload_files(context, {"harbour.txt": "filename"}, credentials={}),
    )
    votes = [
        by_status(
            f"{answer.operation.id} without credentials",
            answer,
            success="allow",
            refusals=UNAUTHORIZED,
            refusal="refuse",
        )
        for answer in answers
    ]
    return majority(context, "uploads-without-credentials", votes, each_checked=True)


def _votes(subject: str, answers: Sequence[Exchange], ids: dict[int, str]) -> list[Vote]:
    """The votes of the statuses of answers, by the answer's id for each status."""
    return [
        Vote(
            f"{subject} at {answer.operation.id}",
            ids.get(answer.response.status_code),
            f"was answered {answer.response.status_code}",
            answer,
        )
        for answer in answers
    ]
