"""The probe of listings that come in pages."""

from __future__ import annotations

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.answers import rows
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.schema import headers, page_size


@probe("paged-listings", operation="listInputs", requests=3)
def paged_listings(context: Context) -> str:
    """How many of more inputs than a page has are listed of a job that can't start, and with which header."""
    inputs = page_size() + 1
    body = {"process": False, "input": [context.prompt("A fox")] * inputs}
    job_id = context.id_of(context.call("createJob", leaves=1, json=body))
    answer = context.call("listInputs", path={"job_id": job_id})
    listed, is_counted = len(rows(answer)), headers().count in answer.response.headers
    if not answer.response.is_success or not listed:
        raise NotConclusive(f"listInputs was answered {answer.response.status_code} without inputs")
    if (listed, is_counted) == (inputs, False):
        return "two"
    if (listed, is_counted) == (page_size(), True):
        return "all"
    header = "with" if is_counted else "without"
    what = f"lists {listed} of {inputs} inputs, {header} the header {headers().count}"
    raise context.unknown("paged-listings", what, answer)
