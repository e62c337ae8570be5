"""Each check of the machine has a server that is wrong in the one thing that only this check notices."""

from __future__ import annotations

import re

import pytest

from pixelpact.contract_tests import ContractBroken, machine_for
from pixelpact.mockserver import Server, Settings
from tests.contract_tests.machine.wrong.access import ACCESS
from tests.contract_tests.machine.wrong.answers import ANSWERS
from tests.contract_tests.machine.wrong.jobs import HISTORY, JOBS
from tests.contract_tests.machine.wrong.listings import LISTINGS
from tests.contract_tests.machine.wrong.outputs import OUTPUTS
from tests.contract_tests.machine.wrong.parts import PARTS
from tests.contract_tests.machine.wrong.steps import Wrong
from tests.samples import sampled
from tests.wrong_servers import Patch

WRONG = {
    f"{name}-{case}": wrong
    for name, table in {
        "answer": ANSWERS,
        "job": JOBS,
        "history": HISTORY,
        "listing": LISTINGS,
        "access": ACCESS,
        "part": PARTS,
        "output": OUTPUTS,
    }.items()
    for case, wrong in table.items()
}


def meet(server: Server, wrong: Wrong) -> None:
    """Take the steps with a machine of its own; like Hypothesis, end with its teardown."""
    machine = machine_for(server.base_url, profile=wrong.settings.get("profile"))()
    try:
        wrong.steps(machine)
        machine.teardown()
    finally:
        for account in machine.accounts:
            account.api.close()


@pytest.mark.parametrize("name", sampled(WRONG, 50))
def test_only_the_wrong_server_is_noticed(monkeypatch: Patch, name: str) -> None:
    wrong = WRONG[name]
    settings = Settings(**{"pace": "instant", **wrong.settings})
    with Server(settings) as server:
        meet(server, wrong)

    wrong.break_it(monkeypatch)

    with Server(settings) as server, pytest.raises(ContractBroken, match=re.escape(wrong.says)):
        meet(server, wrong)
