"""A PDF with one page of text (PDF 1.4: ISO 32000-1, 7.5 file structure, 9.4 text)."""

from __future__ import annotations

from pixelpact.mockserver.files.notes import PRODUCER, notes, title
from pixelpact.mockserver.files.spec import FileSpec

#: A4 in points: 210 x 297 mm.
_PAGE = "[0 0 595 842]"
#: The header, with bytes that mark the file as binary (7.5.2).
_BINARY = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def pdf(spec: FileSpec) -> bytes:
    """A page with the notes in Helvetica; `?` replaces characters that WinAnsiEncoding lacks (annex D)."""
    text = b"BT /F1 18 Tf 50 780 Td (" + _literal(title(spec)[:50]) + b") Tj /F1 10 Tf 0 -30 Td 14 TL\n"
    text += b"".join(b"(" + _literal(line) + b") Tj T*\n" for line in notes(spec)) + b"ET"
    # A text string outside of a page: UTF-16 with its mark (7.9.2.2), in hexadecimal digits (7.3.4.3).
    name = ("\ufeff" + title(spec)).encode("utf-16-be").hex().encode("ascii")
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>" % _PAGE.encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Title <%b> /Producer (%b) >>" % (name, PRODUCER.encode()),
    )


def _file(*objects: bytes) -> bytes:
    """A file of objects, numbered from 1; the first is the catalog, the last the information dictionary."""
    body, offsets = bytearray(_BINARY), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    # An entry has 20 bytes, its end of line included (7.5.4).
    entries = [b"0000000000 65535 f \n", *(b"%010d 00000 n \n" % offset for offset in offsets)]
    body += b"xref\n0 %d\n%b" % (len(entries), b"".join(entries))
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(entries), len(objects))
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


def _literal(text: str) -> bytes:
    """The inside of a literal string (7.3.4.2)."""
    encoded = text.encode("cp1252", "replace")
    return encoded.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
