"""Probes of request bodies: what is missing, twice, unknown, or under another name."""

from __future__ import annotations

from pixelpact.contract_tests.probes.staged import base64_input, complete_job, sandbox
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.contract_tests.suite.votes import NO_CONTENT, Vote, by_status, majority
from pixelpact.schema import TEXT_TO_IMAGE, error_answers, find_conversion

_UNKNOWN_FIELD = {"pixelpact_field": 7}


@probe("empty-body", operation="createJob", requests=1)
def empty_body(context: Context) -> str:
    """Whether a job without a body is refused."""
    answer = context.call("createJob", content=b"")
    status = answer.response.status_code
    refusals = {error_answers()["EmptyBody"].status, error_answers()["Invalid"].status}
    voted = "no-content" if status == NO_CONTENT else "refuse" if status in refusals else None
    vote = Vote("createJob without a body", voted, f"was answered {status}", answer)
    return majority(context, "empty-body", [vote])


@probe("duplicate-keys", operation="addConversion", requests=1, uses=(sandbox,))
def duplicate_keys(context: Context) -> str:
    """What becomes of an option that is there twice."""
    first, last = 128, 256
    answer = sandbox(context).add_text(context, f'{{"width": {first}, "width": {last}}}')
    vote = by_status("the option width, twice", answer, success="last", refusal="refuse")
    if vote.answer == "last" and answer.at("options", "width") != last:
        shown = answer.at("options", "width")
        vote = Vote(vote.subject, None, f"shows {shown!r} of {first} and {last}", answer)
    return majority(context, "duplicate-keys", [vote])


@probe("unknown-field", operation="updateJob", requests=2, uses=(open_job, sandbox))
def unknown_field(context: Context) -> str:
    """Whether fields that are in no document are refused."""
    conversion = sandbox(context).add(context, {}, **_UNKNOWN_FIELD)
    path = {"job_id": open_job(context).id}
    job = context.call("updateJob", path=path, json=_UNKNOWN_FIELD)
    votes = [
        by_status(f"an unknown field of {answer.operation.id}", answer, success="ignore", refusal="refuse")
        for answer in (conversion, job)
    ]
    return majority(context, "unknown-field", votes)


@probe("unknown-target", operation="addConversion", requests=1, uses=(sandbox,))
def unknown_target(context: Context) -> str:
    """Whether a target is refused that is not in the catalogue."""
    answer = sandbox(context).send(context, {"target": "pixelpact-unknown", "options": {}})
    vote = by_status("an unknown target", answer, success="fail", refusal="refuse")
    return majority(context, "unknown-target", [vote])


@probe("omitted-category", operation="addConversion", requests=1, uses=(sandbox,))
def omitted_category(context: Context) -> str:
    """Whether a conversion needs a category."""
    answer = sandbox(context).send(context, {"target": TEXT_TO_IMAGE, "options": {}})
    vote = by_status("a conversion without a category", answer, success="infer", refusal="refuse")
    entry = find_conversion(TEXT_TO_IMAGE)
    if vote.answer == "infer" and entry is not None and answer.at("category") != entry.category:
        vote = Vote(vote.subject, None, f"has the category {answer.at('category')!r}", answer)
    return majority(context, "omitted-category", [vote])


@probe("remote-source", operation="addInput", requests=2, uses=(complete_job,))
def remote_source(context: Context) -> str:
    """Whether remote inputs may have other sources than http and https URLs."""
    path, votes = {"job_id": complete_job(context).id}, []
    for source in ("ftp://example.com/a.txt", "a.txt"):
        answer = context.call("addInput", path=path, json={"type": "remote", "source": source})
        subject = f"a remote input with the source {source}"
        votes.append(by_status(subject, answer, success="accept", refusal="refuse"))
    return majority(context, "remote-source", votes)


@probe("base64-field", operation="addInput", requests=1, uses=(complete_job,), rank=5)
def base64_field(context: Context) -> str:
    """Whether a base64 input may have its text in `content`; it may have it in `source` in any case."""
    job = complete_job(context)
    if not job.with_source.response.is_success:
        status = job.with_source.response.status_code
        what = f"answered a base64 input with its text in source with {status}"
        raise context.unknown("base64-field", what, job.with_source)
    answer = context.call("addInput", path={"job_id": job.id}, json=base64_input("content"))
    vote = by_status("a base64 input with content", answer, success="content", refusal="source")
    return majority(context, "base64-field", [vote])
