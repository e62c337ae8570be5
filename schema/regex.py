r"""Patterns of JSON Schema, which are ECMA-262, translated to Python.

Three differences matter: in Python, `$` also matches before a final newline; `\d`, `\w` and `\b` match all
of Unicode; and `.` and `\s` differ on some line ends and spaces (ECMA-262 section 22.2.2).
"""

from __future__ import annotations

import re
from functools import cache

#: ECMA-262 sections 12.2 WhiteSpace and 12.3 LineTerminator, as the inside of a character class.
_SPACES = "\\t\\n\\v\\f\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_LINE_ENDS = "\\n\\r\u2028\u2029"
_CLASSES = {
    "d": "0-9",
    "w": "A-Za-z0-9_",
    "s": _SPACES,
}
_TOKEN = re.compile(r"\\.|\[\^?|\]|\$|\.|[^\\\[\]$.]+", re.DOTALL)


@cache
def ecma_regex(pattern: str) -> re.Pattern[str]:
    r"""`pattern`, compiled so that `.search` matches as ECMA-262 does with the `u` flag.

    Raises:
        re.error: the pattern is not a regular expression, or has `\S` inside brackets, which Python can't
            express with these spaces.

    >>> bool(ecma_regex("^[ -~]{0,1000}$").search("secret\n"))
    False
    """
    translated: list[str] = []
    in_class = False
    for piece in _TOKEN.findall(pattern):
        if piece in ("[", "[^"):
            translated.append("\\[" if in_class else piece)
            in_class = True
        elif piece == "]":
            translated.append(piece)
            in_class = False
        elif piece == "$" and not in_class:
            translated.append(r"\Z")
        elif piece == "." and not in_class:
            translated.append(f"[^{_LINE_ENDS}]")
        elif piece[0] == "\\":
            translated.append(_escape(piece[1], in_class=in_class))
        else:
            translated.append(piece)
    # With ASCII, \b means what ECMA says, and so do \D and \W, which are left to Python inside brackets.
    return re.compile("".join(translated), re.ASCII)


def _escape(letter: str, *, in_class: bool) -> str:
    if letter == "S" and in_class:
        raise re.error(r"\S inside brackets is not supported; write the class out")
    if letter.lower() not in _CLASSES or (in_class and letter in "DW"):
        return "\\" + letter
    inside = _CLASSES[letter.lower()]
    if in_class:
        return inside
    return f"[{'^' if letter.isupper() else ''}{inside}]"
