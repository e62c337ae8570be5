"""Word and Excel documents: the minimum of Office Open XML (ISO/IEC 29500-1, -2) that programs open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from pixelpact.mockserver.files.archives import Member, zip_archive
from pixelpact.mockserver.files.notes import markup, notes, table, title
from pixelpact.mockserver.files.spec import FileSpec

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
#: Namespace of links between parts, and the start of their types.
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument"


def docx(spec: FileSpec) -> bytes:
    """A document of the notes, one paragraph for each line."""
    heading = f'<w:p><w:r><w:rPr><w:b/><w:sz w:val="36"/></w:rPr>{_run_text(title(spec))}</w:r></w:p>'
    lines = "".join(f"<w:p><w:r>{_run_text(line)}</w:r></w:p>" for line in notes(spec))
    # A4 in twentieths of a point.
    section = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    body = f'<w:document xmlns:w="{_WORD}"><w:body>{heading}{lines}{section}</w:body></w:document>'
    return package(
        {"word/document.xml": body},
        types={"word/document.xml": "wordprocessingml.document.main"},
        links={"": (("officeDocument", "word/document.xml"),)},
    )


def xlsx(spec: FileSpec) -> bytes:
    """A workbook of one sheet, whose cells hold inline strings."""
    rows = "".join(_row(texts, number=number) for number, texts in enumerate(table(spec), start=1))
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    book = (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{LINKS}">'
        '<sheets><sheet name="Sources" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return package(
        {
            "xl/workbook.xml": book,
            "xl/worksheets/sheet1.xml": sheet,
        },
        types={
            "xl/workbook.xml": "spreadsheetml.sheet.main",
            "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet",
        },
        links={
            "": (("officeDocument", "xl/workbook.xml"),),
            "xl/workbook.xml": (("worksheet", "worksheets/sheet1.xml"),),
        },
    )


def package(
    parts: Mapping[str, str],
    *,
    types: Mapping[str, str],
    links: Mapping[str, Iterable[tuple[str, str]]],
) -> bytes:
    """A package (ISO/IEC 29500-2) of XML parts.

    `types` maps each part to its content type, without the common prefix and suffix. `links` maps a part, or
    the package (""), to the types and targets of its links, which are numbered rId1 and so on.
    """
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_CONTENT_TYPE}.{type_}+xml"/>'
        for name, type_ in types.items()
    )
    kinds = (
        f'<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    files = {
        "[Content_Types].xml": kinds,
        **{_links_name(name): _links(of) for name, of in links.items()},
        **parts,
    }
    return zip_archive(Member(name, (_DECLARATION + xml).encode("utf-8")) for name, xml in files.items())


def _run_text(text: str) -> str:
    return f'<w:t xml:space="preserve">{markup(text)}</w:t>'


def _row(texts: Iterable[str], *, number: int) -> str:
    cells = (
        _cell(text, at=f"{column}{number}") for column, text in zip(ascii_uppercase, texts, strict=False)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(text: str, *, at: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{markup(text)}</t></is></c>'


def _links_name(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".removeprefix("/")


def _links(links: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE_LINKS}">{rows}</Relationships>'
