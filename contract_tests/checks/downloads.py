"""Checks of downloads: bytes, headers, HEAD and base64, names with special characters."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND
from pixelpact.contract_tests.suite.album import (
    Downloads,
    album,
    album_downloads,
    last_output,
    output_path,
    renamed_outputs,
)
from pixelpact.contract_tests.suite.comparisons import expect_same
from pixelpact.contract_tests.suite.contents import named_file, same_type
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check

_OAS = "vendor OpenAPI 2.0.1"
_SDK = "SDK contract"
_PAGE = "vendor page job_downloading"
_DOWNLOADED = (album, album_downloads)
_DISPOSITION, _LENGTH, _TYPE = "Content-Disposition", "Content-Length", "Content-Type"


@check(
    "downloads/without-key",
    operation="downloadOutput",
    rule="the uri of an output needs no key",
    source=_SDK,
    uses=_DOWNLOADED,
)
def without_key(context: Context) -> None:
    """A GET without credentials gets the file."""
    album_downloads(context).plain.expect(200)


@check(
    "downloads/size",
    operation="downloadOutput",
    rule="a download has as many bytes as the size of its output says",
    source=_OAS,
    uses=_DOWNLOADED,
)
def size(context: Context) -> None:
    """`size` counts the bytes."""
    download = _plain(context)
    shown, got = last_output(context)["size"], len(download.response.content)
    if shown != got:
        raise download.broken(f"must have {shown} bytes as the size of the output, has {got}")


@check(
    "downloads/checksum",
    operation="downloadOutput",
    rule="the checksum of an output is the digest of its bytes, by the observed algorithm",
    source=_OAS,
    uses=_DOWNLOADED,
    depends=("checksum",),
)
def checksum(context: Context) -> None:
    """`checksum` is the digest of what is downloaded."""
    download = _plain(context)
    algorithm = context.profile["checksum"]
    digest = hashlib.new(algorithm, download.response.content, usedforsecurity=False).hexdigest()
    shown = last_output(context)["checksum"]
    if shown != digest:
        raise download.broken(f"must have the {algorithm} checksum {shown} of the output, has {digest}")


@check(
    "downloads/content-type",
    operation="downloadOutput",
    rule="a download has the content_type of its output",
    source=_OAS,
    uses=_DOWNLOADED,
)
def content_type(context: Context) -> None:
    """The header is what the output says."""
    download = _plain(context)
    shown, got = str(last_output(context)["content_type"]), download.response.headers.get(_TYPE, "")
    if not same_type(shown, got):
        raise download.broken(f"must have the {_TYPE} {shown} of the output, has {in_json(got)}")


@check(
    "downloads/disposition",
    operation="downloadOutput",
    rule="Content-Disposition names the file as its output does",
    source="older SDKs read it",
    confidence="observed",
    uses=_DOWNLOADED,
    depends=("output-name-field",),
)
def disposition(context: Context) -> None:
    """The header has the name of the output."""
    _names_the_file(_plain(context), str(last_output(context)[context.profile.value("output-name-field")]))


@check(
    "downloads/any-accept",
    operation="downloadOutput",
    rule="a download with Accept: application/json gets the same bytes",
    source="the Python and Node SDKs send it",
    confidence="observed",
    uses=_DOWNLOADED,
)
def any_accept(context: Context) -> None:
    """The type of a file is not negotiated."""
    plain, as_json = _plain(context), album_downloads(context).as_json.expect(200)
    if as_json.response.content != plain.response.content:
        raise as_json.broken("must send the bytes of the file whatever Accept says")


@check(
    "downloads/base64",
    operation="downloadOutput",
    rule="a download with encoding=base64 is the base64 text of the same bytes",
    source=_PAGE,
    uses=_DOWNLOADED,
)
def encoded(context: Context) -> None:
    """It decodes to what a plain download gets."""
    plain, answer = _plain(context), album_downloads(context).base64.expect(200)
    try:
        decoded = base64.b64decode(b"".join(answer.response.content.split()), validate=True)
    except binascii.Error as error:
        raise answer.broken(f"must be base64 with encoding=base64: {error}") from None
    if decoded != plain.response.content:
        raise answer.broken("must decode from base64 to the bytes of the file, decodes to others")


@check(
    "downloads/head-status",
    operation="headOutput",
    rule="HEAD of an output that can be downloaded is answered with 200",
    source="older SDKs send it",
    confidence="observed",
    uses=_DOWNLOADED,
)
def head_status(context: Context) -> None:
    """HEAD succeeds as GET does."""
    album_downloads(context).head.expect(200)


def _head_agrees(
    case: str, header: str, with_what: str, pair: Callable[[Downloads], tuple[Exchange, Exchange]]
) -> None:
    @check(
        f"downloads/head-{case}",
        operation="headOutput",
        rule=f"HEAD{with_what} has the {header} of a GET{with_what}",
        source="RFC 9110, section 9.3.2",
        uses=_DOWNLOADED,
    )
    def verify(context: Context) -> None:
        """HEAD and GET have the same header."""
        head, get = pair(album_downloads(context))
        if not head.response.is_success or not get.response.is_success:
            raise NotConclusive("HEAD or GET was refused")
        expected, got = get.response.headers.get(header), head.response.headers.get(header)
        if expected is not None and got != expected:
            raise head.broken(
                f"must have the {header} {in_json(expected)} as GET{with_what} has, has {in_json(got)}"
            )


for _header in (_LENGTH, _TYPE, _DISPOSITION):
    _name = _header.lower().removeprefix("content-")
    _head_agrees(_name, _header, "", lambda seen: (seen.head, seen.plain))
    _head_agrees(
        f"base64-{_name}", _header, " with encoding=base64", lambda seen: (seen.head_base64, seen.base64)
    )


@check(
    "downloads/unknown-name",
    operation="downloadOutput",
    rule=f"the download of a file that the job does not have is answered with {NOT_FOUND}",
    source=_OAS,
    requests=1,
    uses=(album,),
)
def unknown_name(context: Context) -> None:
    """Another name than that of an output is not found."""
    folder = str(album(context).outputs[0]["uri"]).rpartition("/")[0]
    context.download(f"{folder}/nothing-of-that-name.bin").expect(NOT_FOUND)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name with characters that URLs or headers treat specially."""

    id: str
    text: str


_NAMES = (
    _Name("non-ascii", "Ein Bär im Schnee"),
    _Name("percent", "100%25 fox"),
    _Name("url-characters", "fox #1? a+b&c=d"),
    _Name("quotes", 'a "fox"; really'),
)


def _downloads_under(name: _Name) -> None:
    @check(
        f"downloads/name-{name.id}",
        operation="downloadOutput",
        rule=f"an output that is named {name.text} is downloaded under its uri and name",
        source=_OAS,
        requests=2,
        uses=(album, renamed_outputs),
        depends=("output-name-field",),
    )
    def verify(context: Context) -> None:
        """The uri in the answer leads to the file, whose header has the name in the answer."""
        renamed_outputs(context)
        path = output_path(album(context), last_output(context))
        changed = context.call("updateOutput", path=path, json={"filename": name.text})
        if not changed.response.is_success:
            raise NotConclusive(f"updateOutput was answered {changed.response.status_code}")
        download = context.download(changed.text("uri")).expect(200)
        field = context.profile.value("output-name-field")
        before = str(last_output(context)[field])
        expect_same(changed, f"`{field}`", name.text + PurePosixPath(before).suffix, changed.text(field))
        _names_the_file(download, changed.text(field))


for _special in _NAMES:
    _downloads_under(_special)


def _plain(context: Context) -> Exchange:
    """The plain download of the album's last output.

    Raises:
        NotConclusive: it was refused; another check tells that.
    """
    download = album_downloads(context).plain
    if not download.response.is_success:
        raise NotConclusive(f"the download was answered {download.response.status_code}")
    return download


def _names_the_file(download: Exchange, name: str) -> None:
    sent = download.response.headers.get(_DISPOSITION, "")
    if named_file(sent) != name:
        raise download.broken(f"must name the file {name!r} in {_DISPOSITION}, has {in_json(sent)}")
