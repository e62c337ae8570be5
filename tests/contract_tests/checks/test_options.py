"""Servers that accept an invalid option, or refuse a valid one, are noticed by the checks of options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pytest

from pixelpact.contract_tests import ContractBroken
from pixelpact.contract_tests.checks.test_creation import test_valid_options_are_accepted_and_shown as accept
from pixelpact.contract_tests.checks.test_refusals import test_invalid_options_are_refused as refuse
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import options_schema
from pixelpact.strategies import Invalid, boundaries, single_faults
from tests.wrong_servers import Change, Patch, Traffic, rewriting


def mistaking(option: str, mistaken: Callable[[Any], bool], *, value: object) -> Change:
    """Replace some values of an option by another value."""

    def change(request: Traffic) -> None:
        body = request.json
        options = body["conversion"][0]["options"]
        if option in options and mistaken(options[option]):
            options[option] = value
            request.json = body

    return change


def without_unknown_options(request: Traffic) -> None:
    body = request.json
    (conversion,) = body["conversion"]
    known = options_schema()["properties"]
    conversion["options"] = {name: value for name, value in conversion["options"].items() if name in known}
    request.json = body


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


#: Faults that a server overlooks: the option, and the change of requests that makes it overlook them.
LENIENT = {
    "cfg-scale-31": ("cfg_scale", lambda value: is_number(value) and 30 < value <= 31, 30),
    "width-63": ("width", lambda value: is_number(value) and 0 < value < 64, 64),
    "seed-true": ("seed", lambda value: value is True, 1),
    "numeric-strings": ("height", lambda value: isinstance(value, str), 64),
    "style-case": ("style", lambda value: isinstance(value, str) and value.lower() == "anime", "anime"),
    "trailing-newline": ("download_password", lambda value: str(value).endswith("\n"), "sesame"),
}
#: Valid values that a server refuses.
STRICT = {
    "steps-60-refused": ("num_inference_steps", lambda value: value == 60, 61),
    "seed-whole-float": ("seed", lambda value: isinstance(value, float), "a text"),
}


def refuse_all(api: ApiClient, faults: Iterable[Invalid]) -> None:
    for fault in faults:
        refuse(api, fault)


def accept_all(api: ApiClient, option: str) -> None:
    for valid in boundaries():
        if valid.option == option:
            accept(api, valid)


def said(check: Callable[[ApiClient], None]) -> str:
    """What the check says of a server with all patches, which must be wrong."""
    with (
        Server(Settings(pace="instant")) as server,
        closing(ApiClient(server.base_url, "key")) as api,
        pytest.raises(ContractBroken) as caught,
    ):
        check(api)
    return str(caught.value)


@pytest.mark.parametrize(("option", "mistaken", "value"), LENIENT.values(), ids=LENIENT)
def test_a_fault_that_is_accepted_is_noticed(
    monkeypatch: Patch, option: str, mistaken: Callable[[Any], bool], value: object
) -> None:
    rewriting("createJob", request=mistaking(option, mistaken, value=value))(monkeypatch)

    text = said(lambda api: refuse_all(api, (fault for fault in single_faults() if fault.option == option)))

    assert text.startswith("createJob must answer 400, got 201\n")
    assert f"invalid options: {option}" in text


def test_unknown_options_that_are_accepted_are_noticed(monkeypatch: Patch) -> None:
    rewriting("createJob", request=without_unknown_options)(monkeypatch)

    unknown = [fault for fault in single_faults() if fault.keyword == "additionalProperties"]
    text = said(lambda api: refuse_all(api, unknown))

    assert text.startswith("createJob must answer 400, got 201\n")
    assert "additional" in text


@pytest.mark.parametrize(("option", "mistaken", "value"), STRICT.values(), ids=STRICT)
def test_a_valid_option_that_is_refused_is_noticed(
    monkeypatch: Patch, option: str, mistaken: Callable[[Any], bool], value: object
) -> None:
    rewriting("createJob", request=mistaking(option, mistaken, value=value))(monkeypatch)

    text = said(lambda api: accept_all(api, option))

    assert text.startswith("createJob must answer 201, got 400\n")
    assert f"valid options: {option}" in text
