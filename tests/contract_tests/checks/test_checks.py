"""Each check of the contract tests has a server that is wrong in one thing, and says what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType

import pytest

from pixelpact.contract_tests import ContractBroken, checks
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.mockserver import Server, Settings
from tests.contract_tests.checks.wrong import KEY, TABLES, WRONG, Wrong
from tests.wrong_servers import Patch


def all_checks() -> Iterator[Callable[..., None]]:
    for module in iter_modules(checks.__path__, f"{checks.__name__}."):
        members = vars(import_module(module.name))
        yield from (member for name, member in members.items() if name.startswith("test_"))


def meet(wrong: Wrong) -> None:
    with Server(Settings(pace="instant")) as server, closing(ApiClient(server.base_url, KEY)) as api:
        arguments = dict(wrong.given(api))
        if "api" in wrong.check.__annotations__:
            arguments["api"] = api
        wrong.check(**arguments)


def test_each_check_has_a_wrong_server() -> None:
    names = {check.__name__ for check in all_checks()}
    assert {type(check) for check in all_checks()} == {FunctionType}

    assert names - {wrong.check.__name__ for wrong in WRONG.values()} == set()
    assert len(WRONG) == sum(len(table) for table in TABLES)


@pytest.mark.undocumented
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_only_the_wrong_server_is_noticed(monkeypatch: Patch, wrong: Wrong) -> None:
    meet(wrong)

    wrong.break_it(monkeypatch)

    with pytest.raises(ContractBroken, match=re.escape(wrong.says)):
        meet(wrong)
