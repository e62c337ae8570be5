"""The shape of the package: no cycle of imports, and a mock server of few rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "pixelpact"
MODULES = {
    ".".join((PACKAGE.name, *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): file
    for folder in (PACKAGE, *(part for part in PACKAGE.iterdir() if part.is_dir()))
    for file in (folder.glob("*.py") if folder == PACKAGE else folder.rglob("*.py"))
}


def imports(source: str, modules: set[str]) -> tuple[set[str], set[str]]:
    """What a module imports of ours when it is imported, and what only later or for type checkers."""
    now: set[str] = set()
    later: set[str] = set()
    for node, is_late in statements(ast.parse(source), is_late=False):
        (later if is_late else now).update(named(node, modules))
    return now, later - now


def statements(node: ast.AST, *, is_late: bool) -> Iterator[tuple[ast.AST, bool]]:
    """The nodes below this one, and whether they run only later or never."""
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        late = (
            is_late or typing_only or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        )
        yield child, late
        yield from statements(child, is_late=late)


def named(node: ast.AST, modules: set[str]) -> set[str]:
    """The modules of ours that an import names; those of `from package import module` are the module's."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & modules
    if isinstance(node, ast.ImportFrom) and node.module:
        whole = {f"{node.module}.{alias.name}" for alias in node.names}
        return {name if name in modules else node.module for name in whole} & modules
    return set()


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """One cycle of the graph, if there is one."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def with_packages(importer: str, imported: set[str]) -> set[str]:
    """The imported modules, and the packages that Python imports before them unless the importer lies inside."""
    found = {name.rsplit(".", depth)[0] for name in imported for depth in range(name.count(".") + 1)}
    return {name for name in found if name in imported or not f"{importer}.".startswith(f"{name}.")} - {
        importer
    }


def test_no_imports_at_run_time_form_a_cycle() -> None:
    graph = {
        name: with_packages(name, imports(file.read_text(encoding="utf-8"), set(MODULES))[0])
        for name, file in MODULES.items()
    }

    assert len(graph) > 100
    assert cycle(graph) == []


def test_the_mock_server_has_at_most_twenty_modules_at_its_top() -> None:
    tops = {name.split(".")[2] for name in MODULES if name.startswith("pixelpact.mockserver.")}

    assert 0 < len(tops) <= 20


@pytest.mark.parametrize(
    ("source", "now", "later"),
    [
        ("import a.b", {"a.b"}, set()),
        ("from a import b", {"a.b"}, set()),
        ("from a import name", {"a"}, set()),
        ("try:\n    import a.b\nexcept E:\n    pass", {"a.b"}, set()),
        ("class C:\n    import a", {"a"}, set()),
        ("if TYPE_CHECKING:\n    import a", set(), {"a"}),
        ("def f():\n    from a import b", set(), {"a.b"}),
        ("import a\ndef f():\n    import a", {"a"}, set()),
        ("import os\nfrom json import loads", set(), set()),
    ],
)
def test_imports_are_found_where_they_stand(source: str, now: set[str], later: set[str]) -> None:
    assert imports(source, {"a", "a.b"}) == (now, later)


def test_an_import_runs_the_packages_around_the_module() -> None:
    assert with_packages("a.c.d", {"a.b.e"}) == {"a.b", "a.b.e"}
    assert with_packages("a.b.d", {"a.b.e"}) == {"a.b.e"}
    assert with_packages("a.b.d", {"a.b"}) == {"a.b"}
    assert with_packages("a.b", {"a.b.e"}) == {"a.b.e"}


def test_a_cycle_is_found() -> None:
    assert set(cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
