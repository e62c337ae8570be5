"""Probes of headers and methods."""

from __future__ import annotations

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import catalogue_row, contracts, status_list
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import open_job, refused_key, refused_option
from pixelpact.contract_tests.suite.votes import Vote, majority
from pixelpact.contract_tests.suite.wrong_requests import METHOD, WRONG_METHODS
from pixelpact.schema import headers, ledger

_CORS = "Access-Control-Allow-Origin"


@probe("request-ids", operation="createJob", uses=(open_job, refused_option, refused_key), rank=20)
def request_ids(context: Context) -> str:
    """Whether successes and refusals have an id."""
    answers = open_job(context).created, refused_option(context), refused_key(context)
    votes = [_vote(answer, headers().request_id, present="sent", absent="absent") for answer in answers]
    return majority(context, "request-ids", votes)


@probe("browsers", operation="listStatuses", uses=(status_list, catalogue_row, contracts), rank=20)
def browsers(context: Context) -> str:
    """Whether pages of other sites may read answers."""
    answers = status_list(context), catalogue_row(context), contracts(context)
    votes = [_vote(answer, _CORS, present="allow", absent="deny") for answer in answers]
    return majority(context, "browsers", votes)


#: The paths that are asked by a wrong method for the question of the ledger.
_PATHS = ("listJobs", "listStatuses", "listPresets")


@probe("wrong-method", operation="listJobs", uses=tuple(WRONG_METHODS[name] for name in _PATHS))
def wrong_method(context: Context) -> str:
    """What a method is answered that no path takes."""
    ids = {answer.value: answer.id for answer in ledger()["wrong-method"].choices.values()}
    votes = []
    for operation in _PATHS:
        answer = WRONG_METHODS[operation](context)
        status = answer.response.status_code
        votes.append(Vote(f"{METHOD} on the path of {operation}", ids.get(status), f"was {status}", answer))
    return majority(context, "wrong-method", votes)


def _vote(answer: Exchange, name: str, *, present: str, absent: str) -> Vote:
    value = answer.response.headers.get(name)
    seen = f"has no {name}" if value is None else f"has {name}"
    return Vote(answer.operation.id, absent if value is None else present, seen, answer)
