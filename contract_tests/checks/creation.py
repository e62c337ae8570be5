"""Checks of jobs as they are created: the answer, its fields, the defaults of flags."""

from __future__ import annotations

from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.steps import open_job, other_open_job

_OAS = "vendor OpenAPI 2.0.1"


@check(
    "jobs/created-status",
    operation="createJob",
    rule="a created job is answered with 201",
    source=_OAS,
    uses=(open_job,),
    rank=1,
)
def created_status(context: Context) -> None:
    """Created jobs are answered with 201."""
    open_job(context).created.expect(201)


@check(
    "jobs/own-id-and-token",
    operation="createJob",
    rule="each job has an id and a token of its own",
    source=_OAS,
    uses=(open_job, other_open_job),
)
def own_id_and_token(context: Context) -> None:
    """Two jobs differ in id and token."""
    first, second = open_job(context).created, other_open_job(context).created
    for field in ("id", "token"):
        if first.text(field) == second.text(field):
            raise second.broken(f"must give each job its own {field}")
