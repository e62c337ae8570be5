"""The judge of every answer finds what is wrong in time, and says in which test."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pixelpact.mockserver import Mock, Settings
from tests.conformance import Findings, Judged

SCOPE = {"type": "http", "method": "GET", "path": "/v2/jobs", "raw_path": b"/v2/jobs"}
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
PARTS = [
    {"type": "http.response.body", "body": b'[{"id": ', "more_body": True},
    {"type": "http.response.body", "body": b"7}]"},
]


def respond(
    monkeypatch: pytest.MonkeyPatch, findings: Findings, messages: list[dict[str, Any]], error: str = ""
) -> list[bool]:
    """Whether something was found each time that a message was passed on."""
    known: list[bool] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        findings.begin("the next test", exempt=False)
        for message in messages:
            await send(message)
        if error:
            raise ConnectionError(error)

    async def send(_message: Any) -> None:
        known.append(bool(findings))

    monkeypatch.setattr("tests.conformance.create_app", lambda _: app)
    asyncio.run(Judged(Mock(Settings()), findings, set())(SCOPE, None, send))
    return known


def test_an_answer_is_judged_before_its_last_part_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert respond(monkeypatch, Findings(), [START, *PARTS]) == [False, False, True]


def test_a_finding_is_of_the_test_in_which_its_request_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = Findings()
    findings.begin("this test", exempt=False)

    respond(monkeypatch, findings, [START, *PARTS])

    assert findings.take("the next test") == []
    assert "GET /v2/jobs: " in str(findings.take("this test"))
    assert not findings


def test_an_answer_that_breaks_off_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = Findings()

    with pytest.raises(ConnectionError):
        respond(monkeypatch, findings, [START, PARTS[0]], error="broken off")

    assert len(findings.take("")) >= 1


def test_late_findings_are_kept_unless_their_test_was_exempt() -> None:
    findings = Findings()
    findings.begin("exempt", exempt=True)
    findings.begin("judged", exempt=False)

    for test in ("exempt", "judged", "judged"):
        findings.add(test, "late")

    assert findings.take_rest() == ["judged: late", "judged: late"]
