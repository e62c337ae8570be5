"""Collects the checks and probes, where pytest is given this folder or this package."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelpact.contract_tests import pytest_items

_FILE = Path(__file__).with_name("pytest_items.py")
_HOOKS = "pixelpact-contract-tests"


def pytest_configure(config: pytest.Config) -> None:
    """Add the hooks of a run, unless the plugin has: it does where pytest is given the package."""
    if not config.pluginmanager.has_plugin(_HOOKS):
        config.pluginmanager.register(pytest_items, _HOOKS)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the checks and probes, whatever the project's `python_files` are."""
    if file_path != _FILE:
        return None
    file: pytest.Collector = pytest_items.ContractFile.from_parent(parent, path=file_path)
    return file
