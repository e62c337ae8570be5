"""Checks of the files that a job makes: one each, or an archive of several."""

from __future__ import annotations

from pathlib import PurePosixPath

from pixelpact.contract_tests.checks.started import uploaded_job
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.album import (
    FALSE,
    MULTIPLE,
    OMITTED,
    PROMPTS,
    TRUE,
    album,
    album_downloads,
    archive_download,
)
from pixelpact.contract_tests.suite.contents import (
    OpenedArchive,
    content_type_of,
    expect_as_shown,
    open_archive,
    open_picture,
    same_type,
)
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.several import are_archived, expected_results
from pixelpact.contract_tests.suite.steps import single_result

_OAS = "vendor OpenAPI 2.0.1"
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
        raise album(context).job.last.broken(f"must have the content_type {expected}, has {in_json(shown)}")


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
    """Each member is a whole picture of the size that was asked for."""
    asked = (SMALL["width"], SMALL["height"])
    for name, content in _archive(context).members:
        picture = open_picture(content)
        if picture is None:
            raise archive_download(context).broken(f"must hold pictures, the member {name} is not one")
        if (picture.width, picture.height) != asked:
            what = f"must hold pictures of width and height {asked}, the member {name} has"
            raise archive_download(context).broken(f"{what} {picture.width} x {picture.height}")


@check(
    "outputs/archive-as-shown",
    operation="downloadOutput",
    rule="an archive has the size, the checksum, the content_type and the name that its output shows",
    source=_OAS,
    uses=(album, archive_download),
    depends=(*_RESULTS, "checksum", "output-name-field"),
)
def archive_as_shown(context: Context) -> None:
    """What is downloaded is what the output describes."""
    expect_as_shown(context, archive_download(context), album(context).only_output_of(FALSE))


@check(
    "outputs/archive-different-pictures",
    operation="downloadOutput",
    rule="an archive holds another picture for each prompt",
    source=_TABLE,
    uses=(album, archive_download),
    depends=_RESULTS,
)
def archive_different_pictures(context: Context) -> None:
    """No two members have the same bytes."""
    contents = [content for _, content in _archive(context).members]
    if len({*contents}) != len(contents):
        raise archive_download(context).broken("must hold another picture for each prompt in an archive")


@check(
    "outputs/archive-same-pictures",
    operation="downloadOutput",
    rule=f"a picture is the same in an archive and in a file of its own, as {MULTIPLE} is about delivery",
    source=_TABLE,
    confidence="assumed",
    uses=(album, archive_download, album_downloads),
    depends=(*_RESULTS, "seed-repeats"),
)
def archive_same_pictures(context: Context) -> None:
    """The file of the album that is downloaded is a member of its archive: the other options are the same."""
    alone = album_downloads(context).plain
    if context.profile["seed-repeats"] != "always" or not alone.response.is_success:
        raise NotConclusive("no picture is drawn twice, or the file can't be downloaded")
    if alone.response.content not in [content for _, content in _archive(context).members]:
        what = f"must draw the same picture with {MULTIPLE} false in an archive as with true in a file"
        raise archive_download(context).broken(what)


@check(
    "outputs/named-after-input",
    operation="getJob",
    rule="an output is named after its input, with the extension of its content_type",
    source="vendor page input-types",
    uses=(single_result, uploaded_job),
    depends=("single-archived", "output-name-field"),
)
def named_after_input(context: Context) -> None:
    """The outputs of a described and of an uploaded input are named after them, but for the extension."""
    if are_archived(context.profile, 1):
        raise NotConclusive("single results come as archives")
    field = context.profile.value("output-name-field")
    for last in (single_result(context).last, uploaded_job(context).last):
        given, name = last.text("input", 0, "filename"), PurePosixPath(last.text("output", 0, field))
        shown = last.text("output", 0, "content_type")
        by_name = content_type_of(name.suffix.removeprefix("."))
        if name.stem != PurePosixPath(given).stem or (by_name and not same_type(by_name, shown)):
            what = f"must have a {field} after the filename {given} of its input, of the type {shown}"
            raise last.broken(f"{what}, has {name}")


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
