"""Whole bodies: those that are valid are taken by the mock server, the others refused, naming the place."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, find, given, settings

from pixelpact.schema import component_validator, find_violations, follows_component
from pixelpact.strategies import (
    Invalid,
    invalid_jobs,
    jobs,
    presets,
    prompts,
    single_job_faults,
    valid_options,
)

SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def named(answer: httpx.Response) -> list[str]:
    names: list[str] = list(answer.json()["errors"])
    return names


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
def test_single_job_faults_are_refused_at_their_place(http: httpx.Client, invalid: Invalid) -> None:
    found = {
        (each.option, each.keyword)
        for each in find_violations(component_validator("JobRequest"), invalid.payload)
    }
    # Which targets exist is said by the catalogue, not by the schema of requests.
    by_catalogue = invalid.keyword == "enum" and invalid.option in (
        "conversion[0].target",
        "conversion[0].category",
    )
    assert found == (set() if by_catalogue else {(invalid.option, invalid.keyword)})

    answer = http.post("/jobs", json=invalid.payload)

    assert answer.status_code == 400
    place = "" if invalid.option is None else invalid.option
    assert any(place.endswith(name) for name in named(answer)) or not place, answer.text


@SHARED
@given(invalid=invalid_jobs())
def test_invalid_jobs_are_refused(http: httpx.Client, invalid: Invalid) -> None:
    assert http.post("/jobs", json=invalid.payload).status_code == 400


def test_options_can_be_narrowed() -> None:
    small = {"type": "object", "properties": {"width": {"const": 64}}, "required": ["width"]}

    job = find(jobs(valid_options(small)), lambda _: True, settings=settings(database=None))

    assert [each["options"] for each in job["conversion"]] == [{"width": 64}]
    assert "callback" not in job, "nobody is called by a job that was drawn"
