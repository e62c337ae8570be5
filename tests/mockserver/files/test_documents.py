"""Documents open, and name what they were made from."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

import pytest

from pixelpact.mockserver.files.placeholder import placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.schema import find_conversion

Made = Any
NAME = "a fox & <owl>.txt"
TITLE = f"{NAME}, photo.jpeg"
EXCERPT = ("a fox", "in (the) snow")


def document(target: str, source: Source) -> bytes:
    entry = find_conversion(target)
    assert entry is not None
    return placeholder_file(entry, [source], options={}, seed=7)


def words(xml: bytes) -> list[str]:
    return [text for element in ElementTree.fromstring(xml).iter() if (text := (element.text or "").strip())]


def pdf_objects(content: bytes) -> list[bytes]:
    """The objects that the cross-reference table of a PDF names (ISO 32000-1, 7.5.4)."""
    found = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", content)
    assert found
    head, size, table = re.split(rb"xref\n0 (\d+)\n", content[int(found[1]) :], maxsplit=1)
    assert head == b""
    entries = [table[at : at + 20] for at in range(0, 20 * int(size), 20)]
    assert entries[0] == b"0000000000 65535 f \n"
    assert table[20 * int(size) :].startswith(b"trailer\n<< /Size %b " % size)
    offsets = [int(entry[:10]) for entry in entries[1:]]
    for number, (entry, offset) in enumerate(zip(entries[1:], offsets, strict=True), start=1):
        assert entry[10:] == b" 00000 n \n"
        assert content[offset:].startswith(b"%d 0 obj\n" % number)
    return [content[offset : content.index(b"endobj", offset)] for offset in offsets]


def test_a_pdf_finds_its_objects(made: Made) -> None:
    catalog, pages, page, _font, stream, information = pdf_objects(made("pdf"))

    assert b"/Type /Catalog" in catalog
    assert b"/Kids [3 0 R] /Count 1" in pages
    assert b"/Contents 5 0 R" in page
    length = re.search(rb"/Length (\d+)", stream)
    assert length
    text = stream.partition(b"stream\n")[2].removesuffix(b"\nendstream\n")
    assert len(text) == int(length[1])
    assert rb"(in \(the\) snow) Tj" in text
    assert ("\ufeff" + NAME).encode("utf-16-be").hex().encode() in information


def test_a_pdf_survives_odd_characters() -> None:
    content = document("pdf", Source("füchs \\ (1) 🦊.txt", "ends with a backslash \\", 5, {}))

    stream = pdf_objects(content)[4]

    assert b"f\xfcchs \\\\ \\(1\\) ?.txt" in stream
    assert rb"(ends with a backslash \\) Tj" in stream


@pytest.mark.parametrize("target", ["docx", "xlsx", "pptx"])
def test_an_office_package_is_whole(target: str, made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made(target))) as file:
        parts = {name: file.read(name) for name in file.namelist()}

    trees = {name: ElementTree.fromstring(content) for name, content in parts.items()}
    typed = {each.get("PartName") for each in trees["[Content_Types].xml"] if each.get("PartName")}
    linked = {
        str(folder / str(link.get("Target")))
        for name, tree in trees.items()
        if name.endswith(".rels")
        for folder in [PurePosixPath(name).parent.parent]
        for link in tree
    }
    content = {name for name in parts if not name.endswith(".rels") and name != "[Content_Types].xml"}
    assert next(iter(parts)) == "[Content_Types].xml"
    assert typed == {f"/{name}" for name in content}
    assert {re.sub(r"[^/]+/\.\./", "", name) for name in linked} == content


@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("docx", "word/document.xml"),
        ("pptx", "ppt/slides/slide1.xml"),
        ("odt", "content.xml"),
        ("epub", "EPUB/chapter.xhtml"),
    ],
)
def test_a_package_shows_source_and_text(target: str, part: str, made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made(target))) as file:
        shown = words(file.read(part))

    assert TITLE in shown
    assert set(EXCERPT) <= set(shown)


@pytest.mark.parametrize(("target", "part"), [("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")])
def test_a_spreadsheet_has_a_row_for_each_source(target: str, part: str, made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made(target))) as file:
        shown = words(file.read(part))

    assert shown[:6] == ["source", "size in bytes", "target", "made by pixelpact", NAME, "19"]
    assert shown[8:10] == ["photo.jpeg", "12345"]


@pytest.mark.parametrize("target", ["odt", "ods", "epub"])
def test_the_mimetype_stands_first_and_stored(target: str, made: Made) -> None:
    entry, content = find_conversion(target), made(target)

    assert entry is not None
    assert content[30:].startswith(b"mimetype" + entry.content_type.encode())
    assert content[8:10] == b"\0\0"


def test_an_epub_leads_to_its_pages(made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made("epub"))) as file:
        root = ElementTree.fromstring(file.read("META-INF/container.xml")).find(".//{*}rootfile")
        assert root is not None
        package = ElementTree.fromstring(file.read(str(root.get("full-path"))))
        pages = [words(file.read(f"EPUB/{item.get('href')}")) for item in package.iterfind(".//{*}item")]

    assert len(pages) == 2


@pytest.mark.parametrize("target", ["svg", "fb2"])
def test_an_xml_document_shows_source_and_text(target: str, made: Made) -> None:
    shown = words(made(target))

    assert {TITLE, *EXCERPT} <= set(shown)


def test_an_html_page_shows_source_and_text(made: Made) -> None:
    shown: list[str] = []
    parser = HTMLParser()
    parser.handle_data = shown.append  # type: ignore[method-assign]
    parser.feed(made("html").decode())

    assert {TITLE, *EXCERPT} <= set(shown)


def test_a_text_shows_source_and_text(made: Made) -> None:
    lines = made("txt").decode().splitlines()

    assert lines[0].startswith("MOCK")
    assert f"Source: {NAME} (19 bytes)" in lines
    assert lines[-2:] == list(EXCERPT)


def test_a_text_is_a_page_at_most() -> None:
    lines = document("txt", Source("long.txt", "x" * 1000 + "\n" * 5000, 6000, {})).decode().splitlines()

    assert len(lines) == 45
    assert max(map(len, lines)) == 90


def test_a_csv_has_a_row_for_each_source() -> None:
    content = document("csv", Source('a "fox", owl.txt', "", 5, {}))

    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))

    assert rows[1] == ['a "fox", owl.txt', "5", "document/csv", "MOCK"]
    assert content.endswith(b"\r\n")


def test_rtf_is_ascii_with_everything_escaped() -> None:
    content = document("rtf", Source("f{}\\ ü 🦊.txt", "", 5, {})).decode("ascii")

    assert r"f\{\}\\ \u252? \u-10178?\u-8822?.txt" in content
    assert content.count("{") - content.count(r"\{") == content.count("}") - content.count(r"\}")


def test_eps_has_a_box_and_escapes(made: Made) -> None:
    lines = made("eps").decode("ascii").splitlines()

    assert "%%BoundingBox: 0 0 640 480" in lines
    assert any(line.endswith(r"(in \(the\) snow) show") for line in lines)
    assert lines[-1] == "%%EOF"
