"""Checks of inputs that are described: those of each type, how they are shown, changed and removed."""

from __future__ import annotations

import base64
from functools import partial

from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.changed_inputs import changed_inputs, removed_input
from pixelpact.contract_tests.suite.comparisons import (
    checksums,
    document_of,
    expect_fields,
    expect_same,
    row_with,
    rows_of,
    succeeded,
)
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.inputs import (
    ADDED_INPUTS,
    CREDENTIAL,
    NEW_INPUTS,
    NOT_FOUND,
    inputs_job,
    new_array,
    shown_inputs,
    unknown_inputs,
)
from pixelpact.contract_tests.suite.items import check
from pixelpact.schema import default_input_type, success_status

_OAS = "vendor OpenAPI 2.0.1"
_TYPES = "vendor guide uploading-files"
_CREATED = success_status("addInput")
#: Fields of an input that may move while it is downloaded.
_MOVING = ("status", "modified_at", "size", "checksum", "hash", "content_type")


def _is_added(kind: str, context: Context) -> None:
    ADDED_INPUTS[kind](context).answer.expect(_CREATED)


def _is_kept(kind: str, context: Context) -> None:
    new = ADDED_INPUTS[kind](context)
    body = document_of(new.answer)
    secrets = ("credentials", *(("source", "content") if kind == "base64" else ()))
    expect_fields(new.answer, new.sent, body, of=f"an input of the type {kind}", but=secrets)


def _credentials_hidden(kind: str, context: Context) -> None:
    new = NEW_INPUTS[kind](context)
    answer = succeeded(new.answer)
    if CREDENTIAL in answer.response.text or answer.json().get("credentials"):
        raise answer.broken(f"must not show `credentials` of an input of the type {kind}")


for _kind in ADDED_INPUTS:
    check(
        f"inputs/{_kind}-added".replace("_", "-"),
        operation="addInput",
        rule=f"an input of the type {_kind} is answered with {_CREATED}",
        source=_TYPES,
        uses=(ADDED_INPUTS[_kind],),
    )(partial(_is_added, _kind))
    check(
        f"inputs/{_kind}-kept".replace("_", "-"),
        operation="addInput",
        rule=f"an input of the type {_kind} is shown as it was described",
        source=_TYPES,
        uses=(ADDED_INPUTS[_kind],),
        depends=("base64-field",) if _kind == "base64" else (),
    )(partial(_is_kept, _kind))

for _kind in ("cloud", "gdrive_picker"):
    check(
        f"inputs/{_kind}-credentials-hidden".replace("_", "-"),
        operation="addInput",
        rule=f"credentials of an input of the type {_kind} are never shown",
        source="SDK contract",
        uses=(NEW_INPUTS[_kind],),
    )(partial(_credentials_hidden, _kind))


@check(
    "inputs/array-answered",
    operation="addInput",
    rule="an array of inputs is answered with an array of as many",
    source="SDK tests",
    confidence="observed",
    uses=(new_array,),
)
def array_answered(context: Context) -> None:
    """Two inputs in an array are two rows with ids of their own."""
    answer = new_array(context).answer.expect(_CREATED)
    ids = {str(row.get("id")) for row in rows_of(answer)}
    expect_same(answer, "the number of new inputs", 2, len(ids))


@check(
    "inputs/array-kept",
    operation="addInput",
    rule="inputs of an array are answered in the order in which they were sent, each as it was described",
    source="SDK tests",
    confidence="observed",
    uses=(new_array,),
    depends=("base64-field",),
)
def array_kept(context: Context) -> None:
    """Both rows have the fields that were sent, but for the content of the first one."""
    new = new_array(context)
    for number, (sent, row) in enumerate(zip(new.sent, rows_of(new.answer), strict=False)):
        secrets = ("source", "content") if number == 0 else ()
        expect_fields(new.answer, sent, row, of=f"input {number} of the array, in its order", but=secrets)


@check(
    "inputs/type-by-default",
    operation="addInput",
    rule=f"an input without a type is {default_input_type()}",
    source=_OAS,
    uses=(new_array,),
)
def type_by_default(context: Context) -> None:
    """The second input of the array is shown with the default type."""
    answer = new_array(context).answer
    for row in rows_of(answer)[1:]:
        expect_same(answer, "the `type` of an input without one", default_input_type(), row.get("type"))


@check(
    "inputs/base64-content",
    operation="addInput",
    rule="a described base64 input has the size and checksum of its content, where it shows them",
    source=_OAS,
    uses=(shown_inputs,),
    depends=("checksum", "base64-field"),
)
def base64_content(context: Context) -> None:
    """Not those of the base64 text."""
    new, listed = NEW_INPUTS["base64"](context), shown_inputs(context).listed
    field = next(name for name in ("source", "content") if name in new.sent)
    content = base64.b64decode(new.sent[field])
    row = row_with(listed, rows_of(listed), document_of(new.answer).get("id"))
    for name, expected in (("size", [len(content)]), ("checksum", checksums(context, content))):
        if row.get(name) is not None and row[name] not in expected:
            what = f"must have the `{name}` of the content of a base64 input, has {row[name]!r}"
            raise listed.broken(what)


@check(
    "inputs/shape",
    operation="listInputs",
    rule="inputs have their documented form",
    source=_OAS,
    uses=(shown_inputs,),
    depends=("timestamps",),
)
def shape(context: Context) -> None:
    """Each row of the list follows the schema of an input."""
    answer, profile = succeeded(shown_inputs(context).listed), context.profile
    answer.document("InputFile", rows=True, allows=lambda violation: is_departure(violation, profile))


@check(
    "inputs/listed-as-in-job",
    operation="listInputs",
    rule="the list of inputs is the one in the job",
    source=_OAS,
    uses=(shown_inputs,),
)
def listed_as_in_job(context: Context) -> None:
    """The list has the inputs that the job shows, in the same order, with the same fields."""
    shown = shown_inputs(context)
    listed, rows = rows_of(shown.listed), rows_of(shown.job, "input")
    ids = [row.get("id") for row in rows]
    expect_same(shown.listed, "the ids of inputs", ids, [row.get("id") for row in listed])
    for row, expected in zip(listed, rows, strict=True):
        expect_fields(shown.listed, expected, row, of="an input in the list", but=_MOVING)


@check(
    "inputs/read-as-listed",
    operation="getInput",
    rule="an input is read as it is listed",
    source=_OAS,
    uses=(shown_inputs,),
)
def read_as_listed(context: Context) -> None:
    """A read of one input shows its row of the list, and not another one."""
    shown = shown_inputs(context)
    read = document_of(shown.read.expect(200))
    asked = document_of(NEW_INPUTS["cloud"](context).answer).get("id")
    expect_same(shown.read, "the `id` of the input that is asked for", asked, read.get("id"))
    row = row_with(shown.read, rows_of(shown.listed), asked)
    expect_fields(shown.read, row, read, of="the input", but=_MOVING)


@check(
    "inputs/listed-as-added",
    operation="listInputs",
    rule="inputs are listed as they were answered when they were added",
    source=_OAS,
    uses=(shown_inputs,),
)
def listed_as_added(context: Context) -> None:
    """Each input of each type is in the list as its answer showed it."""
    listed = shown_inputs(context).listed
    rows = rows_of(listed)
    for kind, new in NEW_INPUTS.items():
        answer = new(context).answer
        if answer.response.is_success:
            added = document_of(answer)
            row = row_with(listed, rows, added.get("id"))
            expect_fields(listed, added, row, of=f"the input of the type {kind}", but=_MOVING)


@check(
    "inputs/change-parameters",
    operation="updateInput",
    rule="a PATCH changes the parameters of an input and leaves the rest alone",
    source=_OAS,
    uses=(changed_inputs,),
)
def change_parameters(context: Context) -> None:
    """The answer shows the parameters that were sent, no credentials, and the rest as it was."""
    changed = changed_inputs(context)
    answer = changed.parameters.expect(200)
    expected = {**changed.before, "parameters": {"delete_after_use": True}}
    expect_fields(answer, expected, document_of(answer), of="the input", but=_MOVING)


@check(
    "inputs/change-options",
    operation="updateInputs",
    rule="a PATCH changes the options of several inputs, and leaves the rest of them alone",
    source=_OAS,
    uses=(changed_inputs,),
)
def change_options(context: Context) -> None:
    """The answer shows the input with the options that were sent, and otherwise as it was."""
    changed = changed_inputs(context)
    answer = changed.options.expect(200)
    row = row_with(answer, rows_of(answer), changed.before.get("id"))
    before = changed.parameters.json() if changed.parameters.response.is_success else {}
    expected = {**before, "options": {"position": 7}}
    expect_fields(answer, expected, row, of="the input after a change of its options", but=_MOVING)


@check(
    "inputs/change-leaves-others",
    operation="updateInputs",
    rule="a PATCH of some inputs leaves the others alone",
    source=_OAS,
    uses=(changed_inputs,),
)
def change_leaves_others(context: Context) -> None:
    """All inputs but the one that was named are as they were listed before."""
    changed = changed_inputs(context)
    answer = succeeded(changed.options)
    after = rows_of(answer)
    for row in rows_of(shown_inputs(context).listed):
        if row.get("id") != changed.before.get("id"):
            left = row_with(answer, after, row.get("id"))
            expect_fields(answer, row, left, of="an input that the PATCH does not name", but=_MOVING)


@check(
    "inputs/change-moves-modified-at",
    operation="updateInput",
    rule="modified_at of an input moves with a change",
    source=_OAS,
    uses=(changed_inputs,),
)
def change_moves_modified_at(context: Context) -> None:
    """A change that comes at least a second later has a later modified_at, if inputs have one."""
    changed = changed_inputs(context)
    answer, before = succeeded(changed.parameters), changed.before.get("modified_at")
    after = document_of(answer).get("modified_at")
    if before is not None and not (isinstance(after, str) and after > before):
        raise answer.broken(f"must have a `modified_at` later than {before} after a change, has {after}")


@check(
    "inputs/change-is-kept",
    operation="getInput",
    rule="a changed input is read as it was answered",
    source=_OAS,
    uses=(changed_inputs,),
)
def change_is_kept(context: Context) -> None:
    """A read shows the changed parameters and options, and no credentials."""
    changed = changed_inputs(context)
    options = row_with(changed.options, rows_of(changed.options), changed.before.get("id"))
    expect_fields(changed.read, options, document_of(changed.read), of="the input", but=_MOVING)


@check(
    "inputs/removed-status",
    operation="removeInput",
    rule="a removal of an input is answered with 204",
    source=_OAS,
    uses=(removed_input,),
)
def removed_status(context: Context) -> None:
    """An input can be removed."""
    removed_input(context).removed.expect(success_status("removeInput"))


@check(
    "inputs/removed-read",
    operation="getInput",
    rule="a removed input can't be read",
    source=_OAS,
    uses=(removed_input,),
)
def removed_read(context: Context) -> None:
    """A read of a removed input is answered with 404."""
    succeeded(removed_input(context).removed)
    removed_input(context).read.expect(NOT_FOUND)


@check(
    "inputs/removed-listed",
    operation="listInputs",
    rule="a removed input is not listed, all others are",
    source=_OAS,
    uses=(removed_input,),
)
def removed_listed(context: Context) -> None:
    """The list lacks the removed input and nothing else."""
    removed, first = removed_input(context), inputs_job(context).created.text("input", 0, "id")
    succeeded(removed.removed)
    expected = [row.get("id") for row in rows_of(shown_inputs(context).listed) if row.get("id") != first]
    ids = [row.get("id") for row in rows_of(removed.listed)]
    if first in ids or not {*expected} <= {*ids}:
        raise removed.listed.broken("must list all inputs but the one that was removed")


def _unknown(operation: str, context: Context) -> None:
    unknown_inputs(context)[operation].expect(NOT_FOUND)


for _operation, _name in (
    ("getInput", "get"),
    ("updateInput", "update"),
    ("updateInputs", "in-list"),
    ("removeInput", "remove"),
):
    check(
        f"inputs/unknown-{_name}",
        operation=_operation,
        rule=f"{_operation} of an input that does not exist is answered with {NOT_FOUND}",
        source=_OAS,
        uses=(unknown_inputs,),
    )(partial(_unknown, _operation))
