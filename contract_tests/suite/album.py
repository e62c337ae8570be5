"""The album: a job with three conversions of two prompts, and what is seen of its outputs, step by step.

The steps that change something build on those that look at the album as it was before.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.contract_tests.suite.several import (
    SeveralJob,
    are_archived,
    draw_several,
    expected_results,
)
from pixelpact.schema import JSONObject

PROMPTS = ("A fox in the snow", "A hare in the grass")
#: The conversions of the album differ in this option: it is left out, false, true.
MULTIPLE = "allow_multiple_outputs"
OMITTED, FALSE, TRUE = range(3)
_CASES: tuple[Mapping[str, Any], ...] = ({}, {MULTIPLE: False}, {MULTIPLE: True})
#: The new name of one output, and that of all.
NEW_NAME, NAME_OF_ALL = "portrait no.1 Ü", "gallery"


@step(requests=6, paid_jobs=1, rule="a job with three conversions and two prompts completes")
def album(context: Context) -> SeveralJob:
    """A job that has drawn two prompts three times: as the option says, in one file or in two."""
    options = [{**SMALL, "seed": 7, **case} for case in _CASES]
    return draw_several(context, options, *PROMPTS, outputs=4)


@step(requests=1, uses=(album,), rule="the outputs of a job are listed")
def album_listing(context: Context) -> Exchange:
    """The listing of the album's outputs, before any download."""
    return context.call("listOutputs", path={"job_id": album(context).job.id})


@step(requests=1, uses=(album, album_listing), rule="an archive is downloaded")
def archive_download(context: Context) -> Exchange:
    """A download of the archive that the album's second conversion makes.

    Raises:
        NotConclusive: it makes none.
    """
    with suppress(NotConclusive):
        album_listing(context)  # before any download
    output = album(context).only_output_of(FALSE)
    if not are_archived(context.profile, expected_results(context.profile, FALSE, prompts=len(PROMPTS))):
        raise NotConclusive("several results do not come as an archive")
    return context.download(str(output["uri"]))


@step(requests=1, uses=(album, album_listing), rule="an output of a job is read")
def album_output(context: Context) -> Exchange:
    """A read of the album's last output, before any download."""
    album_listing(context)
    return context.call("getOutput", path=output_path(album(context), last_output(context)))


@dataclass(frozen=True, slots=True)
class Downloads:
    """Downloads of the album's last output, in this order, with listings of all outputs in between."""

    plain: Exchange
    after_plain: Exchange
    head: Exchange
    head_base64: Exchange
    base64: Exchange
    after_base64: Exchange
    as_json: Exchange


@step(requests=7, uses=(album, album_listing, album_output), rule="an output is downloaded")
def album_downloads(context: Context) -> Downloads:
    """Downloads of the album's last output: its bytes, its headers, both as base64 too."""
    album_output(context)
    uri = str(last_output(context)["uri"])
    encoded: dict[str, Any] = {"params": {"encoding": "base64"}}

    def listing() -> Exchange:
        return context.call("listOutputs", path={"job_id": album(context).job.id})

    return Downloads(
        plain=context.download(uri),
        after_plain=listing(),
        head=context.download(uri, operation="headOutput"),
        head_base64=context.download(uri, operation="headOutput", **encoded),
        base64=context.download(uri, **encoded),
        after_base64=listing(),
        as_json=context.download(uri, headers={"Accept": "application/json"}),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A change of outputs: the outputs before, the answer, and a read of the job afterwards."""

    before: list[JSONObject]
    answer: Exchange
    after: Exchange


@step(requests=2, uses=(album, album_downloads), rule="an output is renamed")
def renamed_output(context: Context) -> Change:
    """The album's first output under another name."""
    album_downloads(context)
    found = album(context)
    path = output_path(found, first_output(context))
    return _changed(context, "updateOutput", path, {"filename": NEW_NAME}, before=found.outputs)


@step(requests=1, uses=(album, renamed_output), rule="a renamed output is downloaded")
def renamed_download(context: Context) -> Exchange:
    """A download of the album's first output under its new name."""
    return context.download(renamed_output(context).answer.text("uri"))


@step(
    requests=2,
    uses=(album, renamed_output, renamed_download, archive_download),
    rule="all outputs are renamed",
)
def renamed_outputs(context: Context) -> Change:
    """All outputs of the album under one new name."""
    renamed_download(context)
    with suppress(NotConclusive):
        archive_download(context)  # under its old name
    before = renamed_output(context).after.at("output")
    path = {"job_id": album(context).job.id}
    return _changed(context, "updateOutputs", path, {"filename": NAME_OF_ALL}, before=before)


@dataclass(frozen=True, slots=True)
class Deletion:
    """The deletion of an output: the answers, the listing afterwards, and a download."""

    id: str
    answer: Exchange
    listing: Exchange
    download: Exchange


@step(requests=2, uses=(album, renamed_outputs), rule="an output is deleted")
def deleted_output(context: Context) -> Deletion:
    """The album's first output, deleted; the deletion itself was kept back for tidying."""
    renamed = renamed_outputs(context).after
    found, first = album(context), first_output(context)
    path = output_path(found, first)
    rows = [row for row in renamed.at("output") if row["id"] == first["id"]]
    if not rows:
        raise NotConclusive(f"the job no longer shows the output {first['id']}")
    return Deletion(
        id=path["output_id"],
        answer=context.call("removeOutput", path=path),
        listing=context.call("listOutputs", path={"job_id": found.job.id}),
        download=context.download(str(rows[0]["uri"])),
    )


def first_output(context: Context) -> JSONObject:
    """The album's first output, which is renamed and deleted."""
    return album(context).outputs[0]


def last_output(context: Context) -> JSONObject:
    """The album's last output, which is downloaded.

    Raises:
        NotConclusive: it is the first as well.
    """
    outputs = album(context).outputs
    if len(outputs) == 1:
        raise NotConclusive("the job has one output only")
    return outputs[-1]


def output_path(found: SeveralJob, output: JSONObject) -> dict[str, str]:
    """The parameters of the path of an output."""
    return {"job_id": found.job.id, "output_id": str(output["id"])}


def _changed(
    context: Context, operation: str, path: Mapping[str, str], body: JSONObject, *, before: list[JSONObject]
) -> Change:
    answer = context.call(operation, path=path, json=body)
    return Change(before, answer, context.read(path["job_id"]))
