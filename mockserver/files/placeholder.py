"""Placeholder files by row of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from pixelpact.mockserver.files.archives import Member, gzip_file, named_apart, tar_archive, zip_archive
from pixelpact.mockserver.files.audio import aac, aiff, flac, mp3, wav
from pixelpact.mockserver.files.epub import epub
from pixelpact.mockserver.files.errors import NoPlaceholder, NoSource
from pixelpact.mockserver.files.hashes import digest_text, metadata_json
from pixelpact.mockserver.files.mp4 import audio_file
from pixelpact.mockserver.files.notes import PRODUCER
from pixelpact.mockserver.files.office import docx, xlsx
from pixelpact.mockserver.files.ogg import ogg_opus, ogg_vorbis
from pixelpact.mockserver.files.opendocument import ods, odt
from pixelpact.mockserver.files.pdf import pdf
from pixelpact.mockserver.files.pictures import animated_gif, picture_file
from pixelpact.mockserver.files.sevenzip import seven_zip
from pixelpact.mockserver.files.slides import pptx
from pixelpact.mockserver.files.spec import FileSpec, Source
from pixelpact.mockserver.files.texts import csv_table, eps, fb2, html, rtf, svg, txt
from pixelpact.mockserver.files.video import iso_video, mkv, motion_jpeg, webm
from pixelpact.schema import CatalogueEntry, catalogue

Writer: TypeAlias = Callable[[FileSpec], bytes]

#: Categories whose files can represent an input of the same extension.
_KINDS = ("image", "document", "ebook", "audio", "video")
#: Other spellings of extensions of the catalogue.
_SPELLINGS = {"jpeg": "jpg", "tif": "tiff", "htm": "html", "m4v": "mp4", "aif": "aiff"}


def placeholder_file(
    entry: CatalogueEntry, sources: Sequence[Source], *, options: Mapping[str, Any], seed: int
) -> bytes:
    """A small file of the type of `file_entry(entry, sources)`; equal arguments give equal bytes.

    Text in it names the sources. Pictures depend on the seed, and on the options width and height if those
    are whole numbers. A target that doesn't merge has one source; if there are more, digests are those of
    the first.

    Raises:
        NoPlaceholder: nothing here writes files of that type.
        NoSource: `sources` is empty.
        MissingDigest: the source of a hash target lacks that digest.

    >>> from pixelpact.schema import find_conversion
    >>> entry = find_conversion("sha256")
    >>> fox = Source("fox.txt", "a fox", 5, {"sha256": "e7a5"})
    >>> placeholder_file(entry, [fox], options={}, seed=7)
    b'e7a5'
    """
    if not sources:
        raise NoSource(entry.category, entry.target)
    spec = FileSpec(file_entry(entry, sources), tuple(sources), options, seed)
    return _writer(spec.entry)(spec)


def file_entry(entry: CatalogueEntry, sources: Sequence[Source]) -> CatalogueEntry:
    """The row that gives the content type and the extension of a file of `entry`.

    It is `entry` itself, unless that keeps the type of its input and the extension of the input is known.

    >>> from pixelpact.schema import find_conversion
    >>> compress = find_conversion("compress")
    >>> file_entry(compress, [Source("fox.jpeg", "", 9, {})]).content_type
    'image/jpeg'
    """
    like = _entry_like(sources[0], categories=entry.keeps_type) if sources else None
    return like or entry


def _entry_like(source: Source, *, categories: Collection[str]) -> CatalogueEntry | None:
    """The row of one of the categories whose files have the extension of the source."""
    extension = _SPELLINGS.get(source.extension, source.extension)
    return next(
        (row for row in catalogue() if row.category in categories and row.extension == extension), None
    )


def _writer(entry: CatalogueEntry) -> Writer:
    category, target, extension = entry.category, entry.target, entry.extension
    for key in (f"{category}/{target}", category, extension):
        if key in _WRITERS:
            return _WRITERS[key]
    raise NoPlaceholder(category, target, extension)


def _members(spec: FileSpec) -> tuple[Member, ...]:
    return named_apart(Member(source.name or source.stem, _stand_in(source, spec)) for source in spec.sources)


def _stand_in(source: Source, spec: FileSpec) -> bytes:
    """Content that represents a source: its text, a file of its type, or a line of text; never empty."""
    if source.text:
        return source.text.encode("utf-8", "replace")
    like = _entry_like(source, categories=_KINDS)
    if like is None:
        return f"MOCK: stands for {source.size} bytes ({PRODUCER})\n".encode("ascii")
    return placeholder_file(like, [source], options={}, seed=spec.seed)


def _zip(spec: FileSpec) -> bytes:
    return zip_archive(_members(spec))


def _tar(spec: FileSpec) -> bytes:
    return tar_archive(_members(spec))


def _tgz(spec: FileSpec) -> bytes:
    return gzip_file(_tar(spec))


def _gzip(spec: FileSpec) -> bytes:
    member = _members(spec)[0]
    return gzip_file(member.content, name=member.name)


def _seven_zip(spec: FileSpec) -> bytes:
    return seven_zip(_members(spec))


def _assets(spec: FileSpec) -> bytes:
    """One picture for each source, as if extracted from it."""
    return zip_archive(named_apart(_pictures(spec)))


def _pictures(spec: FileSpec) -> Iterator[Member]:
    entry = replace(spec.entry, extension="png")
    for source in spec.sources:
        yield Member(f"{source.stem}-1.png", picture_file(replace(spec, entry=entry, sources=(source,))))


def _silence(make: Callable[[], bytes]) -> Writer:
    """A writer of a sound that doesn't depend on the spec."""

    def write(_: FileSpec) -> bytes:
        return make()

    return write


#: Writers by category and target, by category, or by extension, in this order of precedence.
_WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "operation/extract-assets": _assets,
        "video/gif": animated_gif,
        "hash": digest_text,
        "metadata/json": metadata_json,
        **dict.fromkeys(("png", "jpg", "gif", "webp", "bmp", "tiff", "ico", "tga"), picture_file),
        "svg": svg,
        "eps": eps,
        "txt": txt,
        "html": html,
        "rtf": rtf,
        "csv": csv_table,
        "pdf": pdf,
        "docx": docx,
        "xlsx": xlsx,
        "pptx": pptx,
        "odt": odt,
        "ods": ods,
        "epub": epub,
        "fb2": fb2,
        "mp3": _silence(mp3),
        "wav": _silence(wav),
        "aac": _silence(aac),
        "flac": _silence(flac),
        "ogg": _silence(ogg_vorbis),
        "opus": _silence(ogg_opus),
        "m4a": _silence(audio_file),
        "aiff": _silence(aiff),
        **dict.fromkeys(("mp4", "mov", "3gp"), iso_video),
        "webm": webm,
        "mkv": mkv,
        "avi": motion_jpeg,
        "zip": _zip,
        "tar": _tar,
        "tgz": _tgz,
        "gz": _gzip,
        "7z": _seven_zip,
    }
)
