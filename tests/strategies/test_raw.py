"""Raw bodies are what no JSON library writes, and the mock server treats each as it should."""

from __future__ import annotations

import json

import httpx
import orjson
import pytest

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.schema import Profile, ledger, options_schema
from pixelpact.strategies import RawFault, raw_faults

BEFORE, AFTER = json.dumps(staged_job("@")).split('"@"')


def in_a_job(options: str) -> str:
    return f"{BEFORE}{options}{AFTER}"


@pytest.mark.parametrize("fault", raw_faults(), ids=lambda fault: fault.id)
def test_no_json_library_writes_it(fault: RawFault) -> None:
    """Reading it and writing what was read gives other bytes, or it can't be read."""
    try:
        written = [json.dumps(json.loads(fault.body)).encode(), orjson.dumps(orjson.loads(fault.body))]
    except (ValueError, RecursionError):
        return

    assert fault.body not in written


@pytest.mark.parametrize("fault", raw_faults(wrap=in_a_job), ids=lambda fault: fault.id)
def test_the_mock_server_refuses_it_or_does_as_its_profile_says(http: httpx.Client, fault: RawFault) -> None:
    answer = http.post("/jobs", content=fault.body, headers={"Content-Type": "application/json"})

    wrong_last = fault.case == "duplicate-key-wrong-last"
    assert answer.status_code == (201 if fault.ledger and not wrong_last else 400), answer.text
    # What is not JSON has no options to name.
    assert list(answer.json()["errors"]) == ([fault.option] if wrong_last else []), answer.text


def test_what_the_ledger_decides_is_in_the_ledger() -> None:
    decided = {fault.ledger for fault in raw_faults() if fault.ledger}

    assert decided == {"duplicate-keys", "number-texts"}
    assert decided <= set(ledger())
    assert {Profile()[entry] for entry in decided} == {"last", "double"}


def test_every_number_has_its_not_a_numbers() -> None:
    numbers = [
        name for name, spec in options_schema()["properties"].items() if spec["type"] in ("number", "integer")
    ]
    found = {(fault.option, fault.case) for fault in raw_faults()}

    assert {
        (name, case) for name in numbers for case in ("nan", "infinity", "past-doubles", "long-integer")
    } <= found


def test_other_schemas_have_their_own() -> None:
    open_ended = {"type": "object", "properties": {"n": {"type": "number"}, "flag": {"type": "boolean"}}}

    found = {fault.id for fault in raw_faults(open_ended)}

    assert "n-nan" in found
    assert "n-past-doubles" not in found, "without a maximum it is not beyond it"
    assert raw_faults({"type": "object", "properties": {}})[2].body == b'{"option": null'
