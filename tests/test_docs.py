"""The examples of the docs run, and what they say of the command line is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
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


def modules() -> list[str]:
    found = pkgutil.walk_packages(pixelpact.__path__, "pixelpact.")
    return [
        each.name for each in found if not re.search(r"__main__|contract_tests\.(test_|conftest)", each.name)
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
    # A busy machine is no fault of the examples.
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


def test_make_targets_of_the_docs_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set()
    for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        named |= set(
            re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / document).read_text(encoding="utf-8"), re.M)
        )

    assert named <= targets
