"""What a person asks for is refused in one sentence, without a secret in it, if it can't be done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from pixelpact.contract_tests.client.errors import UsageError
from pixelpact.contract_tests.runs.request import Asked, check_limits

_KEYS = ("API2CONVERT_API_KEY", "API2CONVERT_SECOND_API_KEY", "API2CONVERT_CALLBACK_SECRET")
_URL = "http://127.0.0.1:8010/v2"


def refusal(base_url: str = _URL, environment: Mapping[str, str] | None = None, **options: Any) -> str:
    """The sentence with which a request is refused."""
    with pytest.raises(UsageError) as caught:
        Asked(base_url, **options).target("run", environment or {})
    return str(caught.value)


@pytest.mark.parametrize("name", _KEYS)
@pytest.mark.parametrize("value", ["sup3r\rsecret", "sup3rsecret\x00x", "sup3rsécret", "sup3rsecret\udce9"])
def test_a_key_that_no_header_can_hold_is_refused(name: str, value: str) -> None:
    message = refusal(environment={"API2CONVERT_API_KEY": "fine", name: value})

    assert message == f"the environment variable {name} has a character that no header can hold"


def test_white_space_around_keys_is_left_out() -> None:
    target = Asked(f"{_URL}\r").target("run", dict.fromkeys(_KEYS, " secret\r\n"))

    assert (target.base_url, target.api_key, target.second_key, target.secret) == (_URL, *["secret"] * 3)


@pytest.mark.parametrize(
    ("base_url", "fault"),
    [
        ("http://[::1/v2", "host or port"),
        ("http://127.0.0.1:80a/v2", "host or port"),
        ("http://127.0.0.1:99999/v2", "host or port"),
        ("http://127.0.0.1:0/v2", "host or port"),
        ("http://host name/v2", "a space"),
        ("http://host/v 2", "a space"),
        ("http://host/\udce9", "a space or another character"),
        (f"{_URL}?x=1", "must not have a ?"),
        (f"{_URL}#f", "must not have a ? or #"),
        ("localhost:8010", "must start with http://"),
        ("ftp://host/v2", "must start with http://"),
        ("http:///v2", "and a host"),
        ("", "must start with"),
    ],
)
def test_a_url_of_no_use_is_refused(base_url: str, fault: str) -> None:
    assert fault in refusal(base_url)
    assert fault in refusal(listener_url=base_url)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://user:pa55@host:80a/v2",
        "http://user:pa55@[::1/v2",
        "user:pa55@host/v2",
        "http://user:pa55/x@host/v2",
        "http://user:pa55#x@host/v2",
        "http://host/v2?key=pa55",
    ],
)
def test_no_secret_of_a_refused_url_is_shown(base_url: str) -> None:
    assert "pa55" not in refusal(base_url)


def test_no_secret_is_in_the_text_of_a_target() -> None:
    asked = Asked("http://user:s3cr3t@127.0.0.1:8010/v2")

    assert "s3cr3t" not in f"{asked!r} {asked.target('run', dict.fromkeys(_KEYS, 's3cr3t'))!r}"


def test_a_shown_url_has_no_password() -> None:
    target = Asked("http://user:pa55@127.0.0.1:8010/v2/").target("run", {})

    assert target.base_url == "http://user:pa55@127.0.0.1:8010/v2"
    assert target.shown_url == _URL


@pytest.mark.parametrize("name", ["", "5417", "sk-5417", "NAME=x"])
def test_a_name_that_no_variable_has_is_refused_and_not_shown(name: str) -> None:
    message = refusal(key_variable=name, prefix="--pixelpact-")

    assert message.startswith("--pixelpact-api-key-env must be the name of an environment variable")
    assert not name or name not in message


@pytest.mark.parametrize("environment", [{}, {"NAMED": " "}])
def test_a_variable_that_is_named_must_hold_a_key(environment: dict[str, str]) -> None:
    assert "--api-key-env names is not set or empty" in refusal(environment=environment, key_variable="NAMED")


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    assert f"from 0 to 65535, got {port}" in refusal(listener_port=port)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_requests", 0),
        ("max_paid_jobs", -1),
        ("rate", 0),
        ("rate", math.nan),
        ("max_time", -3),
        ("max_time", math.inf),
    ],
)
def test_a_limit_that_is_too_low_or_not_a_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"^--x-{name.replace('_', '-')} must be at least "):
        check_limits("--x-", **{name: value})


def test_limits_may_be_as_low_as_they_can() -> None:
    check_limits(max_requests=1, max_paid_jobs=0, rate=0.01, max_time=1)
    check_limits(max_requests=None)
