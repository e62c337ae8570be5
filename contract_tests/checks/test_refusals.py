"""Invalid requests: refused with exactly the documented status, naming the invalid field."""

from __future__ import annotations

import json

import pytest

from pixelpact.contract_tests.client.client import STAGED_OPTIONS, ApiClient, staged_job
from pixelpact.contract_tests.model.drafts import key_of
from pixelpact.schema import Profile, error_answers
from pixelpact.strategies import Invalid, RawFault, raw_faults, single_faults

_STATUS = Profile().value("invalid-request")
_TABLE = "text-to-image option table; vendor OpenAPI 2.0.1 documents 400 for invalid input"


@pytest.mark.parametrize("invalid", single_faults(), ids=lambda invalid: invalid.id)
def test_invalid_options_are_refused(api: ApiClient, invalid: Invalid) -> None:
    answer = api.call("createJob", json=staged_job(invalid.payload))

    key = key_of(invalid, options=STAGED_OPTIONS)
    answer.expect_error(_STATUS, naming=key, rule=f"invalid options: {invalid.id}", source=_TABLE)


def _in_a_job(options: str) -> str:
    """The JSON of a staged job, with `options` as the text of its options."""
    before, after = json.dumps(staged_job("@")).split('"@"')
    return f"{before}{options}{after}"


@pytest.mark.parametrize(
    "raw",
    # The others are open questions of the ledger.
    [raw for raw in raw_faults(wrap=_in_a_job) if raw.ledger is None and raw.body.strip()],
    ids=lambda raw: raw.id,
)
def test_a_body_that_is_not_json_is_refused(api: ApiClient, raw: RawFault) -> None:
    answer = api.call("createJob", content=raw.body, headers={"Content-Type": "application/json"})

    answer.expect_error(_STATUS, rule=f"a body must be JSON: {raw.id}", source="RFC 8259")


@pytest.mark.parametrize(
    ("job", "field"),
    [
        ({"process": "yes"}, "process"),
        ({"conversion": {}}, "conversion"),
        ({"conversion": [{}]}, "conversion[0].target"),
        ({"conversion": [{"target": "no-such-target"}]}, "conversion[0].target"),
        ({"input": [{"type": "remote"}]}, "input[0].source"),
        ({"input": [{"type": "telepathy", "source": "x"}]}, "input[0].type"),
    ],
    ids=["flag", "no-array", "no-target", "unknown-target", "no-source", "unknown-type"],
)
def test_invalid_jobs_are_refused(api: ApiClient, job: dict[str, object], field: str) -> None:
    answer = api.call("createJob", json={"process": False, **job})

    answer.expect_error(
        _STATUS, naming=field, rule="a job must follow its schema", source="vendor OpenAPI 2.0.1"
    )


@pytest.mark.parametrize("operation", ["getJob", "updateJob", "cancelJob", "addInput", "listOutputs"])
def test_an_unknown_job_is_not_found(api: ApiClient, operation: str) -> None:
    body = {"source": "https://example.com/a.png"} if operation in ("addInput", "updateJob") else None

    answer = api.call(operation, path={"job_id": "00000000-0000-4000-8000-000000000000"}, json=body)

    answer.expect_error(
        error_answers()["NotFound"].status, rule="the job does not exist", source="vendor OpenAPI 2.0.1"
    )
