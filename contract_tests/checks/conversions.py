"""Checks of the conversions of a job: add, list, read, change, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import (
    document_of,
    expect_fields,
    expect_same,
    row_with,
    rows_of,
    succeeded,
)
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.steps import OpenJob, open_job_of
from pixelpact.schema import as_object, error_answers, options_schema, success_status

_OAS = "vendor OpenAPI 2.0.1"
_NOT_FOUND = error_answers()["NotFound"].status
_CREATED = success_status("addConversion")
#: An id that no conversion has.
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
#: Looked for in answers, which must never show it.
_CREDENTIAL = "pixelpact-credential-5417"
_PASSWORD = "pixelpact-password-5418"  # noqa: S105  # of no use to anybody
_OPTIONS = {"width": 640, "style": "anime", "seed": 4294967295, "download_password": _PASSWORD}
_SECRETS = frozenset(name for name, spec in options_schema()["properties"].items() if spec.get("writeOnly"))
_OTHER_OPTIONS = {"height": 480, "cfg_scale": 2.5}
_OTHER_METADATA = {"note": "changed", "number": 2}
_OUTPUT_TARGET = {
    "type": "ftp",
    "parameters": {"host": "ftp.invalid"},
    "credentials": {"username": "pixelpact", "password": _CREDENTIAL},
}


@step(requests=2, rule="a job is created that waits for an input")
def conversions_job(context: Context) -> OpenJob:
    """A staged job with a conversion and without an input, so that it can't start."""
    return open_job_of(context, context.stage())


@dataclass(frozen=True, slots=True)
class NewConversion:
    """A conversion that was added: what was sent, and the answer."""

    sent: Mapping[str, Any]
    answer: Exchange


@step(requests=1, uses=(conversions_job,), rule="a conversion is added")
def new_conversion(context: Context) -> NewConversion:
    """The answer to a conversion with options, metadata and an output target."""
    sent = context.conversion(_OPTIONS, output_target=[_OUTPUT_TARGET])
    path = {"job_id": conversions_job(context).id}
    return NewConversion(sent, context.call("addConversion", path=path, json=sent))


@dataclass(frozen=True, slots=True)
class ShownConversions:
    """The conversions of a job: as they are listed, as the job shows them, and one as it is read."""

    listed: Exchange
    job: Exchange
    read: Exchange


@step(requests=3, uses=(new_conversion,), rule="conversions are listed and read")
def shown_conversions(context: Context) -> ShownConversions:
    """The list of conversions, the job, and the conversion that was added."""
    path = {"job_id": conversions_job(context).id}
    added = context.id_of(new_conversion(context).answer)
    return ShownConversions(
        context.call("listJobConversions", path=path),
        context.call("getJob", path=path),
        context.call("getConversion", path={**path, "conversion_id": added}),
    )


@dataclass(frozen=True, slots=True)
class ChangedConversion:
    """The answers to changes of a conversion: its options, its metadata, a target; and a read at last."""

    options: Exchange
    metadata: Exchange
    target: Exchange
    read: Exchange


@step(requests=4, uses=(shown_conversions,), rule="a conversion is changed")
def changed_conversion(context: Context) -> ChangedConversion:
    """The conversion that was added gets other options, other metadata and, in vain, another target."""
    context.take(shown_conversions)
    added = context.id_of(new_conversion(context).answer)
    path = {"job_id": conversions_job(context).id, "conversion_id": added}
    return ChangedConversion(
        context.call("updateConversion", path=path, json={"options": _OTHER_OPTIONS}),
        context.call("updateConversion", path=path, json={"metadata": _OTHER_METADATA}),
        context.call("updateConversion", path=path, json={"target": "png", "category": "image"}),
        context.call("getConversion", path=path),
    )


@dataclass(frozen=True, slots=True)
class RemovedConversion:
    """The answers to the removal of a conversion, and to a read and a list afterwards."""

    removed: Exchange
    read: Exchange
    listed: Exchange


@step(requests=3, uses=(changed_conversion,), rule="a conversion is removed")
def removed_conversion(context: Context) -> RemovedConversion:
    """The conversion that was added is removed."""
    context.take(changed_conversion)
    path = {"job_id": conversions_job(context).id}
    one = {**path, "conversion_id": context.id_of(new_conversion(context).answer)}
    return RemovedConversion(
        context.call("removeConversion", path=one),
        context.call("getConversion", path=one),
        context.call("listJobConversions", path=path),
    )


@step(requests=3, uses=(conversions_job,), rule="conversions are asked for that don't exist")
def unknown_conversions(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read, a change and a removal of a conversion that the job does not have."""
    path = {"job_id": conversions_job(context).id, "conversion_id": _UNKNOWN_ID}
    return {
        "getConversion": context.call("getConversion", path=path),
        "updateConversion": context.call("updateConversion", path=path, json={"metadata": {}}),
        "removeConversion": context.call("removeConversion", path=path),
    }


def _same_but_defaults(
    context: Context, answer: Exchange, expected: Mapping[str, Any], got: Mapping[str, Any]
) -> None:
    """Check a conversion, whose options may show defaults besides if the profile says so."""
    hidden = ("options", "output_target")
    expect_fields(answer, expected, got, of="the conversion", but=hidden)
    options, shown = _without_secrets(expected.get("options")), _without_secrets(got.get("options"))
    expect_fields(answer, options, shown, of="`options`")
    if context.profile["shown-defaults"] == "none":
        expect_same(answer, "the names in `options`", sorted(options), sorted(shown))


def _without_secrets(options: object) -> dict[str, Any]:
    """Options without those that answers leave out or mask."""
    return {name: value for name, value in as_object(options).items() if name not in _SECRETS}


@check(
    "conversions/added-status",
    operation="addConversion",
    rule=f"a conversion that is added is answered with {_CREATED}",
    source=_OAS,
    uses=(new_conversion,),
)
def added_status(context: Context) -> None:
    """A conversion can be added to a job that waits."""
    new_conversion(context).answer.expect(_CREATED)


@check(
    "conversions/added-as-sent",
    operation="addConversion",
    rule="a conversion is shown as it was sent",
    source=_OAS,
    uses=(new_conversion,),
    depends=("shown-defaults",),
)
def added_as_sent(context: Context) -> None:
    """The answer repeats target, category, options and metadata."""
    new = new_conversion(context)
    _same_but_defaults(context, new.answer, new.sent, document_of(new.answer))


@check(
    "conversions/output-target-kept",
    operation="addConversion",
    rule="the output targets of a conversion are shown with their type and parameters",
    source=_OAS,
    uses=(new_conversion,),
)
def output_target_kept(context: Context) -> None:
    """The answer has the one output target."""
    answer = new_conversion(context).answer
    rows = rows_of(answer, "output_target")
    expect_same(answer, "the number of rows in `output_target`", 1, len(rows))
    expect_fields(answer, _OUTPUT_TARGET, rows[0], of="`output_target`", but=("credentials",))


@check(
    "conversions/credentials-hidden",
    operation="addConversion",
    rule="credentials of output targets are never shown",
    source="SDK contract",
    uses=(new_conversion, shown_conversions),
)
def credentials_hidden(context: Context) -> None:
    """Neither the answer nor the job shows them."""
    for answer in (new_conversion(context).answer, shown_conversions(context).job):
        if _CREDENTIAL in answer.response.text:
            raise answer.broken("must not show `credentials` of an `output_target`")


@check(
    "conversions/password-hidden",
    operation="addConversion",
    rule="the download_password of a conversion is never shown in clear",
    source="SDK contract",
    uses=(new_conversion, shown_conversions),
)
def password_hidden(context: Context) -> None:
    """Neither the answer, nor a read, a list or the job shows it."""
    shown = shown_conversions(context)
    for answer in (new_conversion(context).answer, shown.read, shown.listed, shown.job):
        if _PASSWORD in answer.response.text:
            raise answer.broken("must not show the `download_password` of a conversion")


@check(
    "conversions/listed-as-in-job",
    operation="listJobConversions",
    rule="the list of conversions is the one in the job",
    source=_OAS,
    uses=(shown_conversions,),
)
def listed_as_in_job(context: Context) -> None:
    """The list has the conversions that the job shows, in the same order."""
    shown = shown_conversions(context)
    expect_same(
        shown.listed,
        "the conversions of the job, namely",
        rows_of(shown.job, "conversion"),
        rows_of(shown.listed),
    )


@check(
    "conversions/read-as-listed",
    operation="getConversion",
    rule="a conversion is read as it is listed",
    source=_OAS,
    uses=(shown_conversions,),
)
def read_as_listed(context: Context) -> None:
    """A read of one conversion shows its row of the list."""
    shown = shown_conversions(context)
    read = document_of(shown.read.expect(200))
    asked = document_of(new_conversion(context).answer).get("id")
    expect_same(shown.read, "the `id` of the conversion that is asked for", asked, read.get("id"))
    row = row_with(shown.read, rows_of(shown.listed), asked)
    expect_fields(shown.read, row, read, of="the conversion")


@check(
    "conversions/listed-as-added",
    operation="listJobConversions",
    rule="a conversion is listed as it was answered when it was added",
    source=_OAS,
    uses=(shown_conversions,),
)
def listed_as_added(context: Context) -> None:
    """The new conversion is in the list as its answer showed it."""
    listed, added = shown_conversions(context).listed, document_of(new_conversion(context).answer)
    row = row_with(listed, rows_of(listed), added.get("id"))
    expect_fields(listed, added, row, of="the conversion", but=("output_target", "options"))
    expected, shown = (_without_secrets(one.get("options")) for one in (added, row))
    expect_same(listed, "`options` of the conversion", expected, shown)


@check(
    "conversions/change-options",
    operation="updateConversion",
    rule="a PATCH changes the options of a conversion and leaves the rest alone",
    source=_OAS,
    uses=(changed_conversion,),
    depends=("shown-defaults",),
)
def change_options(context: Context) -> None:
    """The answer shows the options that were sent in place of the earlier ones."""
    answer = changed_conversion(context).options.expect(200)
    expected = {**document_of(new_conversion(context).answer), "options": _OTHER_OPTIONS}
    _same_but_defaults(context, answer, expected, document_of(answer))


@check(
    "conversions/change-metadata",
    operation="updateConversion",
    rule="a PATCH changes the metadata of a conversion and leaves the rest alone",
    source=_OAS,
    uses=(changed_conversion,),
)
def change_metadata(context: Context) -> None:
    """The answer shows the metadata that were sent, and the options as they were."""
    changed = changed_conversion(context)
    answer = changed.metadata.expect(200)
    expected = {**document_of(changed.options), "metadata": _OTHER_METADATA}
    expect_fields(answer, expected, document_of(answer), of="the conversion")


@check(
    "conversions/change-leaves-others",
    operation="updateConversion",
    rule="a PATCH of one conversion leaves the others alone",
    source=_OAS,
    uses=(removed_conversion,),
)
def change_leaves_others(context: Context) -> None:
    """What is left of the conversions in the end is as it was listed before the changes."""
    listed = removed_conversion(context).listed
    before = {row.get("id"): row for row in rows_of(shown_conversions(context).listed)}
    changed = document_of(new_conversion(context).answer).get("id")
    for row in rows_of(listed):
        if row.get("id") in before and row.get("id") != changed:
            expect_fields(listed, before[row.get("id")], row, of="a conversion that was not changed")


@check(
    "conversions/target-stays",
    operation="updateConversion",
    rule="a PATCH changes options and metadata of a conversion only",
    source=_OAS,
    uses=(changed_conversion,),
)
def target_stays(context: Context) -> None:
    """Another target is ignored or refused."""
    changed = changed_conversion(context)
    before = document_of(changed.metadata)
    for answer in (changed.target, changed.read):
        if answer.response.is_success:
            shown = document_of(answer)
            for name in ("target", "category"):
                expect_same(answer, f"`{name}` of the conversion", before.get(name), shown.get(name))


@check(
    "conversions/change-is-kept",
    operation="getConversion",
    rule="a changed conversion is read as it was answered",
    source=_OAS,
    uses=(changed_conversion,),
)
def change_is_kept(context: Context) -> None:
    """A read after all changes shows the options and metadata that were answered."""
    changed = changed_conversion(context)
    expected, read = document_of(changed.metadata), document_of(changed.read)
    for name in ("options", "metadata"):
        expect_same(changed.read, f"`{name}` of the conversion", expected.get(name), read.get(name))


@check(
    "conversions/removed-status",
    operation="removeConversion",
    rule="a removal of a conversion is answered with 204",
    source=_OAS,
    uses=(removed_conversion,),
)
def removed_status(context: Context) -> None:
    """A conversion can be removed."""
    removed_conversion(context).removed.expect(success_status("removeConversion"))


@check(
    "conversions/removed-read",
    operation="getConversion",
    rule="a removed conversion can't be read",
    source=_OAS,
    uses=(removed_conversion,),
)
def removed_read(context: Context) -> None:
    """A read of a removed conversion is answered with 404."""
    succeeded(removed_conversion(context).removed)
    removed_conversion(context).read.expect(_NOT_FOUND)


@check(
    "conversions/removed-listed",
    operation="listJobConversions",
    rule="a removed conversion is not listed, all others are",
    source=_OAS,
    uses=(removed_conversion,),
)
def removed_listed(context: Context) -> None:
    """The list has the job's first conversion alone."""
    removed = removed_conversion(context)
    succeeded(removed.removed)
    kept = rows_of(conversions_job(context).created, "conversion")
    if not kept:
        raise NotConclusive("the job was created without a conversion")
    ids = [row.get("id") for row in rows_of(removed.listed)]
    expect_same(removed.listed, "the ids of conversions", [kept[0].get("id")], ids)


def _unknown(operation: str, context: Context) -> None:
    unknown_conversions(context)[operation].expect(_NOT_FOUND)


for _operation in ("getConversion", "updateConversion", "removeConversion"):
    check(
        f"conversions/unknown-{_operation.removesuffix('Conversion')}",
        operation=_operation,
        rule=f"{_operation} of a conversion that does not exist is answered with {_NOT_FOUND}",
        source=_OAS,
        uses=(unknown_conversions,),
    )(partial(_unknown, _operation))
