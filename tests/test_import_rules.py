"""Every import rule is seen to fail on a violation that is planted for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise, permutations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("schema", "strategies", "mockserver", "contract_tests")
LINTER = Path(sys.executable).with_name("lint-imports")

#: The rule, the part that breaks it, and the import that does.
PLANTED = [
    ("schema-stands-alone", "schema", "pixelpact.strategies"),
    ("schema-stands-alone", "schema", "hypothesis"),
    ("schema-stands-alone", "schema", "starlette.requests"),
    ("strategies-know-no-server", "strategies", "pixelpact.mockserver"),
    ("strategies-know-no-server", "strategies", "httpx"),
    ("mockserver-knows-no-tests", "mockserver", "pixelpact.strategies"),
    ("mockserver-knows-no-tests", "mockserver", "hypothesis"),
    ("mockserver-knows-no-tests", "mockserver", "pytest"),
    ("contract-tests-know-a-url", "contract_tests", "pixelpact.mockserver"),
    ("contract-tests-know-a-url", "contract_tests", "starlette"),
    ("nobody-imports-the-cli", "schema", "pixelpact.cli"),
    ("nobody-imports-the-cli", "mockserver", "pixelpact.pytest_plugin"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package, laid out as it is installed."""
    package = tmp_path / "src" / "pixelpact"
    shutil.copytree(
        ROOT / "src" / "pixelpact", package, symlinks=False, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(tree / "src")}
    return subprocess.run(
        [LINTER, "--no-cache"], cwd=tree, env=env, capture_output=True, text=True, check=False
    )


def test_the_package_keeps_all_rules(tree: Path) -> None:
    result = lint(tree)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("rule", "part", "module"), PLANTED, ids=lambda value: str(value))
def test_a_planted_violation_breaks_its_rule(tree: Path, rule: str, part: str, module: str) -> None:
    planted = tree / "src" / "pixelpact" / part / "planted.py"
    planted.write_text(f'"""Planted."""\n\nimport {module}\n', encoding="utf-8")
    contracts = tree.joinpath("pyproject.toml").read_text(encoding="utf-8")
    name = contracts.split(f'id = "{rule}"')[1].split('name = "')[1].split('"')[0]

    result = lint(tree)

    assert result.returncode == 1
    assert f"{name} BROKEN" in result.stdout
    assert f"pixelpact.{part}.planted -> {module.partition('.')[0]}" in result.stdout


def forbidden_imports(contract: dict) -> set[tuple[str, str]]:
    """What no module may import by a contract on layers: from a layer the next above, and each other beside it."""
    layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    upward = [(low, high) for above, below in pairwise(layers) for low in below for high in above]
    beside = [pair for layer in layers for pair in permutations(layer, 2)]
    return {
        (f"{container}.{importer}", f"{container}.{imported}")
        for container in contract["containers"]
        for importer, imported in upward + beside
    }


LAYERS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    if contract["type"] == "layers"
}


@pytest.mark.parametrize("rule", LAYERS)
def test_an_import_from_the_next_layer_or_beside_breaks_the_layers(tree: Path, rule: str) -> None:
    forbidden = forbidden_imports(LAYERS[rule])
    for importer, imported in forbidden:
        place = tree.joinpath("src", *importer.split("."))
        module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        with module.open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")

    result = lint(tree)

    assert result.returncode == 1
    assert f"{LAYERS[rule]['name']} BROKEN" in result.stdout
    printed = " ".join(result.stdout.split())
    assert forbidden
    for importer, imported in sorted(forbidden):
        assert f"{importer} is not allowed to import {imported}:" in printed


def test_the_plugin_imports_nothing_but_pytest_and_the_standard_library() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import pixelpact.pytest_plugin;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(result.stdout.split())
    assert loaded - set(sys.stdlib_module_names) == {"pixelpact"}
