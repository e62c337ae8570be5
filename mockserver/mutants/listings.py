"""Mutants in listings of jobs, and in Idempotency-Key."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import (
    Condition,
    answered,
    api_key,
    edited,
    is_success,
    query,
    sent,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers, page_size

_COUNT = headers().count
_IDEMPOTENCY = headers().idempotency_key.lower()


def _is_page(number: int) -> Any:
    return lambda response: query(response).get("page") == str(number)


def _count_more(response: Traffic, more: int) -> None:
    response.set_header(_COUNT, str(int(response.header(_COUNT) or 0) + more))


def _with_other_flags(rows: Any, _: Traffic) -> None:
    for row in rows:
        row["notify_status"] = not row["notify_status"]


def _without_failed(rows: Any, response: Traffic) -> Any:
    left = [row for row in rows if row["status"]["code"] != "failed"]
    _count_more(response, len(left) - len(rows))
    return left


def _one_more(_: Any, response: Traffic) -> None:
    _count_more(response, 1)


def _swapped(rows: Any, _: Traffic) -> Any:
    return [*rows[:-2], rows[-1], rows[-2]]


mutant(
    "listings/row-equals-read",
    "lists jobs with another notify_status",
    operations=("listJobs",),
    word="notify_status",
    response=edited(_with_other_flags),
)


def _without_outputs(rows: Any, _: Traffic) -> None:
    for row in rows:
        row["output"] = []


mutant(
    "listings/row-equals-read",
    "lists jobs without their outputs",
    operations=("listJobs",),
    word="output",
    response=edited(_without_outputs, lambda response: "page" in query(response)),
    also=("outputs/deleted-in-job",),
    why="a row of the same listing shows whether an output is deleted",
    id="listings/row-equals-read~ended",
)
mutant(
    "listings/all-jobs",
    "leaves failed jobs out of its pages",
    operations=("listJobs",),
    word="failed",
    response=edited(_without_failed, lambda response: "page" in query(response)),
    also=("listings/count",),
    why="jobs fail between the pages that it compares",
)
mutant(
    "listings/count",
    f"counts one job too many in {_COUNT}",
    operations=("listJobs",),
    word=_COUNT,
    response=edited(_one_more, _is_page(1)),
)
mutant(
    "listings/order",
    "swaps the last two jobs of its first page",
    operations=("listJobs",),
    word="newest-first",
    response=edited(_swapped, lambda response: _is_page(1)(response) and len(response.json) > 1),
)


def _overlapping() -> tuple[None, Change]:
    shown: dict[str, Any] = {}

    def respond(response: Traffic) -> None:
        rows = response.json
        if response.operation == "createJob":
            if is_success(response):
                shown[api_key(response)] = rows
        elif is_success(response) and _is_page(2)(response):
            response.json = [*(rows or ()), shown[api_key(response)]]
            response.set_header(_COUNT, str(page_size() + len(response.json)))

    return None, respond


mutant(
    "listings/no-row-twice",
    "lists the newest job on page 2 again",
    operations=("createJob", "listJobs"),
    word="twice",
    changes=_overlapping,
    also=("listings/count",),
    why="it compares the count with the rows of all pages",
)


def _with_another_status(status: str) -> tuple[None, Change]:
    newest: dict[str, Any] = {}

    def respond(response: Traffic) -> None:
        if response.operation == "createJob":
            if is_success(response):
                newest[api_key(response)] = response.json
        elif is_success(response) and query(response).get("status") == status:
            other = {**newest[api_key(response)], "status": {"code": "ready", "info": "Wrong"}}
            edited(lambda rows, _: [*rows, other])(response)
            _count_more(response, 1)

    return None, respond


for _status in ("incomplete", "canceled", "completed", "failed"):
    mutant(
        f"listings/filter-{_status}",
        f"lists a job that is ready among those that are {_status}",
        operations=("createJob", "listJobs"),
        word="status",
        changes=partial(_with_another_status, _status),
    )


def _leaking(where: Condition) -> tuple[None, Change]:
    jobs: list[tuple[str, Any]] = []

    def respond(response: Traffic) -> None:
        key = api_key(response)
        if response.operation == "createJob":
            if is_success(response):
                jobs.append((key, response.json))
            return
        foreign = [job for owner, job in jobs if owner != key]
        if is_success(response) and foreign and key and where(response):
            edited(lambda rows, _: [*rows, foreign[0]])(response)
            _count_more(response, 1)

    return None, respond


mutant(
    "listings/others-jobs-only",
    "lists another account's job where no page is asked for",
    operations=("createJob", "listJobs"),
    word="another account",
    changes=lambda: _leaking(lambda response: not query(response)),
)
mutant(
    "listings/no-others-jobs",
    "lists another account's job among those that are incomplete",
    operations=("createJob", "listJobs"),
    word="another account",
    changes=lambda: _leaking(lambda response: query(response).get("status") == "incomplete"),
)


def _repeated_with_200() -> tuple[None, Change]:
    known: set[tuple[str, str, str]] = set()

    def respond(response: Traffic) -> None:
        key = response.request.header(_IDEMPOTENCY) if response.request else None
        request = (api_key(response), key or "", json.dumps(sent(response), sort_keys=True))
        if key and request in known:
            response.status = 200
        known.add(request)

    return None, respond


def _foreign_first() -> tuple[None, Change]:
    first: dict[str, tuple[str, bytes]] = {}

    def respond(response: Traffic) -> None:
        key = response.request.header(_IDEMPOTENCY) if response.request else None
        if not key or not is_success(response):
            return
        owner, body = first.setdefault(key, (api_key(response), response.body))
        if owner != api_key(response):
            response.body = body

    return None, respond


def _refusing_fresh() -> tuple[Change, None]:
    """Refuses the first request with the key that a run repeats, as if it was an earlier one's."""
    known: set[str] = set()

    def refuse(request: Traffic) -> None:
        key = request.header(headers().idempotency_key) or ""
        if key.endswith("-again") and key not in known:
            known.add(key)
            request.skip, request.status = True, 409
            request.json = {"code": 409, "message": "This key was used before", "errors": {}}

    return refuse, None


mutant(
    "idempotency/fresh-key",
    "takes an Idempotency-Key for an earlier one that begins alike",
    operations=("createJob",),
    word="Idempotency-Key",
    changes=_refusing_fresh,
)
mutant(
    "idempotency/same-job",
    "answers a repeated Idempotency-Key with 200 instead of 201",
    operations=("createJob",),
    word="201",
    changes=_repeated_with_200,
)


def _noted_twice(rows: Any, _: Traffic) -> Any:
    noted = [
        row
        for row in rows
        if any("note" in (conversion["metadata"] or {}) for conversion in row["conversion"])
    ]
    return [*rows, *noted]


mutant(
    "idempotency/no-second-job",
    "makes a second job for a repeated Idempotency-Key, which only the listing shows",
    operations=("listJobs",),
    word="Idempotency-Key",
    response=edited(_noted_twice, lambda response: not query(response)),
)
mutant(
    "idempotency/other-body",
    "refuses an Idempotency-Key with another notify_status with 400 instead of 409",
    operations=("createJob",),
    word="409",
    response=answered(
        400, lambda response: response.status == 409 and sent(response).get("notify_status") is True
    ),
)
mutant(
    "idempotency/own-keys",
    "gives the first account's job for an Idempotency-Key of another account",
    operations=("createJob",),
    word="Idempotency-Key",
    changes=_foreign_first,
)
