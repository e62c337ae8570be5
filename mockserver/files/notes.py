"""What a placeholder says of itself, in words: that it is one, its target, its sources."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from pixelpact.mockserver.files.order import Order, Source

#: Who made the file, where a format has a place for that.
PRODUCER = "pixelpact mock"
#: For formats that demand a date: the earliest one that a ZIP can hold.
DATE = "1980-01-01T00:00:00Z"
#: A page's worth of lines of A4 paper at 12 points, and what fits on one at 10 points.
_LINES, _COLUMNS = 45, 90
#: What is no printable character of XML 1.0 (section 2.2, Char; without controls).
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    r"""The text on one line, with a replacement character for what no document can hold.

    >>> printable("a\tfox\x00")
    'a fox\ufffd'
    """
    return _UNPRINTABLE.sub("\ufffd", re.sub(r"[\t\n\r\f\v]+", " ", text))


def markup(text: str) -> str:
    """The printable text, escaped for XML and HTML, in quotes too.

    >>> markup('<a "fox">')
    '&lt;a &quot;fox&quot;&gt;'
    """
    return escape(printable(text), {'"': "&quot;"})


def title(order: Order) -> str:
    """The heading of a document: the names of its sources.

    >>> from pixelpact.schema import catalogue
    >>> title(Order(catalogue()[0], (Source("a.txt", "", 1, {}), Source("b.txt", "", 1, {})), {}, 7))
    'a.txt, b.txt'
    """
    return printable(", ".join(source.name or source.stem for source in order.sources)) or "no source"


def notes(order: Order) -> tuple[str, ...]:
    """The lines of a document: what it is, its sources, and how their text begins; at most a page."""
    entry = order.entry
    lines = [
        "MOCK: a placeholder made by pixelpact, nothing was converted.",
        f"Target: {entry.category}/{entry.target}",
        *(f"Source: {printable(each.name or each.stem)} ({each.size} bytes)" for each in order.sources),
    ]
    for source in order.sources:
        lines += _excerpt(source)
    return tuple(line[:_COLUMNS] for line in lines[:_LINES])


def table(order: Order) -> tuple[tuple[str, ...], ...]:
    """The rows of a spreadsheet: a heading, then a source each; all texts."""
    target = f"{order.entry.category}/{order.entry.target}"
    rows = ((printable(each.name or each.stem), str(each.size), target, "MOCK") for each in order.sources)
    return (("source", "size in bytes", "target", "made by pixelpact"), *rows)


def _excerpt(source: Source) -> list[str]:
    text = source.text[: _LINES * _COLUMNS]
    lines = [printable(line) for line in text.splitlines()]
    pieces = [line[at : at + _COLUMNS] for line in lines for at in range(0, len(line) or 1, _COLUMNS)]
    return ["", *pieces] if pieces else []
