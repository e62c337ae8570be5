"""What a broken contract says, and what it never says."""

from __future__ import annotations

import shlex

import httpx
import pytest

from pixelpact.contract_tests.client.exchange import ContractBroken, Exchange, curl
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


def test_a_failure_names_operation_rule_source_answer_and_request() -> None:
    with pytest.raises(ContractBroken) as caught:
        exchange(500, {"message": "oops"}).expect(400, rule="the rule", source="the source")

    text = str(caught.value)
    assert text.startswith("createJob must answer 400, got 500\n")
    for words in (
        "rule     the rule",
        "source   the source",
        'answer   500 {"message": "oops"}',
        "repeat   curl -i",
    ):
        assert words in text


def test_no_secret_is_shown() -> None:
    answer = {"id": "1", "token": "token-5417", "download_passwords": ["5417"]}
    with pytest.raises(ContractBroken) as caught:
        exchange(201, answer).expect(400, rule="r", source="s")

    assert "5417" not in str(caught.value)
    assert '"token": "***"' in str(caught.value)


def test_the_curl_line_is_one_that_a_shell_understands() -> None:
    line = curl(exchange(200, {}).response.request)

    words = shlex.split(line)
    assert words[:5] == ["curl", "-i", "-X", "POST", "http://127.0.0.1:1/v2/jobs"]
    assert "x-api2convert-api-key: $API2CONVERT_API_KEY" in words
    assert '"x-api2convert-api-key: $API2CONVERT_API_KEY"' in line
    assert "content-type: application/json" in words


def test_bytes_and_long_texts_are_shortened() -> None:
    raw = curl(exchange(200, {}, json=None, content=b"\x00\xff" * 50).response.request)
    long = curl(exchange(200, {}, json={"x": "y" * 5000}).response.request)

    assert "<100 bytes>" in raw
    assert len(long) < 1500


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"code": 400, "message": "m", "errors": {}}, "must name 'seed' in `errors`"),
        (400, {"code": 400, "message": "", "errors": {"seed": ["x"]}}, "must say in `message`"),
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


def test_what_is_no_json_breaks_the_contract() -> None:
    sent = httpx.Request("GET", "http://127.0.0.1:1/")
    answer = Exchange(operations()["getJob"], httpx.Response(200, content=b"<html>", request=sent))

    with pytest.raises(ContractBroken, match="must answer with JSON"):
        answer.expect_schema("Job", rule="r")


def test_what_is_right_passes() -> None:
    body = {"code": 400, "message": "m", "errors": {"seed": ["x"]}}

    assert (
        exchange(400, body).expect_error(400, naming="seed", rule="r", source="s").response.status_code == 400
    )
