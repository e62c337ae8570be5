"""Steps of probes: staged jobs that can't start, and answers that several probes look at."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.contract_tests.suite.steps import PASSWORD, OpenJob, open_job, open_job_of
from pixelpact.contract_tests.suite.votes import INVALID
from pixelpact.schema import TEXT_TO_IMAGE, headers, ledger, options_schema

#: A site whose pages ask; a request with it shows whether browsers may.
_ORIGIN = {"Origin": "https://example.com"}
#: Pairs of ratio and style that an answer of the ledger refuses.
DISPUTED_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (ratio, style)
    for answer in ledger()["ratio-with-style"].choices.values()
    for ratio, style in answer.value
)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A job without an input that conversions are added to.

    `pairs` is the answer to a job with pairs of ratio and style.
    """

    job: OpenJob
    pairs: Exchange

    def add(self, context: Context, options: object, **fields: Any) -> Exchange:
        """The answer to a text-to-image conversion that is added to it."""
        return self.send(context, context.conversion(options, **fields))

    def add_text(self, context: Context, options: str) -> Exchange:
        """The answer to a conversion whose options are this JSON text."""
        place = "the options come here"
        body = json.dumps(context.conversion(place)).replace(json.dumps(place), options)
        return self._call(context, content=body, headers={"Content-Type": "application/json"})

    def send(self, context: Context, conversion: Mapping[str, Any]) -> Exchange:
        """The answer to any conversion that is added to it."""
        return self._call(context, json=dict(conversion))

    def _call(self, context: Context, **request: Any) -> Exchange:
        return context.call("addConversion", path={"job_id": self.job.id}, **request)


@step(requests=2, rule="a staged job takes conversions with pairs of ratio and style")
def sandbox(context: Context) -> Sandbox:
    """A job that can't start, with a conversion for each pair of ratio and style that is not disputed."""
    ratios, styles = (options_schema()["properties"][name]["enum"] for name in ("aspect_ratio", "style"))
    conversions = [
        context.conversion({"aspect_ratio": ratio, "style": style})
        for ratio, style in product(ratios, styles)
        if (ratio, style) not in DISPUTED_PAIRS
    ]
    pairs = context.stage(conversion=conversions)
    created = pairs if pairs.response.is_success else context.stage()
    return Sandbox(open_job_of(context, created), pairs)


@dataclass(frozen=True, slots=True)
class CompleteJob(OpenJob):
    """A job with an input and a conversion; `with_source` is the answer to one whose input has a `source`."""

    with_source: Exchange


def base64_input(field: str) -> dict[str, str]:
    """An input of base64 text, which is in this field."""
    return {
        "type": "base64",
        field: base64.b64encode(b"A quiet harbour").decode(),
        "filename": "prompt.txt",
    }


@step(requests=2, rule="a complete job waits for its start")
def complete_job(context: Context) -> CompleteJob:
    """A job with an input and a conversion, which its flag `process` keeps from starting.

    Where an input of base64 text may not have it in `source`, it has it in `content`.
    """
    options = {"download_password": PASSWORD, "seed": 7}
    with_source = context.stage(options, input=[base64_input("source")])
    created = with_source
    if with_source.response.status_code in INVALID:
        created = context.stage(options, input=[base64_input("content")])
    job = open_job_of(context, created)
    return CompleteJob(job.id, job.token, job.created, with_source)


def keyed(
    context: Context, options: Mapping[str, Any] | None = None, *, name: str = "", leaves: int = 0
) -> Exchange:
    """The answer to a staged job with the run's Idempotency-Key, or with another one that has a name.

    `leaves` is as for `Context.call`.
    """
    sent = {headers().idempotency_key: f"pixelpact-{context.run_id}{name}"}
    body = context.staged_body(options)
    return context.call("createJob", headers=sent, leaves=leaves, json=body)


@step(requests=2, rule="a job is created with an Idempotency-Key")
def keyed_job(context: Context) -> OpenJob:
    """A staged job that was created with an Idempotency-Key."""
    return open_job_of(context, keyed(context, leaves=1))


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a job without an input: the answers to its start and to its cancellation."""

    id: str
    start: Exchange
    cancellation: Exchange


@step(requests=1, uses=(keyed_job,), rule="a job that waits is canceled")
def canceled_job(context: Context) -> Ending:
    """A job that was told to start without an input, and then canceled."""
    job = keyed_job(context)
    start = context.call("updateJob", path={"job_id": job.id}, json={"process": True})
    return Ending(job.id, start, context.cancel(job.id))


@step(requests=1, uses=(canceled_job,), rule="a canceled job has a history")
def history(context: Context) -> Exchange:
    """The history of the canceled job."""
    return context.call("listHistory", path={"job_id": canceled_job(context).id})


@step(
    requests=1,
    uses=(open_job, sandbox, complete_job, canceled_job),
    rule="the jobs of an account are listed",
)
def listing(context: Context) -> Exchange:
    """The first page of the account's jobs, with three that wait and one that was canceled."""
    for made in (open_job, sandbox, complete_job, canceled_job):
        made(context)
    return context.call("listJobs")


@step(requests=1, rule="statuses are listed")
def status_list(context: Context) -> Exchange:
    """The statuses, as a page of another site asks for them."""
    return context.call("listStatuses", credentials={}, headers=_ORIGIN)


@step(requests=1, rule="the catalogue lists text-to-image")
def catalogue_row(context: Context) -> Exchange:
    """The entry of text-to-image in the catalogue, as a page of another site asks for it."""
    return context.call("listConversions", credentials={}, params={"target": TEXT_TO_IMAGE}, headers=_ORIGIN)


@step(requests=1, rule="the contracts of an account are shown")
def contracts(context: Context) -> Exchange:
    """The contracts of the account, as a page of another site asks for them."""
    return context.call("getContracts", headers=_ORIGIN)
