"""Checks of the files that a job makes: one each, or an archive of several."""

from __future__ import annotations

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.album import (
    FALSE,
    MULTIPLE,
    OMITTED,
    PROMPTS,
    TRUE,
    album,
    archive_download,
)
from pixelpact.contract_tests.suite.contents import OpenedArchive, content_type_of, open_archive, open_picture
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.several import are_archived, expected_results
from pixelpact.contract_tests.suite.steps import single_result

_TABLE = "text-to-image option table"
_RESULTS = ("several-results", "single-archived", "pictures-per-job", "conversions-times-inputs")


def _number_of_files(case: str, conversion: int, rule: str) -> None:
    @check(
        f"outputs/multiple-{case}",
        operation="getJob",
        rule=rule,
        source=_TABLE,
        uses=(album,),
        depends=_RESULTS,
        rank=20,
    )
    def verify(context: Context) -> None:
        """As many files as the option says."""
        found = album(context)
        results = expected_results(context.profile, conversion, prompts=len(PROMPTS))
        separate = conversion == TRUE or context.profile["several-results"] == "files"
        files = results if separate else min(results, 1)
        got = found.outputs_of(conversion)
        if len(got) != files:
            what = f"must make {files} files of {results} results with {MULTIPLE} {case}, made {len(got)}"
            raise found.job.last.broken(what)


_number_of_files("omitted", OMITTED, "allow_multiple_outputs is false unless given: an archive, as observed")
_number_of_files("false", FALSE, "without allow_multiple_outputs, several results come as observed")
_number_of_files("true", TRUE, "with allow_multiple_outputs, each result is a file of its own")


@check(
    "outputs/archive-opens",
    operation="downloadOutput",
    rule="an archive has the format that its content_type says",
    source=_TABLE,
    uses=(album, archive_download),
    depends=(*_RESULTS, "archive-format"),
)
def archive_opens(context: Context) -> None:
    """It is an archive of the observed format."""
    download = archive_download(context).expect(200)
    opened, expected = (
        open_archive(download.response.content),
        content_type_of(context.profile["archive-format"]),
    )
    if opened is None or opened.content_type != expected:
        got = opened.content_type if opened else "something else"
        raise download.broken(f"must be an archive of the content_type {expected}, is {got}")
    shown = album(context).only_output_of(FALSE)["content_type"]
    if shown != expected:
        raise album(context).job.last.broken(f"must have the content_type {expected}, has {shown!r}")


@check(
    "outputs/archive-members",
    operation="downloadOutput",
    rule="an archive holds all results of its conversion",
    source=_TABLE,
    uses=(album, archive_download),
    depends=_RESULTS,
)
def archive_members(context: Context) -> None:
    """It has as many members as results."""
    results = expected_results(context.profile, FALSE, prompts=len(PROMPTS))
    members = _archive(context).members
    if len(members) != results:
        what = f"must hold {results} results in an archive, holds {len(members)} members"
        raise archive_download(context).broken(what)


@check(
    "outputs/archive-names",
    operation="downloadOutput",
    rule="the members of an archive have different names",
    source="assumed; otherwise one would overwrite the other",
    confidence="assumed",
    uses=(album, archive_download),
    depends=_RESULTS,
)
def archive_names(context: Context) -> None:
    """No two members share a name."""
    names = [name for name, _ in _archive(context).members]
    if len(set(names)) != len(names):
        raise archive_download(context).broken(f"must give members different names, has {names}")


@check(
    "outputs/archive-pictures",
    operation="downloadOutput",
    rule="the members of an archive are pictures",
    source=_TABLE,
    uses=(album, archive_download),
    depends=_RESULTS,
)
def archive_pictures(context: Context) -> None:
    """Each member is a whole picture."""
    for name, content in _archive(context).members:
        if open_picture(content) is None:
            raise archive_download(context).broken(f"must hold pictures, the member {name} is not one")


@check(
    "outputs/single-result",
    operation="getJob",
    rule="a single result comes as a picture or an archive, as observed",
    source=_TABLE,
    confidence="assumed",
    uses=(single_result,),
    depends=("single-archived", "several-results", "archive-format"),
)
def single_result_type(context: Context) -> None:
    """Its content type is that of an archive only if it was observed so."""
    job = single_result(context)
    shown = str(job.output()["content_type"])
    archived = are_archived(context.profile, 1)
    is_archive = shown == content_type_of(context.profile["archive-format"])
    if archived != is_archive or not (is_archive or shown.startswith("image/")):
        expected = "that of an archive" if archived else "that of a picture"
        raise job.last.broken(f"must have the content_type {expected} with {MULTIPLE} false, has {shown}")


def _archive(context: Context) -> OpenedArchive:
    """The archive of the album.

    Raises:
        NotConclusive: it can't be opened.
    """
    opened = open_archive(archive_download(context).response.content)
    if opened is None:
        raise NotConclusive("the archive can't be opened")
    return opened
