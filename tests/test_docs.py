"""The examples of the docs run, and what they say about the command line and the code is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import tomllib
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import pixelpact
from pixelpact.cli.server import serve
from pixelpact.mockserver import Server, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```python\n(.*?)```", README, re.DOTALL))
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
#: Folders that paths in ARCHITECTURE.md are relative to.
BASES = [ROOT, *(ROOT / part for part in ("schema", "strategies", "mockserver", "contract_tests"))]
PATHS = sorted(set(re.findall(r"`([\w-][\w./-]*(?:/|\.(?:py|json|toml|md)))`", ARCHITECTURE)))


def modules() -> list[str]:
    found = pkgutil.walk_packages(pixelpact.__path__, "pixelpact.")
    return [
        module.name
        for module in found
        if not re.search(r"__main__|contract_tests\.(test_|conftest)", module.name)
    ]


@pytest.mark.parametrize("name", modules())
def test_docstring_examples_are_true(name: str) -> None:
    results = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )

    assert results.failed == 0


def test_first_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(Settings(pace="instant")) as server:
        code = EXAMPLES["sdk"].replace("http://127.0.0.1:8010/v2", server.base_url)

        namespace: dict[str, Any] = {}
        exec(code + EXAMPLES["read"], namespace)
        namespace["client"].close()

    assert (tmp_path / "lighthouse.png").stat().st_size > 1000


def test_examples_for_tests_pass_as_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # Deadlines would fail on a busy machine.
    pytester.makeconftest(
        "from hypothesis import settings\nsettings.register_profile('patient', deadline=None)"
    )
    pytester.makepyfile(test_plugin=EXAMPLES["plugin"], test_strategies=EXAMPLES["strategies"])

    result = pytester.runpytest_subprocess(
        "-p", "pixelpact.pytest_plugin", "-p", "_hypothesis_pytestplugin", "--hypothesis-profile=patient"
    )

    result.assert_outcomes(passed=3)


def test_the_guide_lists_every_flag_of_serve_with_its_variable_and_default() -> None:
    guide = (ROOT / "docs" / "mock-server.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `--([\w-]+)` \| `(\w+)` \|(?: `([\w.]*)`)? \|", guide, re.M)
    table = {row[0]: row for row in rows}
    for name, parameter in signature(serve).parameters.items():
        option = parameter.annotation
        if name == "quiet":
            continue
        flag = name.replace("_", "-")
        assert flag in table, flag
        default = "" if parameter.default is None else str(parameter.default)
        assert table[flag][2] == default
        assert table[flag][1] in str(option)


@pytest.mark.undocumented  # a guide may show failures on request
@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_examples_of_the_guides_are_true(guide: Path) -> None:
    results = doctest.testfile(str(guide), module_relative=False, optionflags=doctest.ELLIPSIS)

    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")

    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def rooms(part: str) -> list[str]:
    """The rooms of a part: the packages directly in its folder."""
    return sorted(file.parent.name for file in (ROOT / part).glob("*/__init__.py"))


def layers(part: str) -> list[set[str]]:
    """The layers of a part, highest first, as import-linter has them."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    (contract,) = (
        contract
        for contract in tools["importlinter"]["contracts"]
        if contract.get("containers") == [f"pixelpact.{part}"]
    )
    return [set(layer.split(" | ")) for layer in contract["layers"]]


@pytest.mark.parametrize("part", ["mockserver", "contract_tests"])
def test_the_architecture_has_one_line_for_each_room_in_the_order_of_the_layers(part: str) -> None:
    _, _, text = ARCHITECTURE.partition(f"\nThe rooms of `{part}/`, highest layer first")
    table, _, _ = text.partition("\n#")
    named = re.findall(r"^\| `(\w+)(?:/|\.py)` \| \w", table, re.M)
    depths = {name: depth for depth, layer in enumerate(layers(part)) for name in layer}

    assert rooms(part)
    assert set(rooms(part)) <= set(named)
    assert sorted(named) == sorted(depths)
    assert [depths[name] for name in named] == sorted(depths.values())


@pytest.mark.parametrize("part", ["mockserver", "contract_tests"])
def test_the_readme_has_one_line_for_each_room(part: str) -> None:
    named = re.findall(rf"^\| \[`{part}/(\w+)/`\]\({part}/(\w+)\) \| \w", README, re.M)

    assert sorted(named) == [(room, room) for room in rooms(part)]


@pytest.mark.parametrize("path", PATHS)
def test_paths_in_the_architecture_exist(path: str) -> None:
    assert any((base / path).exists() for base in BASES)


def test_make_targets_of_the_docs_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set()
    for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        named |= set(
            re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / document).read_text(encoding="utf-8"), re.M)
        )

    assert named <= targets
