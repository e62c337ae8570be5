"""The context of a run: pauses between reads of jobs, and paid jobs that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.context import Context
from pixelpact.mockserver import Server, Settings
from tests.contract_tests.suite import KEYS


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """The context of a run against a server whose jobs end with the first read."""
    with Server(Settings(pace="instant")) as server:
        target = Target(server.base_url, *KEYS)
        with session(target, Limits(50, 5), RunFiles(tmp_path, "run")) as context:
            yield context


def paid_jobs(context: Context) -> int:
    assert context.api.budget is not None
    return context.api.budget.spent().paid_jobs


def test_jobs_that_have_ended_at_the_first_read_are_not_waited_for(context: Context) -> None:
    pauses: list[float] = []
    context.sleep = pauses.append

    for prompt in ("A fox", "A hare", "An owl"):
        context.draw(prompt)

    assert pauses == [0.0, 0.0, 0.0]


def test_a_paid_job_that_is_refused_is_given_back(context: Context) -> None:
    context.launch("A fox", options={"width": -7})
    after_refusal = paid_jobs(context)
    context.launch("A fox")

    assert (after_refusal, paid_jobs(context)) == (0, 1)
