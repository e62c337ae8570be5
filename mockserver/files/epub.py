"""An EPUB of one chapter (W3C EPUB 3.3: 4 container, 5 package document, 7 navigation document)."""

from __future__ import annotations

from pixelpact.mockserver.files.archives import Member, zip_archive
from pixelpact.mockserver.files.notes import DATE, PRODUCER, markup, notes, title
from pixelpact.mockserver.files.spec import FileSpec

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTAINER = (
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


def epub(spec: FileSpec) -> bytes:
    """A book with the notes as its only chapter."""
    lines = "".join(f"<p>{markup(line)}</p>\n" for line in notes(spec))
    contents = '<nav epub:type="toc"><ol><li><a href="chapter.xhtml">Chapter</a></li></ol></nav>'
    parts = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": _package(spec),
        "EPUB/nav.xhtml": _page(spec, contents),
        "EPUB/chapter.xhtml": _page(spec, f"<h1>{markup(title(spec))}</h1>\n{lines}"),
    }
    files = (Member(name, (_DECLARATION + xml).encode("utf-8")) for name, xml in parts.items())
    return zip_archive((Member("mimetype", spec.entry.content_type.encode("ascii")), *files))


def _package(spec: FileSpec) -> str:
    name = markup(title(spec))
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:pixelpact:mock:{name}</dc:identifier><dc:title>{name}</dc:title>'
        f"<dc:language>en</dc:language><dc:creator>{PRODUCER}</dc:creator>"
        f'<meta property="dcterms:modified">{DATE}</meta></metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="chapter" href="chapter.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="chapter"/></spine></package>'
    )


def _page(spec: FileSpec, body: str) -> str:
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{markup(title(spec))}</title></head><body>{body}</body></html>"
    )
