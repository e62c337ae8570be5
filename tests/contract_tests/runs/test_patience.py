"""A run waits for jobs and for a server that is busy, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.runs.keys import own_keys
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.runs.tidying import Things, untidy
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Check, Cost
from pixelpact.contract_tests.suite.made import Made
from pixelpact.contract_tests.suite.results import Verdict
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile
from tests.contract_tests.suite import results_of
from tests.wrong_servers import Traffic, rewriting

#: An hour is longer than a run waits for a server that is busy.
_AN_HOUR_S = "3600"


def check(name: str, verify: Callable[[Context], object]) -> Check:
    """A check that is not registered, with costs for several requests."""

    def verified(context: Context) -> None:
        verify(context)

    return Check(
        id=f"patience/{name}",
        operation="getJob",
        rule="it is so",
        source="a document",
        cost=Cost(20),
        verify=verified,
        uses=(open_job,),
    )


def busy(pause: str | None) -> Callable[[Traffic], None]:
    """An answer that there were too many requests, with a pause to wait."""

    def change(answer: Traffic) -> None:
        answer.status = 429
        if pause is not None:
            answer.headers.append(("retry-after", pause))

    return change


def read(context: Context) -> None:
    """Read a job."""
    context.read(open_job(context).id).expect(200)


def test_a_job_that_does_not_begin_is_a_finding_and_the_next_is_not_waited_for(tmp_path: Path) -> None:
    pauses: list[float] = []

    def finish(context: Context) -> None:
        context.sleep = pauses.append
        context.finish(open_job(context).id)

    first, second = results_of(tmp_path, [check("first", finish), check("second", finish)])

    assert first.verdict is Verdict.BREAKS
    assert "must end, is incomplete" in first.what
    assert second.verdict is Verdict.NOT_CONCLUSIVE
    assert "an earlier job did not end" in second.what
    assert sum(pauses) < 60


def test_a_server_that_stays_busy_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewriting("getJob", answer=busy("0"))(monkeypatch)

    results = results_of(tmp_path, [check(str(number), read) for number in range(5)])

    assert [result.verdict for result in results] == [Verdict.NOT_CONCLUSIVE] * 3 + [Verdict.NOT_REACHED] * 2
    assert "getJob was answered 429 3 times" in results[0].what
    assert "in a row" in results[-1].what


@pytest.mark.parametrize("pause", [None, _AN_HOUR_S])
def test_a_server_that_is_busy_for_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: str | None
) -> None:
    rewriting("getJob", answer=busy(pause))(monkeypatch)

    (result,) = results_of(tmp_path, [check("once", read)])

    assert (result.verdict, result.requests) == (Verdict.BREAKS, 2)  # the job is created, and read once


def test_what_a_busy_server_does_not_let_tidy_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewriting("cancelJob", "getJob", answer=busy("0"))(monkeypatch)
    files = RunFiles(tmp_path, "busy")

    with Server(Settings(pace="instant")) as server:
        target = Target(server.base_url, *own_keys("busy"), given=Profile(), run_id="busy")
        with session(target, Limits(40, 0), files) as context:
            open_job(context)

    assert untidy(Made.read(files.made)) == Things(jobs=1)
