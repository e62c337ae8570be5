"""The text of a placeholder: that it is one, its target and its sources."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from pixelpact.mockserver.files.spec import FileSpec, Source

#: The producer, for formats with such a field.
PRODUCER = "pixelpact mock"
#: For formats that require a date: the earliest one that a ZIP can hold.
DATE = "1980-01-01T00:00:00Z"
#: Lines on an A4 page at 12 points, and characters on a line at 10 points.
_LINES, _COLUMNS = 45, 90
#: Anything but a printable character of XML 1.0 (section 2.2, Char, without controls).
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    r"""The text on one line, with replacement characters for those that no document can hold.

    >>> printable("a\tfox\x00")
    'a fox\ufffd'
    """
    return _UNPRINTABLE.sub("\ufffd", re.sub(r"[\t\n\r\f\v]+", " ", text))


def markup(text: str) -> str:
    """The printable text, escaped for XML and HTML, including attributes.

    >>> markup('<a "fox">')
    '&lt;a &quot;fox&quot;&gt;'
    """
    return escape(printable(text), {'"': "&quot;"})


def title(spec: FileSpec) -> str:
    """The heading of a document: the names of its sources.

    >>> from pixelpact.schema import catalogue
    >>> title(FileSpec(catalogue()[0], (Source("a.txt", "", 1, {}), Source("b.txt", "", 1, {})), {}, 7))
    'a.txt, b.txt'
    """
    return printable(", ".join(source.name or source.stem for source in spec.sources)) or "no source"


def notes(spec: FileSpec) -> tuple[str, ...]:
    """The lines of a document, at most a page: what it is, its sources, and the beginning of their text."""
    entry = spec.entry
    lines = [
        "MOCK: a placeholder made by pixelpact, nothing was converted.",
        f"Target: {entry.category}/{entry.target}",
        *(f"Source: {_name(source)} ({source.size} bytes)" for source in spec.sources),
    ]
    for source in spec.sources:
        lines += _excerpt(source)
    return tuple(line[:_COLUMNS] for line in lines[:_LINES])


def table(spec: FileSpec) -> tuple[tuple[str, ...], ...]:
    """The rows of a spreadsheet, all strings: a heading, then one row for each source."""
    target = f"{spec.entry.category}/{spec.entry.target}"
    rows = ((_name(source), str(source.size), target, "MOCK") for source in spec.sources)
    return (("source", "size in bytes", "target", "made by pixelpact"), *rows)


def _name(source: Source) -> str:
    return printable(source.name or source.stem)


def _excerpt(source: Source) -> list[str]:
    text = source.text[: _LINES * _COLUMNS]
    lines = [printable(line) for line in text.splitlines()]
    pieces = [line[at : at + _COLUMNS] for line in lines for at in range(0, len(line) or 1, _COLUMNS)]
    return ["", *pieces] if pieces else []
