"""What a broken contract says, and what it never says."""

from __future__ import annotations

import httpx
import pytest

from pixelpact.contract_tests import ContractBroken, Finding
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.schema import headers, operations

SECRETS = {
    headers().api_key[0]: "key-5417",
    headers().api_key[1]: "key-5417",
    headers().job_token[1]: "token-5417",
    headers().download_password[0]: "password-5417",
    "Cookie": f"{headers().download_password_cookie}=password-5417",
}
BODY = {
    "conversion": [{"target": "text-to-image", "options": {"seed": 0, "download_password": "5417"}}],
    "token": "5417",
}


def exchange(status: int, body: object, **request: object) -> Exchange:
    sent = httpx.Request("POST", "http://127.0.0.1:1/v2/jobs", headers=SECRETS, **{"json": BODY, **request})
    return Exchange(operations()["createJob"], httpx.Response(status, json=body, request=sent))


def test_a_failure_carries_its_finding() -> None:
    sent = httpx.Request("GET", "http://127.0.0.1:1/v2/jobs/1")
    answer = Exchange(operations()["getJob"], httpx.Response(500, json={"message": "oops"}, request=sent))

    with pytest.raises(ContractBroken) as caught:
        answer.expect(400, rule="the rule", source="the source")

    found = caught.value.finding
    assert found == Finding("getJob", "the rule", "the source", "must answer 400, got 500", found.exchange)
    assert found.exchange == RedactedExchange(
        500, '{"message": "oops"}', "curl -i http://127.0.0.1:1/v2/jobs/1"
    )


def test_no_secret_is_shown() -> None:
    answer = {"id": "1", "token": "token-5417", "download_passwords": ["5417"]}
    with pytest.raises(ContractBroken) as caught:
        exchange(201, answer).expect(400, rule="r", source="s")

    assert "5417" not in str(caught.value)
    assert "5417" not in repr(caught.value)
    assert '"token": "***"' in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"code": 400, "message": "m", "errors": {}}, "must name 'seed' in `errors`"),
        (
            400,
            {"code": 400, "message": "", "errors": {"seed": ["x"]}},
            "must describe the error in `message`",
        ),
        (
            400,
            {"message": "m"},
            "fields code, message, errors of Error: code is required; errors is required",
        ),
        (400, "only a text", "fields code, message, errors of Error: the payload must be an object"),
        (422, {"code": 400, "message": "m", "errors": {"seed": ["x"]}}, "must answer 400, got 422"),
    ],
)
def test_an_error_must_be_exact(status: int, body: object, words: str) -> None:
    with pytest.raises(ContractBroken, match=words):
        exchange(status, body).expect_error(400, naming="seed", rule="r", source="s")


def test_what_is_not_json_breaks_the_contract() -> None:
    sent = httpx.Request("GET", "http://127.0.0.1:1/")
    answer = Exchange(operations()["getJob"], httpx.Response(200, content=b"<html>", request=sent))

    with pytest.raises(ContractBroken, match="must answer with JSON"):
        answer.document("Job", rule="r")


def test_what_is_right_passes() -> None:
    body = {"code": 400, "message": "m", "errors": {"seed": ["x"]}}

    assert (
        exchange(400, body).expect_error(400, naming="seed", rule="r", source="s").response.status_code == 400
    )
