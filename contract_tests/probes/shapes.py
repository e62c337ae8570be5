"""Probes of how answers write fields: times, empty objects, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import complete_job, history, sandbox
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.contract_tests.suite.votes import Vote, majority
from pixelpact.schema import as_object, ledger

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?P<zone>.*)")
_EMPTY_FIELDS = ("options", "credentials", "parameters", "metadata")


@probe("timestamps", operation="createJob", uses=(open_job, complete_job, history), rank=20)
def timestamps(context: Context) -> str:
    """Whether times have a zone."""
    zones = {answer.value: answer.id for answer in ledger()["timestamps"].choices.values()}
    votes = []
    for subject, value, answer in _times(context):
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        voted = zones.get(found["zone"]) if found else None
        votes.append(Vote(subject, voted, f"is {in_json(value)}", answer))
    return majority(context, "timestamps", votes)


def _times(context: Context) -> Iterator[tuple[str, object, Exchange]]:
    created, complete, changes = open_job(context).created, complete_job(context).created, history(context)
    for name in ("created_at", "modified_at"):
        yield f"{name} of a job", created.at(name), created
    yield "created_at of an input", complete.at("input", 0, "created_at"), complete
    rows = changes.json() if changes.response.is_success else []
    for row in rows if isinstance(rows, list) else ():
        yield "created_at in the history", as_object(row).get("created_at"), changes


@probe("empty-objects", operation="createJob", uses=(complete_job,), rank=20)
def empty_objects(context: Context) -> str:
    """How the empty objects of an input are written."""
    created = complete_job(context).created
    shown, votes = as_object(created.at("input", 0)), []
    for name in _EMPTY_FIELDS:
        if name in shown:
            value = shown[name]
            voted = "object" if value == {} else "array" if value == [] else None
            votes.append(Vote(f"{name} of an input", voted, f"is {in_json(value)}", created))
    return majority(context, "empty-objects", votes)


@probe("limits-field", operation="createJob", uses=(open_job, sandbox, complete_job), rank=20)
def limits_field(context: Context) -> str:
    """Whether jobs without limits have a field for them."""
    votes = []
    for job in (open_job(context), sandbox(context).job, complete_job(context)):
        shown = as_object(job.created.json())
        voted = "absent" if "limits" not in shown else "empty" if shown["limits"] in ({}, []) else None
        seen = f"is {shown['limits']!r}" if "limits" in shown else "is absent"
        votes.append(Vote("limits of a job", voted, seen, job.created))
    return majority(context, "limits-field", votes)
