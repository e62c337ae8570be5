"""A job whose creation the budget forbids was never sent, so nothing of it is left to look for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests.client.budget import Budget, Limits
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import BudgetSpent
from pixelpact.contract_tests.suite.context import FIRST, Context
from pixelpact.contract_tests.suite.made import Made
from pixelpact.schema import Profile


def test_a_job_that_the_budget_forbids_leaves_nothing(tmp_path: Path) -> None:
    budget = Budget(Limits(max_requests=1, max_paid_jobs=0), tmp_path / "budget")
    made = Made(None)
    client = ApiClient("http://127.0.0.1:9/v2", "key", budget=budget)
    context = Context(clients={FIRST: client}, given=Profile(), made=made, run_id="run")

    with pytest.raises(BudgetSpent):
        context.stage()

    assert made.is_tidy
    client.close()
