"""Checks of changed outputs: renamed, all renamed, deleted."""

from __future__ import annotations

from pathlib import PurePosixPath

from pixelpact.contract_tests.checks.listings import pages
from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import success_status
from pixelpact.contract_tests.suite.album import (
    NAME_OF_ALL,
    NEW_NAME,
    album,
    deleted_output,
    first_output,
    renamed_download,
    renamed_output,
    renamed_outputs,
)
from pixelpact.contract_tests.suite.comparisons import expect_same, rows_of
from pixelpact.contract_tests.suite.contents import named_file
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.galleries import ratios
from pixelpact.contract_tests.suite.items import check
from pixelpact.schema import JSONObject

_OAS = "vendor OpenAPI 2.0.1"
#: What downloads in the meantime may change.
_BY_DOWNLOADS = {"downloads_counter", "status"}


@check(
    "outputs/renamed",
    operation="updateOutput",
    rule="an output gets the new filename, given without extension, and keeps its extension",
    source=_OAS,
    uses=(album, renamed_output),
    depends=("output-name-field",),
)
def renamed(context: Context) -> None:
    """The answer has the new name."""
    change = renamed_output(context)
    field = context.profile.value("output-name-field")
    expected = NEW_NAME + PurePosixPath(str(first_output(context)[field])).suffix
    shown = change.answer.expect(200).at(field)
    if shown != expected:
        raise change.answer.broken(f"must have the {field} {expected} after the change, has {in_json(shown)}")


@check(
    "outputs/renamed-keeps-fields",
    operation="updateOutput",
    rule="an output that is renamed keeps its other fields",
    source=_OAS,
    uses=(album, renamed_output),
    depends=("output-name-field",),
)
def renamed_keeps_fields(context: Context) -> None:
    """Only the name and the uri differ."""
    answer = renamed_output(context).answer.expect(200)
    before = first_output(context)
    ignored = {context.profile.value("output-name-field"), "uri", *_BY_DOWNLOADS}
    _same(answer, before, answer.json(), ignored=ignored, what="of the renamed output")


@check(
    "outputs/renamed-alone",
    operation="updateOutput",
    rule="renaming an output leaves the other outputs of its job as they are",
    source=_OAS,
    uses=(album, renamed_output),
)
def renamed_alone(context: Context) -> None:
    """The others are unchanged in the next read of the job."""
    change = renamed_output(context)
    after = {row["id"]: row for row in change.after.at("output")}
    for row in change.before[1:]:
        _same(
            change.after,
            row,
            after.get(row["id"], {}),
            ignored=_BY_DOWNLOADS,
            what="of an output that is not renamed",
        )


@check(
    "outputs/renamed-in-job",
    operation="getJob",
    rule="a job shows the new name of its output",
    source=_OAS,
    uses=(album, renamed_output),
)
def renamed_in_job(context: Context) -> None:
    """The next read of the job shows what the change answered."""
    change = renamed_output(context)
    row = change.answer.expect(200).json()
    after = [shown for shown in change.after.at("output") if shown["id"] == row["id"]]
    _same(change.after, row, after[0] if after else {}, ignored=_BY_DOWNLOADS, what="of the renamed output")


@check(
    "outputs/renamed-download",
    operation="downloadOutput",
    rule="the download of a renamed output has the new name",
    source=_OAS,
    uses=(album, renamed_output, renamed_download),
    depends=("output-name-field",),
)
def names_renamed_download(context: Context) -> None:
    """`Content-Disposition` names the file as the change answered."""
    answer = renamed_output(context).answer.expect(200)
    name = answer.text(context.profile.value("output-name-field"))
    download = renamed_download(context).expect(200)
    sent = named_file(download.response.headers.get("Content-Disposition", ""))
    if sent != name:
        raise download.broken(
            f"must name the renamed file {name} in Content-Disposition, names {in_json(sent)}"
        )


@check(
    "outputs/still-completed",
    operation="getJob",
    rule="a completed job keeps its status when an output is changed",
    source="vendor guide job-lifecycle",
    uses=(album, renamed_output),
)
def still_completed(context: Context) -> None:
    """A later read shows `completed`."""
    after = renamed_output(context).after.expect(200)
    code = after.text("status", "code")
    if code != "completed":
        raise after.broken(f"must keep the status completed, has {code}")


@check(
    "outputs/all-renamed",
    operation="updateOutputs",
    rule="a change of all outputs answers with all of them, renamed, each with its extension",
    source=_OAS,
    uses=(album, renamed_outputs),
    depends=("output-name-field",),
)
def all_renamed(context: Context) -> None:
    """Every output has the new name, numbered or not."""
    change = renamed_outputs(context)
    field = context.profile.value("output-name-field")
    rows = {row["id"]: row for row in change.answer.expect(200).json()}
    for row in change.before:
        old, new = PurePosixPath(str(row[field])), PurePosixPath(str(rows.get(row["id"], {}).get(field)))
        if not new.name.startswith(NAME_OF_ALL) or new.suffix != old.suffix:
            what = f"must have a {field} of {NAME_OF_ALL} and {old.suffix} in all outputs"
            raise change.answer.broken(f"{what}, has {new.name}")


@check(
    "outputs/all-renamed-differently",
    operation="getJob",
    rule="outputs that get the same name keep uris of their own",
    source="assumed; a uri names one file",
    confidence="assumed",
    uses=(album, renamed_outputs),
)
def all_renamed_differently(context: Context) -> None:
    """No two outputs share a uri."""
    after = renamed_outputs(context).after
    uris = [row["uri"] for row in after.at("output")]
    if len(set(uris)) != len(uris):
        raise after.broken(f"must give outputs of the same name different uris, has {uris}")


@check(
    "outputs/deleted",
    operation="removeOutput",
    rule=f"the deletion of an output is answered with {success_status('removeOutput')}",
    source=_OAS,
    uses=(album, deleted_output),
)
def deleted(context: Context) -> None:
    """Deletions are answered without content."""
    deleted_output(context).answer.expect(success_status("removeOutput"))


@check(
    "outputs/deleted-entry",
    operation="listOutputs",
    rule="a deleted output stays in the job, with the status disabled",
    source=_OAS,
    uses=(album, deleted_output),
)
def deleted_entry(context: Context) -> None:
    """Its entry says that it is gone."""
    deletion = deleted_output(context)
    found = [row for row in deletion.listing.expect(200).json() if row["id"] == deletion.id]
    if not found or found[0].get("status") != "disabled":
        shown = found[0].get("status") if found else "no entry"
        raise deletion.listing.broken(f"must show the status disabled of a deleted output, has {shown}")


@check(
    "outputs/deleted-alone",
    operation="listOutputs",
    rule="the deletion of an output leaves the others enabled",
    source=_OAS,
    uses=(album, deleted_output),
)
def deleted_alone(context: Context) -> None:
    """The others can still be downloaded."""
    deletion = deleted_output(context)
    expected = {row["id"] for row in album(context).outputs} - {deletion.id}
    rows = deletion.listing.expect(200).json()
    left = {row["id"] for row in rows if row["id"] != deletion.id and row["status"] == "enabled"}
    if left != expected:
        gone = sorted(expected - left)
        raise deletion.listing.broken(f"must keep the other outputs enabled, has lost {gone} or their status")


@check(
    "outputs/deleted-download",
    operation="downloadOutput",
    rule="a deleted output can't be downloaded",
    source=_OAS,
    uses=(album, deleted_output),
)
def deleted_download(context: Context) -> None:
    """With which status it is refused, the ledger asks."""
    download = deleted_output(context).download
    if download.response.is_success:
        raise download.broken(f"must not give a deleted file, got {download.response.status_code}")


@check(
    "outputs/deleted-in-job",
    operation="listJobs",
    rule="a job shows a deleted output as disabled too",
    source=_OAS,
    uses=(album, deleted_output, pages),
    rank=91,
)
def deleted_in_job(context: Context) -> None:
    """The row of the job in the listing of jobs still has the entry, and says that it is gone."""
    deletion, job_id = deleted_output(context), album(context).job.id
    for answer in (pages(context).first, pages(context).second):
        for row in rows_of(answer):
            if row.get("id") == job_id:
                shown = [one.get("status") for one in row["output"] if one.get("id") == deletion.id]
                expect_same(answer, "the status of a deleted output of a job", ["disabled"], shown)


@check(
    "outputs/counts-in-listed-jobs",
    operation="listJobs",
    rule="a job shows downloads in the downloads_counter of its outputs without another change",
    source=_OAS,
    uses=(ratios, pages),
    rank=90,
)
def counts_in_listed_jobs(context: Context) -> None:
    """The pictures that were downloaded once count one in the row of their job."""
    gallery = ratios(context)
    downloaded = {
        gallery.output(name)["id"] for name, got in gallery.downloads.items() if got.response.is_success
    }
    for answer in (pages(context).first, pages(context).second):
        for row in rows_of(answer):
            for output in row["output"] if row.get("id") == gallery.job.job.id else ():
                if output.get("id") in downloaded:
                    what = "the downloads_counter of an output that was downloaded once"
                    expect_same(answer, what, 1, output.get("downloads_counter"))


def _same(answer: Exchange, before: JSONObject, after: JSONObject, *, ignored: set[str], what: str) -> None:
    """Check that the fields of an output are as before."""
    for field in sorted({*before, *after} - ignored):
        if before.get(field) != after.get(field):
            raise answer.broken(
                f"must keep the {field} {what}, was {in_json(before.get(field))}, "
                f"is {in_json(after.get(field))}"
            )
