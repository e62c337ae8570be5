"""Text-based documents: TXT, HTML, RTF, CSV, SVG, EPS, FictionBook."""

from __future__ import annotations

import csv
import io

from pixelpact.mockserver.files.notes import DATE, PRODUCER, markup, notes, table, title
from pixelpact.mockserver.files.spec import FileSpec

#: Size of a drawing and height of its lines, in its own units (CSS pixels, PostScript points).
_WIDTH, _HEIGHT, _LINE = 640, 480, 20


def txt(spec: FileSpec) -> bytes:
    """UTF-8 text."""
    return _encoded("\n".join(notes(spec)) + "\n")


def html(spec: FileSpec) -> bytes:
    """A page of HTML (WHATWG HTML, 13.1) that loads nothing."""
    lines = "".join(f"<p>{markup(line)}</p>\n" for line in notes(spec))
    return _encoded(
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{markup(title(spec))}</title></head>\n<body>\n<h1>{markup(title(spec))}</h1>\n{lines}</body>\n</html>\n"
    )


def rtf(spec: FileSpec) -> bytes:
    r"""Rich text (RTF 1.9.1) in ASCII, with other characters as `\u` and the UTF-16 unit."""
    lines = "\\par\n".join(_rtf(line) for line in notes(spec))
    font = r"{\fonttbl{\f0 Helvetica;}}"
    return (
        f"{{\\rtf1\\ansi\\deff0\\uc1{font}\n\\f0\\fs32 {_rtf(title(spec))}\\par\n\\fs20 {lines}\\par\n}}\n"
    ).encode("ascii")


def csv_table(spec: FileSpec) -> bytes:
    """A table in UTF-8, lines ending in CRLF (RFC 4180)."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(table(spec))
    return _encoded(file.getvalue())


def svg(spec: FileSpec) -> bytes:
    """A drawing of the notes (SVG 1.1)."""
    lines = "".join(
        f'<text x="20" y="{80 + _LINE * number}">{markup(line)}</text>\n'
        for number, line in enumerate(notes(spec)[: (_HEIGHT - 80) // _LINE])
    )
    return _encoded(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="14">\n'
        f"<title>{markup(title(spec))}</title>\n"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_color(spec)}"/>\n'
        f'<text x="20" y="40" font-size="24">{markup(title(spec))}</text>\n{lines}</svg>\n'
    )


def eps(spec: FileSpec) -> bytes:
    """A drawing of the notes (Encapsulated PostScript 3.0) in ASCII; `?` replaces other characters."""
    lines = "".join(
        f"20 {_HEIGHT - 40 - _LINE * number} moveto ({_postscript(line)}) show\n"
        for number, line in enumerate(notes(spec)[: (_HEIGHT - 80) // _LINE])
    )
    return (
        f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 {_WIDTH} {_HEIGHT}\n%%Creator: {PRODUCER}\n"
        f"%%EndComments\n/Helvetica findfont 14 scalefont setfont\n{lines}showpage\n%%EOF\n"
    ).encode("ascii")


def fb2(spec: FileSpec) -> bytes:
    """A book of one chapter (FictionBook 2.0)."""
    lines = "".join(f"<p>{markup(line)}</p>\n" for line in notes(spec))
    return _encoded(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">\n<description><title-info>'
        f"<genre>reference</genre><author><nickname>{PRODUCER}</nickname></author>"
        f"<book-title>{markup(title(spec))}</book-title><lang>en</lang></title-info><document-info>"
        f'<author><nickname>{PRODUCER}</nickname></author><date value="{DATE[:10]}">{DATE[:10]}</date>'
        "<id>pixelpact-mock</id><version>1.0</version></document-info></description>\n"
        f"<body><section><title><p>{markup(title(spec))}</p></title>\n{lines}</section></body>\n</FictionBook>\n"
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")


def _color(spec: FileSpec) -> str:
    """A light color that depends on the seed."""
    return "#" + "".join(f"{0xC0 + (spec.seed >> shift) % 0x30:02x}" for shift in (0, 8, 16))


def _postscript(text: str) -> str:
    ascii_text = text.encode("ascii", "replace").decode("ascii")
    return ascii_text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _rtf(text: str) -> str:
    return "".join(map(_rtf_character, text))


def _rtf_character(character: str) -> str:
    if character in "\\{}":
        return f"\\{character}"
    if character <= "~":
        return character
    units = memoryview(character.encode("utf-16-le")).cast("H")
    return "".join(f"\\u{unit - 0x10000 if unit > 0x7FFF else unit}?" for unit in units)
