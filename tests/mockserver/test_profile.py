"""Each entry of the ledger: the other answer changes what the server does, seen over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.schema import ledger
from tests.bodies import PROMPT
from tests.mockserver.looks import access, callbacks, jobs, outputs, pictures, wire

Client = httpx.Client
SEEN = {**jobs.LOOKS, **pictures.LOOKS, **outputs.LOOKS, **access.LOOKS, **wire.LOOKS, **callbacks.LOOKS}


#: Answers by which a server says what `openapi.json` does not allow; all others stay within it.
BEYOND_THE_DOCUMENT = {
    ("contract-unit", "minutes"),
    ("contracts-shape", "array"),
    ("download-password-refused", "403"),
    ("empty-catalogue", "no-content"),
    ("error-fields", "message"),
    ("error-texts", "texts"),
    ("gone-output", "410"),
    ("invalid-key", "403"),
    ("invalid-request", "422"),
    ("local-source", "absent"),
    ("output-name-field", "name"),
    ("processing-word", "running"),
    ("request-ids", "absent"),
    ("timestamps", "zone"),
    ("upload-answer", "input"),
    ("upload-status", "201"),
}


def looked_at(look: Callable[..., object], serve: Callable[..., Client], **settings: Any) -> object:
    clock = ManualClock()
    http = serve(clock=clock, callback_secret="sesame", **settings)
    return look(http, clock) if "clock" in signature(look).parameters else look(http)


def assert_same(seen: object, expected: object) -> None:
    """Assert that two things are equal and of equal types: `True == 1 == 1.0` is not enough."""
    assert seen == expected
    assert repr(seen) == repr(expected)


def test_every_entry_is_looked_at() -> None:
    assert {entry: set(seen) for entry, (_, seen) in SEEN.items()} == {
        entry.id: set(entry.choices) for entry in ledger().values()
    }


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        pytest.param(
            entry, answer, marks=[pytest.mark.undocumented] * ((entry, answer) in BEYOND_THE_DOCUMENT)
        )
        for entry, (_, seen) in SEEN.items()
        for answer in seen
    ],
)
def test_the_server_does_as_its_profile_says(serve: Callable[..., Client], entry: str, answer: str) -> None:
    look, seen = SEEN[entry]

    assert_same(looked_at(look, serve, answers={entry: answer}), seen[answer])


@pytest.mark.parametrize("entry", SEEN)
def test_without_a_profile_it_does_as_the_ledger_says(serve: Callable[..., Client], entry: str) -> None:
    look, seen = SEEN[entry]

    assert_same(looked_at(look, serve), seen[ledger()[entry].default])


@pytest.mark.parametrize("entry", SEEN)
def test_each_answer_of_an_entry_is_seen_to_differ(entry: str) -> None:
    _, seen = SEEN[entry]

    assert len({repr(each) for each in seen.values()}) == len(seen)


def test_where_unknown_fields_are_refused_those_of_an_input_are_known(serve: Callable[..., Client]) -> None:
    http = serve(answers={"unknown-field": "refuse"})
    job = http.post("/jobs", json={"process": False}).json()

    known = http.post(f"/jobs/{job['id']}/input", json=PROMPT)
    unknown = http.post(f"/jobs/{job['id']}/input", json={**PROMPT, "priority": 1, "": 2})

    assert (known.status_code, unknown.status_code) == (201, 400)
    assert list(unknown.json()["errors"]) == ["priority", ""]


@pytest.mark.parametrize(
    ("password", "status"), [("sesame\n", 201), ("x" * 1000 + "\n", 201), ("sesame\n\n", 400)]
)
def test_a_newline_that_slips_past_a_pattern_is_not_counted_in_bytes(
    serve: Callable[..., Client], password: str, status: int
) -> None:
    http = serve(answers={"text-length": "bytes", "trailing-newline": "accept"})
    conversion = {"target": "text-to-image", "options": {"download_password": password}}

    assert http.post("/jobs", json={"process": False, "conversion": [conversion]}).status_code == status
