"""Levels: the server, its namespaces, and their accounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver.levels import SERVER, account_in, is_within, levels_above, namespace_level

NAMES = st.from_regex(r"[0-9a-z.:]{1,9}", fullmatch=True)
# The plugin names namespaces after tests, whose names have slashes.
NAMESPACES = st.lists(NAMES, max_size=3).map("/".join)
ACCOUNTS = st.builds(account_in, NAMESPACES, NAMES)
LEVELS = st.just(SERVER) | NAMESPACES.map(namespace_level) | ACCOUNTS


@given(LEVELS)
def test_levels_go_from_the_server_to_the_level_itself(level: str) -> None:
    above = levels_above(level)

    assert above[0] == SERVER
    assert above[-1] == level
    assert len(set(above)) == len(above) <= 3


@given(LEVELS)
def test_each_level_has_those_before_it_above_itself(level: str) -> None:
    above = levels_above(level)

    assert [levels_above(each) for each in above] == [above[: n + 1] for n in range(len(above))]


@given(NAMESPACES, NAMES)
def test_an_account_has_its_namespace_and_the_server_above(namespace: str, name: str) -> None:
    account = account_in(namespace, name)
    between = () if not namespace else (f"{namespace}/*",)

    assert levels_above(account) == (SERVER, *between, account)


@given(LEVELS, LEVELS)
def test_what_is_within_a_level_has_it_above(inner: str, outer: str) -> None:
    assert is_within(inner, outer) is (outer in levels_above(inner))


@given(LEVELS)
def test_every_level_is_within_itself_and_the_server(level: str) -> None:
    assert is_within(level, level)
    assert is_within(level, SERVER)
    assert is_within(SERVER, level) is (level == SERVER)


@pytest.mark.parametrize(
    ("account", "level"),
    [("tests/a", "test/*"), ("tests/a", "tests/b"), ("tests/a", "a"), ("a/b/c", "a/*"), ("tests", "tests/*")],
)
def test_neighbours_are_not_within_each_other(account: str, level: str) -> None:
    assert not is_within(account, level)
