"""Texts: what a pattern and lengths allow, the corners of that, and what lies outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from hypothesis import strategies as st

from pixelpact.strategies.patterns import TextRule, text_rule
from pixelpact.strategies.specs import OptionSpec

Case: TypeAlias = tuple[str, str, object]

#: How much longer than allowed a text is that is far too long.
_FAR = 1000
#: Texts longer than this are corners, not the rule.
_USUAL_LENGTH = 40
_USUAL_LETTERS = "abcxyzABCXYZ0189 _-.,:/"
_USUAL, _CONTROL, _FOREIGN, _ASTRAL = "ax0 ", "\x07\x00", "\u00e9\u65e5", "\U0001f98a"


def texts(spec: OptionSpec) -> st.SearchStrategy[str]:
    """Valid texts."""
    rule = _rule(spec)
    longest = max(rule.shortest, _USUAL_LENGTH if rule.longest is None else min(rule.longest, _USUAL_LENGTH))
    usual = "".join(filter(rule.allows, _USUAL_LETTERS))
    # Not st.characters(): its table of Unicode takes a second to build and differs between Pythons.
    letters: list[st.SearchStrategy[str]] = [st.integers(*each).map(chr) for each in rule.intervals]
    if usual:
        letters.insert(0, st.sampled_from(usual))
    return st.text(st.one_of(letters), min_size=rule.shortest, max_size=longest)


def text_corners(spec: OptionSpec) -> Iterator[tuple[str, str]]:
    """The corners of what is allowed: shortest, longest, white space, letters past ASCII and the BMP."""
    rule = _rule(spec)
    usual = rule.first_of(_USUAL) or chr(rule.intervals[0][0])
    if rule.shortest <= 0:
        yield "empty", ""
    else:
        yield "shortest", usual * rule.shortest
    if rule.longest is not None:
        yield "longest", usual * rule.longest
    for case, character in (
        ("spaces", " "),
        ("newline", "\n"),
        ("non-ascii", _FOREIGN[0]),
        ("past-bmp", _ASTRAL),
    ):
        length = max(rule.shortest, min(3, rule.longest or 3))
        if rule.allows(character) and length:
            yield case, character * length if case == "spaces" else character + usual * (length - 1)


def text_faults(spec: OptionSpec) -> Iterator[Case]:
    """What is not allowed: keyword, case and value of each."""
    rule = _rule(spec)
    usual = rule.first_of(_USUAL) or chr(rule.intervals[0][0])
    keywords = spec.keywords
    shorter = "pattern" if _by_pattern(spec, "shortest", rule) else "minLength"
    longer = "pattern" if _by_pattern(spec, "longest", rule) else "maxLength"
    if rule.shortest > 0:
        yield shorter, "too-short" if rule.shortest > 1 else "empty", usual * (rule.shortest - 1)
    if rule.longest is not None:
        yield longer, "just-too-long", usual * (rule.longest + 1)
        yield longer, "far-too-long", usual * (rule.longest + _FAR)
    if "pattern" not in keywords:
        return
    body = usual * max(rule.shortest - 1, min(3, (rule.longest or 4) - 1), 0)
    for case, candidates in (("control-character", _CONTROL), ("non-ascii", _FOREIGN)):
        outside = next((character for character in candidates if not rule.allows(character)), None)
        if outside:
            yield "pattern", case, body + outside
    if not rule.allows("\n"):
        yield "pattern", "trailing-newline", (body or usual) + "\n"


def _by_pattern(spec: OptionSpec, end: str, rule: TextRule) -> bool:
    """Whether the pattern, not a length keyword, sets an end of the allowed lengths."""
    pattern = spec.keywords.get("pattern")
    return pattern is not None and getattr(text_rule(spec.name, pattern=pattern), end) == getattr(rule, end)


def _rule(spec: OptionSpec) -> TextRule:
    return text_rule(
        f"the option {spec.name!r}",
        pattern=spec.keywords.get("pattern"),
        shortest=spec.keywords.get("minLength", 0),
        longest=spec.keywords.get("maxLength"),
    )
