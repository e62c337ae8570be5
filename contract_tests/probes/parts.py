"""Probes of the parts of a job in requests, and of fractional pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import complete_job
from pixelpact.contract_tests.probes.uploads import uploaded_inputs
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.contract_tests.suite.votes import Vote, by_status, majority
from pixelpact.schema import as_object


@probe("fractional-page", operation="listJobs", requests=1, uses=(open_job,), rank=20)
def fractional_page(context: Context) -> str:
    """What page 1.5 is answered; the first page has the account's newest or oldest jobs."""
    open_job(context)  # an account without jobs is another question
    answer = context.call("listJobs", params={"page": "1.5"})
    vote = by_status("page 1.5", answer, success="floor", refusal="refuse")
    if vote.answer == "floor" and not (answer.response.content and answer.json()):
        vote = Vote(vote.subject, None, "lists nothing", answer)
    return majority(context, "fractional-page", [vote])


@probe("update-parts", operation="updateJob", requests=1, uses=(open_job,), rank=20)
def update_parts(context: Context) -> str:
    """Whether a change of a job may have parts; one that has no parts changes nothing."""
    path = {"job_id": open_job(context).id}
    answer = context.call("updateJob", path=path, json={"conversion": [], "input": []})
    vote = by_status("conversion and input of updateJob", answer, success="ignore", refusal="refuse")
    if vote.answer == "ignore" and not answer.at("conversion"):
        vote = Vote(vote.subject, None, "removed the conversion", answer)
    return majority(context, "update-parts", [vote])


@probe("inputs-one-object", operation="updateInputs", requests=1, uses=(complete_job,), rank=20)
def inputs_one_object(context: Context) -> str:
    """Whether the options of one input may come without an array."""
    job = complete_job(context)
    body = {"id": job.created.at("input", 0, "id"), "options": {"language": "eng"}}
    answer = context.call("updateInputs", path={"job_id": job.id}, json=body)
    vote = by_status("one object of updateInputs", answer, success="accept", refusal="refuse")
    return majority(context, "inputs-one-object", [vote])


@probe("local-source", operation="listInputs", uses=(complete_job, uploaded_inputs), rank=20)
def local_source(context: Context) -> str:
    """What the source of a base64 input and of uploads is."""
    created, listed = complete_job(context).created, uploaded_inputs(context)
    votes = [_source_vote("a base64 input", as_object(created.at("input", 0)), created)]
    rows = listed.json() if listed.response.is_success else []
    votes += [
        _source_vote("an upload", as_object(row), listed)
        for row in (rows if isinstance(rows, list) else ())
        if as_object(row).get("type") == "upload"
    ]
    return majority(context, "local-source", votes)


def _source_vote(subject: str, row: Mapping[str, Any], answer: Exchange) -> Vote:
    source = row.get("source")
    voted = "absent" if source is None else "identifier" if source == row.get("id") else None
    return Vote(f"the source of {subject}", voted, f"is {in_json(source)}", answer)
