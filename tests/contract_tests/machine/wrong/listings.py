"""Servers that are wrong about listings of jobs."""

from __future__ import annotations

from pixelpact.schema import headers
from tests.changes import never_empty, put, replaced, swapped, with_header, with_json
from tests.contract_tests.machine.wrong.steps import RUN, UNKNOWN, Wrong, listed_twice, listing
from tests.wrong_servers import rewriting

LISTINGS = {
    "unknown-job": Wrong(rewriting("listJobs", answer=put(0, "id", to=UNKNOWN)), listing(RUN), f"must list only the account's jobs, lists {UNKNOWN}"),
    "past-the-end": Wrong(rewriting("listJobs", answer=never_empty()), listed_twice(page=2), "must list nothing on page 2, past the end, lists 1 jobs"),
    "under-another-status": Wrong(rewriting("listJobs", answer=never_empty()), listed_twice(status="canceled"), "under the status canceled"),
    "of-another-status": Wrong(rewriting("listJobs", answer=put(0, "status", "code", to="completed")), listing(RUN, status="processing"), "must list jobs with the status processing only, lists one that is completed", {"pace": "polls=9"}),
    "job-lost": Wrong(rewriting("listJobs", answer=lambda answer: (replaced([])(answer), answer.set_header("X-Count", "0"))), listing(RUN), "must list "),
    "wrong-count": Wrong(rewriting("listJobs", answer=with_header(headers().count, "2")), listing(RUN), "must say X-Count: 1, says 2"),
    "no-count": Wrong(rewriting("listJobs", answer=with_header(headers().count, None)), listing(RUN), "must say X-Count: 1, says None"),
    "oldest-first": Wrong(rewriting("listJobs", answer=with_json(swapped)), listing(RUN, RUN), "must list newest-first, lists"),
    "listed-twice": Wrong(rewriting("listJobs", answer=lambda answer: (with_json(lambda rows: rows * 2)(answer), answer.set_header("X-Count", "2"))), listing(RUN), "must list newest-first, lists"),
}  # fmt: skip
