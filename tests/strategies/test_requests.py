"""Whole bodies: those that are valid are taken by the mock server, the others refused under the key they name."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, find, given, settings

from pixelpact.contract_tests.client.client import STAGED_OPTIONS, staged_job
from pixelpact.contract_tests.model.drafts import key_of
from pixelpact.schema import component_validator, error_key, find_violations, follows_component
from pixelpact.strategies import (
    Invalid,
    invalid_jobs,
    invalid_options,
    jobs,
    presets,
    prompts,
    single_faults,
    single_job_faults,
    valid_options,
)

SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refused(http: httpx.Client, body: Any) -> list[str]:
    """The keys in the `errors` of the refusal of a job."""
    # Not `json=`, with which httpx sends no body at all for null.
    answer = http.post("/jobs", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    return list(answer.json()["errors"])


@SHARED
@given(job=jobs(process=False))
def test_jobs_are_taken(http: httpx.Client, job: dict[str, Any]) -> None:
    assert follows_component("JobRequest", job)

    answer = http.post("/jobs", json=job)

    assert answer.status_code == 201, answer.text
    assert len(answer.json()["conversion"]) == len(job["conversion"])
    assert answer.json()["process"] is False


@SHARED
@given(preset=presets())
def test_presets_are_taken(http: httpx.Client, preset: dict[str, Any]) -> None:
    assert follows_component("PresetRequest", preset)

    assert http.post("/presets", json=preset).status_code == 201


@given(text=prompts())
def test_prompts_say_something_and_can_be_sent(text: str) -> None:
    assert text.strip()
    assert base64.b64decode(base64.b64encode(text.encode())).decode() == text


@pytest.mark.parametrize("invalid", single_job_faults(), ids=lambda invalid: invalid.id)
def test_single_job_faults_are_refused_under_their_key_alone(http: httpx.Client, invalid: Invalid) -> None:
    found = {
        (error_key(violation.path), violation.keyword)
        for violation in find_violations(component_validator("JobRequest"), invalid.payload)
    }
    # Which targets exist is said by the catalogue, not by the schema of requests.
    by_catalogue = invalid.keyword == "enum" and invalid.option in (
        "conversion[0].target",
        "conversion[0].category",
    )
    assert found == (set() if by_catalogue else {(invalid.option, invalid.keyword)})

    assert refused(http, invalid.payload) == [invalid.option]


@SHARED
@given(invalid=invalid_jobs())
def test_invalid_jobs_are_refused_under_their_key_alone(http: httpx.Client, invalid: Invalid) -> None:
    assert refused(http, invalid.payload) == [invalid.option]


@pytest.mark.parametrize("invalid", single_faults(), ids=lambda invalid: invalid.id)
def test_single_faults_in_a_job_are_refused_under_their_key_alone(
    http: httpx.Client, invalid: Invalid
) -> None:
    assert refused(http, staged_job(invalid.payload)) == [key_of(invalid, options=STAGED_OPTIONS)]


@SHARED
@given(invalid=invalid_options())
def test_invalid_options_in_a_job_are_refused_under_their_key_alone(
    http: httpx.Client, invalid: Invalid
) -> None:
    assert refused(http, staged_job(invalid.payload)) == [key_of(invalid, options=STAGED_OPTIONS)]


def test_options_can_be_narrowed() -> None:
    small = {"type": "object", "properties": {"width": {"const": 64}}, "required": ["width"]}

    job = find(jobs(valid_options(small)), lambda _: True, settings=settings(database=None))

    assert [each["options"] for each in job["conversion"]] == [{"width": 64}]
    assert "callback" not in job, "nobody is called by a job that was drawn"
