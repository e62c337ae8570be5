"""The stateful machine as a phase of a run: within its budget, by the observed profile, and tidied."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.runs.machine_phase import machine_phase
from pixelpact.contract_tests.runs.outcome import Outcome, run_plan
from pixelpact.contract_tests.runs.plan import make_plan
from pixelpact.contract_tests.runs.session import Target
from pixelpact.contract_tests.suite.results import Verdict
from pixelpact.schema import Profile
from tests.contract_tests.suite import KEYS, with_their_probes
from tests.counting import Counted, counting
from tests.wrong_servers import Traffic, rewriting


def run(
    counted: Counted,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    max_requests: int = 600,
    tidies: bool = True,
) -> Outcome:
    """A run of one check, with its probes, and of the machine; `tidies` unless ids can't be known."""
    monkeypatch.setenv("PIXELPACT_STATE_DIR", str(folder))
    target = Target(counted.base_url, *KEYS, given=Profile())
    items = with_their_probes(["jobs/created-status", "ledger/spent", "ledger/error-fields"])
    plan = make_plan(items, available=target.available, max_requests=max_requests, machine_runs=2)
    limits = Limits(plan.cost.requests, plan.cost.paid_jobs)
    outcome = run_plan(plan, target, limits, phases=(machine_phase(2),))
    assert counted.requests <= plan.cost.requests <= max_requests
    assert not tidies or counted.left() == []
    return outcome


def test_the_machine_agrees_with_the_mock_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting() as counted:
        outcome = run(counted, tmp_path, monkeypatch)

    assert [(one.id, one.verdict) for one in outcome.results if one.area == "machine"] == [
        ("machine/random-calls", Verdict.HOLDS)
    ]


@pytest.mark.undocumented
def test_the_machine_finds_what_a_wrong_server_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting(mutants=("jobs/created-status",)) as counted:
        result = run(counted, tmp_path, monkeypatch).results[-1]

    assert (result.area, result.operation, result.verdict) == ("machine", "createJob", Verdict.BREAKS)
    assert "must answer 201, got 200" in result.what
    assert result.exchange is not None
    assert "curl" in result.exchange.curl


@pytest.mark.undocumented
def test_the_machine_goes_by_the_observed_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting(profile=Profile({"error-fields": "message", "spent": "nothing"})) as counted:
        results = run(counted, tmp_path, monkeypatch).results

    assert results[-1].verdict is Verdict.HOLDS, results[-1].what


@pytest.mark.undocumented
@pytest.mark.parametrize("body", [b"null", b'{"id": 7}', b"\xff", b'{"id": "7", "status": []}'])
@pytest.mark.parametrize("operation", ["createJob", "listJobs", "getJob"])
def test_nothing_that_a_server_answers_breaks_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, body: bytes
) -> None:
    def answer(traffic: Traffic) -> None:
        traffic.body = body

    rewriting(operation, answer=answer)(monkeypatch)
    with counting() as counted:
        result = run(counted, tmp_path, monkeypatch, tidies=False).results[-1]

    assert result.area == "machine"
    assert result.verdict in (Verdict.BREAKS, Verdict.NOT_REACHED)


def test_the_budget_ends_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting() as counted:
        result = run(counted, tmp_path, monkeypatch, max_requests=70).results[-1]

    assert (result.area, result.verdict) == ("machine", Verdict.NOT_REACHED)
