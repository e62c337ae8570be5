"""Mutants in downloads: their bytes and headers, HEAD, base64, names with special characters."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import unquote

from pixelpact.mockserver.mutants.album import Document, is_album, of_jobs, shown_wrongly
from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import error_answers, headers

_NOT_FOUND = error_answers()["NotFound"].status


def _sent_wrongly(
    check: str, what: str, word: str, change: Change, *, operations: tuple[str, ...] = ("downloadOutput",)
) -> None:
    """Register a mutant that answers downloads of an album's pictures, as yet not renamed, wrongly."""

    def response(answered: Traffic) -> None:
        name = answered.path.rpartition("/")[2]
        if answered.operation in operations and answered.status == 200 and name.startswith("prompt"):
            change(answered)

    mutant(
        check,
        what,
        operations=("createJob", *operations),
        word=word,
        changes=of_jobs(is_album, response),
    )


def _plainly(change: Change) -> Change:
    """The change, for downloads of the bytes themselves."""

    def changed(answered: Traffic) -> None:
        accepts_json = (
            answered.request is not None and answered.request.header("accept") == "application/json"
        )
        if not answered.query and not accepts_json:
            change(answered)

    return changed


def _header(name: str, value: Callable[[str], str | None], *, encoded: bool = False) -> Change:
    """A change of one header, in plain requests or those for base64."""

    def change(answered: Traffic) -> None:
        if bool(answered.query) == encoded:
            answered.set_header(name, value(answered.header(name) or ""))

    return change


def _without_key(answered: Traffic) -> None:
    request = answered.request
    if request is not None and not any(request.header(name) for name in headers().api_key):
        answered.status, answered.body = 401, b'{"message": "No API key"}'


_sent_wrongly("downloads/without-key", "wants a key for downloads", "200", _plainly(_without_key))


def _last(**changed: Callable[[Document], object]) -> Callable[[list[Document]], None]:
    """A change of fields of the last output, as shown before all are renamed."""

    def change(rows: list[Document]) -> None:
        for name, value in changed.items():
            if rows[-1]["content_type"].startswith("image/"):
                rows[-1][name] = value(rows[-1])

    return change


shown_wrongly(
    "downloads/size", "shows a size that is one too large", "size", _last(size=lambda row: row["size"] + 1)
)
shown_wrongly(
    "downloads/checksum",
    "shows the checksum in another order",
    "checksum",
    _last(checksum=lambda row: row["checksum"][::-1]),
)
_sent_wrongly(
    "downloads/content-type",
    "sends pictures as any bytes",
    "Content-Type",
    _header("content-type", lambda _: "application/octet-stream"),
    operations=("downloadOutput", "headOutput"),
)
_sent_wrongly(
    "downloads/disposition",
    "names no file in Content-Disposition",
    "Content-Disposition",
    _header("content-disposition", lambda _: "attachment"),
    operations=("downloadOutput", "headOutput"),
)


def _negotiated(answered: Traffic) -> None:
    if answered.request is not None and answered.request.header("accept") == "application/json":
        answered.body = b'{"size": 1}'


def _encoded_text(change: Callable[[bytes], bytes]) -> Change:
    def response(answered: Traffic) -> None:
        if answered.query:
            answered.body = base64.b64encode(change(base64.b64decode(answered.body)))

    return response


_sent_wrongly("downloads/any-accept", "sends JSON where that is accepted", "Accept", _negotiated)
_sent_wrongly(
    "downloads/base64",
    "alters the last byte in base64",
    "base64",
    _encoded_text(lambda content: content[:-1] + bytes([content[-1] ^ 1])),
)


def _no_content(answered: Traffic) -> None:
    if not answered.query:
        answered.status = 204


_sent_wrongly(
    "downloads/head-status", "answers HEAD with 204", "200", _no_content, operations=("headOutput",)
)


def _other_header(name: str, value: str, *, encoded: bool) -> None:
    case = f"base64-{name}" if encoded else name
    mutated = f"Content-{name.title()}"
    _sent_wrongly(
        f"downloads/head-{case}",
        f"answers HEAD with another {mutated} than GET{' as base64' if encoded else ''}",
        mutated,
        _header(mutated.lower(), lambda _: value, encoded=encoded),
        operations=("headOutput",),
    )


for _encoded in (False, True):
    _other_header("length", "7", encoded=_encoded)
    _other_header("type", "application/octet-stream", encoded=_encoded)
    _other_header("disposition", "attachment", encoded=_encoded)


def _found_anyway(answered: Traffic) -> None:
    if answered.status == _NOT_FOUND and answered.path.endswith("/nothing-of-that-name.bin"):
        answered.status = 200


mutant(
    "downloads/unknown-name",
    "finds a file that the job does not have",
    operations=("downloadOutput",),
    word=str(_NOT_FOUND),
    response=_found_anyway,
)


def _lost(case: str, character: str) -> None:
    def response(answered: Traffic) -> None:
        if character in unquote(answered.path):
            answered.status, answered.body = _NOT_FOUND, b'{"message": "not found"}'

    mutant(
        f"downloads/name-{case}",
        f"does not find a file with {character} in its name",
        operations=("downloadOutput",),
        word="200",
        response=response,
    )


_lost("non-ascii", "ä")
_lost("percent", "%")
_lost("url-characters", "#")
_lost("quotes", '"')
