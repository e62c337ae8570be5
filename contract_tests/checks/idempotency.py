"""Checks of the header Idempotency-Key: which job an account gets for a key that it sends again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import document_of, expect_same, rows_of
from pixelpact.contract_tests.suite.context import SECOND, Context
from pixelpact.contract_tests.suite.items import Need, check, step
from pixelpact.schema import as_object, error_answers, headers, page_size

_SOURCE = "SDK contract"
_NAME = headers().idempotency_key
_CONFLICT = error_answers()["Conflict"].status


@dataclass(frozen=True, slots=True)
class RepeatedJob:
    """The answers to a job with an Idempotency-Key: the first, one to the same body, one to another."""

    first: Exchange
    again: Exchange
    other: Exchange
    listed: Exchange


@step(requests=2, rule="a job is created with an Idempotency-Key")
def first_job(context: Context) -> Exchange:
    """The answer to a staged job with a key that no other request had.

    Raises:
        NotConclusive: the server ignores the header, so that each request makes a job.
    """
    if context.profile["idempotency-key"] == "ignored":
        raise NotConclusive(f"{_NAME} is ignored")
    return context.call("createJob", leaves=1, **_request(context))


@step(requests=3, uses=(first_job,), rule="a job is created again with its Idempotency-Key")
def repeated_job(context: Context) -> RepeatedJob:
    """A staged job that is asked for three times with the same key, the last time with another body."""
    request, first = _request(context), first_job(context)
    context.id_of(first)
    again = context.call("createJob", **request)
    other = context.call("createJob", **{**request, "json": {**request["json"], "notify_status": True}})
    return RepeatedJob(first, again, other, context.call("listJobs"))


@step(requests=2, uses=(repeated_job,), needs=(Need.SECOND_KEY,), rule="another account uses the same key")
def foreign_job(context: Context) -> Exchange:
    """The answer to the second account for a job with the first account's Idempotency-Key."""
    repeated_job(context)
    return context.call("createJob", account=SECOND, leaves=1, **_request(context))


@check(
    "idempotency/fresh-key",
    operation="createJob",
    rule=f"an {_NAME} that differs from earlier ones in its end makes a new job",
    source=_SOURCE,
    confidence="assumed",
    uses=(first_job,),
    depends=("idempotency-key",),
)
def fresh_key(context: Context) -> None:
    """A key that was not sent before is neither refused nor taken for another one."""
    answer = first_job(context)
    if not answer.response.is_success:
        raise answer.broken(f"must take a new {_NAME} for another one, got {answer.response.status_code}")
    if _mark(context) not in _metadata(document_of(answer)):
        raise answer.broken(f"must not give the job of another {_NAME}")


@check(
    "idempotency/same-job",
    operation="createJob",
    rule=f"the same {_NAME} and body are answered with the first job",
    source=_SOURCE,
    confidence="assumed",
    uses=(repeated_job,),
    depends=("idempotency-key",),
)
def same_job(context: Context) -> None:
    """The second answer has the status of the first one, and shows its job."""
    repeated = repeated_job(context)
    answer = repeated.again.expect(repeated.first.response.status_code)
    for field in ("id", "token", "created_at", "conversion"):
        expect_same(answer, f"`{field}` for the same {_NAME}", repeated.first.at(field), answer.at(field))


@check(
    "idempotency/no-second-job",
    operation="createJob",
    rule=f"the same {_NAME} makes no second job",
    source=_SOURCE,
    confidence="assumed",
    uses=(repeated_job,),
    depends=("idempotency-key",),
)
def no_second_job(context: Context) -> None:
    """The listing has one job with the mark of this request."""
    repeated = repeated_job(context)
    rows = rows_of(repeated.listed)
    made = [row for row in rows if _mark(context) in _metadata(row)]
    if not made and len(rows) >= page_size():
        raise NotConclusive("the first page does not have the new job")
    expect_same(repeated.listed, f"the number of jobs made with one {_NAME}", 1, len(made))


@check(
    "idempotency/other-body",
    operation="createJob",
    rule=f"an {_NAME} that comes again with another body is refused, or gives the first job",
    source=_SOURCE,
    confidence="assumed",
    uses=(repeated_job,),
    depends=("idempotency-key", "idempotency-conflict"),
)
def other_body(context: Context) -> None:
    """The third answer is as the profile says of conflicts; never is it a job of its own."""
    repeated = repeated_job(context)
    if context.profile["idempotency-conflict"] == "refuse":
        repeated.other.expect(_CONFLICT)
        return
    answer = repeated.other.expect_success()
    expect_same(answer, f"`id` for the same {_NAME}", repeated.first.text("id"), answer.text("id"))


@check(
    "idempotency/own-keys",
    operation="createJob",
    rule=f"another account's {_NAME} is another key",
    source=_SOURCE,
    confidence="assumed",
    uses=(foreign_job,),
    depends=("idempotency-key",),
)
def own_keys(context: Context) -> None:
    """The second account gets a job of its own for a key that the first one has used."""
    first, answer = repeated_job(context).first, foreign_job(context)
    answer.expect_success()
    if answer.text("id") == first.text("id"):
        raise answer.broken(f"must not give another account's job for its {_NAME}")


def _mark(context: Context) -> str:
    return f"repeated {context.run_id}"


def _request(context: Context) -> dict[str, Any]:
    """The request for a job with a mark of its own, which the listing shows."""
    conversion = context.conversion({})
    conversion["metadata"] = {**conversion["metadata"], "note": _mark(context)}
    return {
        "json": {"process": False, "conversion": [conversion]},
        "headers": {_NAME: f"pixelpact-{context.run_id}-again"},
    }


def _metadata(row: Mapping[str, Any]) -> list[object]:
    """The notes in the metadata of a job's conversions."""
    conversions = row.get("conversion")
    rows = conversions if isinstance(conversions, list) else []
    return [as_object(as_object(one).get("metadata")).get("note") for one in rows]
