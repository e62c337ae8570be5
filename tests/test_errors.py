"""Each part has one tree of errors, under one base, drawn where it grows."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import pixelpact.contract_tests
import pixelpact.mockserver
import pixelpact.schema
import pixelpact.strategies
from pixelpact.contract_tests.client.errors import ContractTestsError
from pixelpact.mockserver import MockServerError, errors
from pixelpact.schema import SchemaError
from pixelpact.strategies.errors import StrategyError

PARTS = {
    "schema": (pixelpact.schema, SchemaError),
    "strategies": (pixelpact.strategies, StrategyError),
    "mockserver": (pixelpact.mockserver, MockServerError),
    "contract_tests": (pixelpact.contract_tests, ContractTestsError),
}


def errors_of(part: ModuleType) -> set[type[BaseException]]:
    """All exception classes that the modules of a part define."""
    names = [module.name for module in pkgutil.walk_packages(part.__path__, part.__name__ + ".")]
    modules = [importlib.import_module(name) for name in names if "checks.test_" not in name]
    return {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize(("part", "base"), PARTS.values(), ids=PARTS.keys())
def test_all_errors_of_a_part_have_its_base(part: ModuleType, base: type[BaseException]) -> None:
    found = errors_of(part)

    assert base in found
    assert {kind for kind in found if not issubclass(kind, base)} == set()


def test_the_tree_of_the_mock_server_is_drawn_whole() -> None:
    own = {kind.__name__ for kind in errors_of(pixelpact.mockserver) if kind.__module__ == errors.__name__}

    assert {name for name in own if name not in (errors.__doc__ or "")} == set()
