"""Creating a job: the answer, its fields, its defaults."""

from __future__ import annotations

from typing import Any

import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.schema import load_document
from pixelpact.strategies import Valid, boundaries

_OAS = "vendor OpenAPI 2.0.1"
_TABLE = "text-to-image option table"
_FLAGS = ("fail_on_input_error", "fail_on_conversion_error", "notify_status")


def test_created_job_has_every_documented_field(api: ApiClient) -> None:
    created = api.stage().expect(201, rule="a job is created", source=_OAS)

    created.expect_schema("Job", rule="a job has all its documented fields")


def test_created_job_can_be_uploaded_to(api: ApiClient) -> None:
    created = api.stage().expect(201, rule="a job is created", source=_OAS)

    document = created.response.json()

    for field in ("token", "server"):
        if not document[field]:
            raise created.broken(
                f"must give a {field}", rule="uploads need token and server", source="SDK contract"
            )


def test_flags_have_their_documented_defaults(api: ApiClient) -> None:
    created = api.stage().expect(201, rule="a job is created", source=_OAS)

    document = created.response.json()

    specs = load_document("openapi")["components"]["schemas"]["JobRequest"]["anyOf"][0]["properties"]
    for flag in _FLAGS:
        if document[flag] is not specs[flag]["default"]:
            raise created.broken(
                f"must default {flag} to {specs[flag]['default']}", rule="flags have defaults", source=_OAS
            )


def test_two_jobs_are_two(api: ApiClient) -> None:
    first, second = api.stage(), api.stage()

    for field in ("id", "token"):
        if first.response.json()[field] == second.response.json()[field]:
            raise second.broken(f"must give each job its own {field}", rule="jobs are separate", source=_OAS)


@pytest.mark.parametrize("valid", boundaries(), ids=lambda valid: valid.id)
def test_valid_options_are_taken_and_shown(api: ApiClient, valid: Valid) -> None:
    created = api.stage(valid.payload).expect(201, rule=f"valid options: {valid.id}", source=_TABLE)

    shown: dict[str, Any] = created.response.json()["conversion"][0]["options"] or {}

    secret = {
        name for name, spec in load_document("text-to-image")["properties"].items() if spec.get("writeOnly")
    }
    for name, value in valid.payload.items():
        if name not in secret and shown.get(name) != value:
            raise created.broken(f"must show {name} as it was given", rule="options are kept", source=_OAS)


def test_passwords_are_not_shown_in_clear(api: ApiClient) -> None:
    password = "open-sesame-5417"  # noqa: S105  # sent to be looked for
    created = api.stage({"download_password": password}, download_passwords=[password])

    if password in created.response.text:
        raise created.broken(
            "must not show a download_password in clear", rule="passwords", source="SDK contract"
        )
