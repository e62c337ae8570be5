"""Authentication: requests without a key, with a wrong key, and with job tokens."""

from __future__ import annotations

import pytest

from pixelpact.contract_tests.client.client import ApiClient, staged_job
from pixelpact.schema import error_answers, headers

_STATUS = error_answers()["Unauthorized"].status
_OAS = "vendor OpenAPI 2.0.1 and guide authentication"
_WRONG_KEY = "an-invalid-key-for-the-contract-tests"


@pytest.mark.parametrize("operation", ["createJob", "listJobs"])
def test_a_key_is_needed(api: ApiClient, operation: str) -> None:
    body = staged_job({}) if operation == "createJob" else None

    answer = api.call(operation, credentials={}, json=body)

    answer.expect_error(_STATUS, rule="a missing API key", source=_OAS)


@pytest.mark.parametrize("name", headers().api_key)
def test_a_wrong_key_is_refused_and_not_repeated(api: ApiClient, name: str) -> None:
    answer = api.call("createJob", credentials={name: _WRONG_KEY}, json=staged_job({}))

    answer.expect_error(_STATUS, rule="an invalid API key", source=_OAS)
    if _WRONG_KEY in answer.response.text or _WRONG_KEY in str(answer.response.headers):
        raise answer.broken("must not repeat the key", rule="keys are secret", source="SDK tests")


@pytest.mark.parametrize("name", headers().job_token)
def test_a_token_opens_its_own_job(api: ApiClient, name: str) -> None:
    job = api.staged()

    answer = api.call("getJob", path={"job_id": job["id"]}, credentials={name: job["token"]})

    answer.expect(200, rule="a job token replaces the key", source=_OAS)


def test_a_token_opens_no_other_job(api: ApiClient) -> None:
    job, other = api.staged(), api.staged()

    answer = api.call(
        "getJob", path={"job_id": other["id"]}, credentials={headers().job_token[0]: job["token"]}
    )

    answer.expect_error(_STATUS, rule="a job token of another job", source=_OAS)


def test_a_token_creates_no_job(api: ApiClient) -> None:
    job = api.staged()

    answer = api.call("createJob", credentials={headers().job_token[0]: job["token"]}, json=staged_job({}))

    answer.expect_error(_STATUS, rule="a job token is not an API key", source=_OAS)


@pytest.mark.parametrize("operation", ["listStatuses", "listConversions"])
def test_information_needs_no_key(api: ApiClient, operation: str) -> None:
    answer = api.call(operation, credentials={})

    answer.expect(200, rule="no key is needed", source=_OAS)
