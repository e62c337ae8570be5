"""OpenDocument texts and spreadsheets (OASIS OpenDocument 1.2, part 3: the mimetype comes first, stored)."""

from __future__ import annotations

from pixelpact.mockserver.files.archives import Member, zip_archive
from pixelpact.mockserver.files.notes import markup, notes, table, title
from pixelpact.mockserver.files.spec import FileSpec

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = f"{_NAMESPACE}:manifest:1.0"


def odt(spec: FileSpec) -> bytes:
    """A document of the notes, one paragraph for each line."""
    lines = "".join(f"<text:p>{markup(line)}</text:p>" for line in notes(spec))
    heading = f'<text:h text:outline-level="1">{markup(title(spec))}</text:h>'
    return _package(f"<office:text>{heading}{lines}</office:text>", spec=spec)


def ods(spec: FileSpec) -> bytes:
    """A spreadsheet of one table."""
    rows = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in table(spec))
    columns = f'<table:table-column table:number-columns-repeated="{len(table(spec)[0])}"/>'
    body = f'<table:table table:name="Sources">{columns}{rows}</table:table>'
    return _package(f"<office:spreadsheet>{body}</office:spreadsheet>", spec=spec)


def _package(body: str, *, spec: FileSpec) -> bytes:
    kind = spec.entry.content_type
    names = " ".join(f'xmlns:{name}="{_NAMESPACE}:{name}:1.0"' for name in ("office", "text", "table"))
    content = (
        f'{_DECLARATION}<office:document-content {names} office:version="1.2">'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media_type}"/>'
        for path, media_type in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = (
        f'{_DECLARATION}<manifest:manifest xmlns:manifest="{_MANIFEST}" manifest:version="1.2">'
        f"{entries}</manifest:manifest>"
    )
    return zip_archive(
        (
            Member("mimetype", kind.encode("ascii")),
            Member("content.xml", content.encode("utf-8")),
            Member("META-INF/manifest.xml", manifest.encode("utf-8")),
        )
    )


def _cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{markup(text)}</text:p></table:table-cell>'
