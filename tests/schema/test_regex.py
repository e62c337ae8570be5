"""Patterns mean what ECMA-262 says."""

from __future__ import annotations

import re

import pytest

from pixelpact.schema import ecma_regex


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^[ -~]{0,1000}$", "abc", True),
        ("^[ -~]{0,1000}$", "abc\n", False),
        (r"^[\w\W]{1,255}$", "\n", True),
        (r"^[\w\W]{1,255}$", "x" * 255 + "\n", False),
        (r"^\d+$", "12", True),
        (r"^\d+$", "\u0661\u0662", False),
        (r"^[\d]$", "\u0661", False),
        (r"^\w+$", "\u00e9", False),
        (r"^\W$", "\u00e9", True),
        (r"^\s$", "\ufeff", True),
        (r"^[\s]$", "\u00a0", True),
        (r"^\s$", "\x1c", False),
        (r"^\S$", "\x1c", True),
        (r"^.$", "\u2028", False),
        (r"^.$", "\r", False),
        (r"^.$", "\x85", True),
        (r"^[.$]+$", ".$", True),
        (r"^a\$$", "a$", True),
        (r"^[^\]]$", "]", False),
        (r"^[[a]$", "[", True),
        ("b", "abc", True),
        ("^a.c$", "a\U0001f98ac", True),
    ],
)
def test_matches_as_ecma_262_does(pattern: str, text: str, matches: bool) -> None:
    assert bool(ecma_regex(pattern).search(text)) is matches


@pytest.mark.parametrize("pattern", ["[", "(", r"[\S]"])
def test_what_python_cannot_say_is_refused(pattern: str) -> None:
    with pytest.raises(re.error):
        ecma_regex(pattern)
