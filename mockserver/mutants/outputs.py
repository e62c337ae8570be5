"""Mutants in what outputs show, and in what their changes do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from pixelpact.mockserver.mutants.album import Document, is_album, of_jobs, shown_wrongly
from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import UNKNOWN_ID, edited, job_id, query
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import error_answers

_NOT_FOUND = error_answers()["NotFound"].status
_UNKNOWN_ID = "5a1ba92f-0000-4000-8000-000000000000"
#: The number of conversions of a job that other checks look at.
_FEW = 4
_NEW_NAME, _NAME_OF_ALL = "portrait no.1 Ü", "gallery"


def _stem(row: Document) -> str:
    return PurePosixPath(row["filename"]).stem.partition("-")[0]


def _row(number: int, **fields: object) -> Callable[[list[Document]], None]:
    """A change of one row's fields, in answers that show them all and before they are all renamed."""

    def change(rows: list[Document]) -> None:
        if len(rows) > 1 and _stem(rows[number]) != _NAME_OF_ALL:
            rows[number].update(fields)

    return change


def _without_date(rows: list[Document]) -> None:
    for row in rows:
        row.pop("created_at", None)


def _other_host(rows: list[Document]) -> None:
    for row in rows:
        row["uri"] = row["uri"].replace("//127.0.0.1", "//localhost", 1)


def _shared_uri(rows: list[Document]) -> None:
    if len(rows) > 1 and _stem(rows[-1]) != _NAME_OF_ALL:
        rows[-2]["uri"] = rows[-1]["uri"]


def _unknown_input(rows: list[Document]) -> None:
    if len(rows) > 1:
        rows[1]["source"]["input"].append(_UNKNOWN_ID)


def _unknown_conversion(rows: list[Document]) -> None:
    if len(rows) > 1:
        rows[1]["source"]["conversion"] = _UNKNOWN_ID


def _larger(rows: list[Document]) -> None:
    for row in rows:
        row["size"] += 1


shown_wrongly(
    "outputs/fields",
    "leaves out created_at of outputs",
    "created_at",
    _without_date,
    also=("outputs/created-with-its-job",),
    why="that date is compared with those of the job",
)
shown_wrongly("outputs/uri-under-server", "names another host in uri than in server", "uri", _other_host)
shown_wrongly("outputs/different-uris", "gives two outputs one uri", "uri", _shared_uri)
shown_wrongly(
    "outputs/source-conversion",
    "names a conversion that does not exist in source",
    "source.conversion",
    _unknown_conversion,
)
shown_wrongly(
    "outputs/source-input", "names an input that does not exist in source", "source.input", _unknown_input
)
shown_wrongly("outputs/enabled", "shows a new output as disabled", "enabled", _row(1, status="disabled"))
shown_wrongly(
    "outputs/not-downloaded-yet",
    "begins to count downloads at five",
    "downloads_counter",
    _row(1, downloads_counter=5),
)
shown_wrongly(
    "outputs/listing-equals-job",
    "lists outputs with another size than the job shows",
    "size",
    _larger,
    operations=("listOutputs",),
)
shown_wrongly(
    "outputs/one-equals-job",
    "shows a single output with another size than the job",
    "size",
    _larger,
    operations=("getOutput",),
)


def _unfiltered(parameter: str, *, but: str = "nothing") -> None:
    def request(sent: Traffic) -> None:
        if f"{parameter}=" in sent.query and but not in sent.query:
            sent.query = ""

    mutant(
        f"outputs/filter-{parameter.replace('_', '-')}",
        f"lists all outputs whatever {parameter} says",
        operations=("listOutputs",),
        word=parameter,
        request=request,
    )


_unfiltered("conversion_id", but="input_id")
_unfiltered("input_id")


def _found(status: int) -> Change:
    def response(answered: Traffic) -> None:
        if answered.status == _NOT_FOUND and job_id(answered) != UNKNOWN_ID:
            answered.status = status
            if status == 204:
                answered.body = b""
                answered.set_header("content-length", None)

    return response


for _verb, _operation, _status in (
    ("read", "getOutput", 200),
    ("change", "updateOutput", 200),
    ("deletion", "removeOutput", 204),
):
    mutant(
        f"outputs/unknown-{_verb}",
        f"answers {_operation} of an output that does not exist with {_status}",
        operations=(_operation,),
        word=str(_NOT_FOUND),
        response=_found(_status),
    )


def _early_output(answered: Traffic) -> None:
    if answered.json == [] and not query(answered):
        answered.json = [{"id": _UNKNOWN_ID}]


mutant(
    "outputs/none-while-waiting",
    "lists an output of a job that has not run",
    operations=("listOutputs",),
    word="output",
    response=_early_output,
)


def _counting(check: str, what: str, count: Callable[[int, int], int], **known: Any) -> None:
    """A mutant that shows another counter, given that of a row and the largest of all."""

    def change(rows: list[Document]) -> None:
        largest = max(row["downloads_counter"] for row in rows)
        for row in rows:
            row["downloads_counter"] = count(row["downloads_counter"], largest)

    shown_wrongly(check, what, "downloads_counter", change, operations=("listOutputs",), **known)


_OTHERWISE: Mapping[str, Any] = {
    "also": ("outputs/counts-in-job",),
    "why": "the job counts otherwise than the listing of outputs",
}
_counting(
    "outputs/counts-download",
    "does not count the first download",
    lambda own, _: max(0, own - 1),
    **_OTHERWISE,
)
_counting("outputs/counts-base64", "counts only one download", lambda own, _: min(1, own), **_OTHERWISE)
_counting("outputs/counts-only-its-own", "counts downloads for all outputs", lambda _, largest: largest)


def _zeroed(rows: list[Document]) -> None:
    for row in rows:
        row["downloads_counter"] = 0


def _old(rows: list[Document]) -> None:
    for row in rows:
        row["created_at"] = "1970-01-01T00:00:00"


shown_wrongly(
    "outputs/counts-in-job",
    "shows no downloads in jobs",
    "downloads_counter",
    _zeroed,
    operations=("getJob",),
)
shown_wrongly("outputs/created-with-its-job", "shows an old created_at of outputs", "created_at", _old)


def _without_disabled(rows: object, _: Traffic) -> None:
    for row in rows if isinstance(rows, list) else ():
        row["output"] = [output for output in row["output"] if output["status"] != "disabled"]


def _uncounted(rows: object, _: Traffic) -> None:
    for row in rows if isinstance(rows, list) else ():
        if len(row["conversion"]) > 2 * _FEW:
            _zeroed(row["output"])


mutant(
    "outputs/counts-in-listed-jobs",
    "lists jobs with many conversions as if nothing had been downloaded",
    operations=("listJobs",),
    word="downloads_counter",
    response=edited(_uncounted),
)
mutant(
    "outputs/deleted-in-job",
    "lists jobs without their deleted outputs",
    operations=("listJobs",),
    word="disabled",
    response=edited(_without_disabled),
)


def _longer_name(sent: Traffic) -> None:
    body = sent.json
    if isinstance(body, dict) and body.get("filename") == _NEW_NAME:
        sent.json = {**body, "filename": f"{_NEW_NAME}_"}


mutant(
    "outputs/renamed",
    "adds an underscore to the new name of an output",
    operations=("updateOutput",),
    word="filename",
    request=_longer_name,
)


def _renamed(change: Callable[[Document], object]) -> Callable[[list[Document]], None]:
    """A change of the rows that have the new name."""

    def rows_change(rows: list[Document]) -> None:
        for row in rows:
            if _stem(row) == _NEW_NAME:
                change(row)

    return rows_change


def _other_renamed(rows: list[Document]) -> None:
    if len(rows) > 1 and _stem(rows[0]) == _NEW_NAME:
        rows[1]["size"] += 1


shown_wrongly(
    "outputs/renamed-keeps-fields",
    "changes the size of an output that is renamed",
    "size",
    _renamed(lambda row: row.update(size=row["size"] + 1)),
)
shown_wrongly(
    "outputs/renamed-alone",
    "changes the size of another output when one is renamed",
    "size",
    _other_renamed,
    operations=("getJob",),
)
shown_wrongly(
    "outputs/renamed-in-job",
    "keeps the old name of a renamed output in the job",
    "filename",
    _renamed(lambda row: row.update(filename=f"text-to-image{PurePosixPath(row['filename']).suffix}")),
    operations=("getJob",),
)


def _old_name(answered: Traffic) -> None:
    if f"/{quote(_NEW_NAME)}." in answered.path:
        answered.set_header("content-disposition", 'attachment; filename="text-to-image.zip"')


mutant(
    "outputs/renamed-download",
    "sends a renamed output under its old name",
    operations=("downloadOutput",),
    word="Content-Disposition",
    response=_old_name,
)


def _processing_again(answered: Traffic) -> None:
    job = answered.json
    if any(_stem(row) == _NEW_NAME for row in job["output"]):
        job["status"]["code"] = "processing"
        answered.json = job


mutant(
    "outputs/still-completed",
    "shows a completed job as processing after one of its outputs was renamed",
    operations=("createJob", "getJob"),
    word="status",
    changes=of_jobs(is_album, _processing_again),
)


def _every_second_read() -> tuple[None, Change]:
    reads: Counter[str] = Counter()

    def response(answered: Traffic) -> None:
        job = answered.json
        if not isinstance(job, dict) or job.get("status", {}).get("code") != "completed":
            return
        reads[job_id(answered)] += 1
        if reads[job_id(answered)] == 2:
            job["status"]["code"] = "processing"
            answered.json = job

    return None, response


mutant(
    "outputs/still-completed",
    "shows a completed job as processing in the next read",
    id="outputs/still-completed~next-read",
    operations=("getJob",),
    word="status",
    changes=_every_second_read,
)


def _last_unnamed(rows: list[Document]) -> None:
    rows[-1]["filename"] = PurePosixPath(rows[-1]["filename"]).stem


shown_wrongly(
    "outputs/all-renamed",
    "drops the extension of the last output when all are renamed",
    "filename",
    _last_unnamed,
    operations=("updateOutputs",),
)


def _shared_new_uri(rows: list[Document]) -> None:
    if _stem(rows[-1]) == _NAME_OF_ALL:
        rows[-1]["uri"] = rows[-2]["uri"]


shown_wrongly(
    "outputs/all-renamed-differently",
    "gives two outputs one uri when all get the same name",
    "uri",
    _shared_new_uri,
    operations=("getJob",),
)


def _deleted_with_200(answered: Traffic) -> None:
    if answered.status == 204:
        answered.status = 200


mutant(
    "outputs/deleted",
    "answers the deletion of an output with 200",
    operations=("removeOutput",),
    word="204",
    response=_deleted_with_200,
)


def _enabled_again(rows: list[Document]) -> None:
    for row in rows:
        row["status"] = "enabled"


def _all_disabled(rows: list[Document]) -> None:
    if any(row["status"] == "disabled" for row in rows):
        rows[-1]["status"] = "disabled"


shown_wrongly(
    "outputs/deleted-entry",
    "shows a deleted output as enabled",
    "disabled",
    _enabled_again,
    operations=("listOutputs",),
)
shown_wrongly(
    "outputs/deleted-alone",
    "disables another output with the one that is deleted",
    "enabled",
    _all_disabled,
    operations=("listOutputs",),
)


def _still_there(answered: Traffic) -> None:
    if answered.status == _NOT_FOUND and f"/{_NAME_OF_ALL}." in answered.path:
        answered.status, answered.body = 200, b"still there"


mutant(
    "outputs/deleted-download",
    "gives the file of a deleted output",
    operations=("downloadOutput",),
    word="deleted",
    response=_still_there,
)
