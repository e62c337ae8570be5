"""Mutants in the files that a job makes: one each, or an archive of several."""

from __future__ import annotations

import tarfile
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pixelpact.mockserver.mutants.album import Document, is_album, of_jobs, shown_wrongly
from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.traffic import Traffic

_MULTIPLE = "allow_multiple_outputs"
_Members: TypeAlias = list[tuple[str, bytes]]


def _multiple(case: str, what: str, replaced: Callable[[Document], Document], **known: Any) -> None:
    """A mutant that creates an album with another option than was asked for."""

    def request(sent: Traffic) -> None:
        body: Any = sent.json
        if isinstance(body, dict) and "input" in body and is_album(body):
            for conversion in body["conversion"]:
                conversion["options"] = replaced(conversion["options"])
            sent.json = body

    mutant(
        f"outputs/multiple-{case}", what, operations=("createJob",), word=_MULTIPLE, request=request, **known
    )


_multiple(
    "omitted",
    "takes allow_multiple_outputs as true where it is left out",
    lambda options: {_MULTIPLE: True, **options},
)
_multiple(
    "false",
    "takes allow_multiple_outputs as true where it is false",
    lambda options: {**options, _MULTIPLE: True} if _MULTIPLE in options else options,
)
_multiple(
    "true",
    "makes one archive where allow_multiple_outputs is true",
    lambda options: {**options, _MULTIPLE: False} if _MULTIPLE in options else options,
    also=("outputs/archive-same-pictures",),
    why="it compares the pictures of an archive with those that are no archive",
)


def _archive(
    check: str, what: str, word: str, change: Callable[[_Members], bytes], also: tuple[str, ...] = ()
) -> None:
    """A mutant that sends other archives of an album than their outputs describe."""

    def response(answered: Traffic) -> None:
        if answered.operation == "downloadOutput" and answered.body.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(answered.body)) as archive:
                members = [(name, archive.read(name)) for name in archive.namelist()]
            answered.body = change(members)

    mutant(
        check,
        what,
        operations=("createJob", "downloadOutput"),
        word=word,
        changes=of_jobs(is_album, response),
        also=tuple({"outputs/archive-as-shown", *also} - {check}),
        why="an archive with other members has another size and checksum",
    )


def _zip(members: _Members) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _tar(members: _Members) -> bytes:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    return packed.getvalue()


def _with_another_text(png: bytes) -> bytes:
    """The same pixels in other bytes: with a text that says nothing."""
    with Image.open(BytesIO(png)) as picture:
        again, texts = BytesIO(), PngInfo()
        texts.add_text("Comment", "again")
        picture.save(again, format="PNG", pnginfo=texts)
    return again.getvalue()


def _overwritten(members: _Members) -> bytes:
    with_one_name = [(members[0][0], content) for _, content in members]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names that come twice
        return _zip(with_one_name)


_archive("outputs/archive-opens", "sends a TAR archive as ZIP", "content_type", _tar)
_archive(
    "outputs/archive-members",
    "leaves a result out of an archive",
    "archive",
    lambda members: _zip(members[1:]),
)
_archive(
    "outputs/archive-as-shown",
    "packs archives with a comment that their outputs do not count",
    "size",
    lambda members: _zip(members) + b"\0",
)
_archive(
    "outputs/archive-different-pictures",
    "packs the last picture twice",
    "another picture",
    lambda members: _zip([(name, members[-1][1]) for name, _ in members]),
)
_archive(
    "outputs/archive-same-pictures",
    "adds a byte to pictures in archives",
    "same picture",
    lambda members: _zip([(name, _with_another_text(content)) for name, content in members]),
)
_archive("outputs/archive-names", "gives all members of an archive one name", "names", _overwritten)
_archive(
    "outputs/archive-pictures",
    "puts a text into an archive in place of a picture",
    "picture",
    lambda members: _zip([(members[0][0], b"not a picture"), *members[1:]]),
)


def _has_input_only(job: Document) -> bool:
    return len(job["input"]) == 1 and not job["conversion"]


def _archived(rows: list[Document]) -> None:
    for row in rows:
        row["content_type"] = "application/zip"


shown_wrongly(
    "outputs/single-result",
    "shows a single result as an archive if allow_multiple_outputs is false",
    "content_type",
    _archived,
    which=_has_input_only,
    also=("outputs/named-after-input",),
    why="that file is named after an input, with the extension of its type",
)


def _renamed_by_id(rows: list[Document]) -> None:
    for row in rows:
        row["filename"] = f"{row['id']}.png"


shown_wrongly(
    "outputs/named-after-input",
    "names single results by their ids",
    "filename",
    _renamed_by_id,
    which=_has_input_only,
)
