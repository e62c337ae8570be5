"""Creating a job: the answer, its fields, its defaults."""

from __future__ import annotations

import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.schema import load_document, options_schema
from pixelpact.strategies import Valid, boundaries

_OAS = "vendor OpenAPI 2.0.1"
_TABLE = "text-to-image option table"
_SECRETS = frozenset(name for name, spec in options_schema()["properties"].items() if spec.get("writeOnly"))
_FLAGS = ("fail_on_input_error", "fail_on_conversion_error", "notify_status")


def test_created_job_has_every_documented_field(api: ApiClient) -> None:
    created = api.stage().expect(201, rule="a job is created", source=_OAS)

    created.document("Job", rule="a job has all its documented fields")


def test_created_job_can_be_uploaded_to(api: ApiClient) -> None:
    uploaded = api.upload(api.staged(), "A fox")

    uploaded.expect(200, rule="an upload is accepted", source="assumed: ledger upload-status")
    uploaded.document("UploadReceipt", rule="an upload names its input", source="SDK contract")


def test_flags_have_their_documented_defaults(api: ApiClient) -> None:
    created = api.stage().expect(201, rule="a job is created", source=_OAS)

    document = created.document("Job", rule="flags have defaults")
    specs = load_document("openapi")["components"]["schemas"]["JobRequest"]["anyOf"][0]["properties"]
    for flag in _FLAGS:
        if document[flag] is not specs[flag]["default"]:
            raise created.broken(
                f"must default {flag} to {specs[flag]['default']}", rule="flags have defaults", source=_OAS
            )


def test_two_jobs_are_two(api: ApiClient) -> None:
    first, second = api.stage(), api.stage()

    shown, other = (created.document("Job", rule="jobs are separate") for created in (first, second))
    for field in ("id", "token"):
        if shown[field] == other[field]:
            raise second.broken(f"must give each job its own {field}", rule="jobs are separate", source=_OAS)


@pytest.mark.parametrize("valid", boundaries(), ids=lambda valid: valid.id)
def test_valid_options_are_accepted_and_shown(api: ApiClient, valid: Valid) -> None:
    created = api.stage(valid.payload).expect(201, rule=f"valid options: {valid.id}", source=_TABLE)

    conversions = created.document("Job", rule="options are kept")["conversion"]
    if len(conversions) != 1:
        raise created.broken(
            f"must have one conversion, has {len(conversions)}", rule="conversions are kept", source=_OAS
        )
    shown = conversions[0]["options"] or {}
    for name, value in valid.payload.items():
        if name not in _SECRETS and shown.get(name) != value:
            raise created.broken(f"must show {name} as it was sent", rule="options are kept", source=_OAS)


def test_passwords_are_not_shown_in_clear(api: ApiClient) -> None:
    password = "open-sesame-5417"  # noqa: S105  # sent to be looked for
    created = api.stage({"download_password": password}, download_passwords=[password])

    if password in created.response.text:
        raise created.broken(
            "must not show a download_password in clear", rule="passwords", source="SDK contract"
        )
