"""Checks of presets: create, list, read, change, apply, delete; those of others and the public ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from pixelpact.contract_tests.client.curl import in_json
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
from pixelpact.contract_tests.suite.items import Step, check
from pixelpact.contract_tests.suite.presets import (
    NOT_FOUND,
    OTHER,
    OTHER_OPTIONS,
    category,
    changed_preset,
    listings,
    new_preset,
    preset_id,
    public_requests,
    removed_preset,
    unknown_requests,
)
from pixelpact.schema import TEXT_TO_IMAGE, success_status

_OAS = "vendor OpenAPI 2.0.1"
_PAGE = "vendor page conversion-with-options"
_OLD_PAGE = "vendor page custom_user_presets"


@check(
    "presets/created-status",
    operation="createPreset",
    rule="a created preset is answered with 201",
    source=_OAS,
    uses=(new_preset,),
)
def created_status(context: Context) -> None:
    """Created presets are answered with 201."""
    new_preset(context).created.expect(success_status("createPreset"))


@check(
    "presets/created-as-sent",
    operation="createPreset",
    rule="a created preset is shown as it was sent, with the category of its target",
    source=_PAGE,
    uses=(new_preset,),
)
def created_as_sent(context: Context) -> None:
    """The answer repeats name, target, scope and options."""
    preset = new_preset(context)
    expect_fields(preset.created, preset.sent, document_of(preset.created), of="the preset")


@check(
    "presets/listed",
    operation="listPresets",
    rule="the list of presets has the account's private ones, as they were answered",
    source=_OLD_PAGE,
    uses=(listings,),
)
def listed(context: Context) -> None:
    """The new preset is in the list."""
    answer, preset = listings(context)["all"], new_preset(context)
    row = row_with(answer, rows_of(answer), preset.id)
    expect_fields(answer, document_of(preset.created), row, of="the preset")


@check(
    "presets/public-options-hidden",
    operation="listPresets",
    rule="the options of public presets are not shown",
    source=_OAS,
    uses=(listings,),
)
def public_options_hidden(context: Context) -> None:
    """Rows with the scope public have no options."""
    answer = listings(context)["all"]
    for row in rows_of(answer):
        if row.get("scope") == "public" and row.get("options"):
            raise answer.broken(f"must not show `options` of the public preset {in_json(row.get('id'))}")


def _filtered(field: str, value: str, context: Context) -> None:
    answer = listings(context)[field]
    rows = rows_of(answer)
    row_with(answer, rows, new_preset(context).id)
    for row in rows:
        expect_same(answer, f"`{field}` of each preset in the list", value, row.get(field))


for _field, _value in (("target", TEXT_TO_IMAGE), ("category", category())):
    check(
        f"presets/filter-{_field}",
        operation="listPresets",
        rule=f"a list of presets with a {_field} has all of that {_field} and no others",
        source=_OAS,
        uses=(listings,),
    )(partial(_filtered, _field, _value))


@check(
    "presets/filter-name",
    operation="listPresets",
    rule="a filter has comma-separated phrases, one of which is in each name, in any case",
    source=_OAS,
    uses=(listings,),
)
def filter_name(context: Context) -> None:
    """A filter with a part of the name finds the new preset alone, one that is in no name finds none."""
    answer, none, preset = listings(context)["filter"], listings(context)["other"], new_preset(context)
    expect_same(answer, "the ids of presets with a part of the name", [preset.id], _ids(answer))
    expect_same(none, "the ids of presets with a phrase that no name has", [], _ids(none))


@check(
    "presets/filters-together",
    operation="listPresets",
    rule="a list of presets with a target and a category has only those that match both",
    source=_OAS,
    uses=(listings,),
)
def filters_together(context: Context) -> None:
    """A target with a category that it does not have finds none."""
    answer = listings(context)["mismatch"]
    what = f"the ids of presets with the target {TEXT_TO_IMAGE} and the category {OTHER.category}"
    expect_same(answer, what, [], _ids(answer))


@check(
    "presets/private-needs-key",
    operation="listPresets",
    rule="without a key, only public presets are listed",
    source="vendor guide authentication",
    uses=(listings,),
)
def private_needs_key(context: Context) -> None:
    """A list that is asked for without a key has no private preset."""
    answer = listings(context)["no key"].expect(200)
    for row in rows_of(answer):
        expect_same(answer, f"`scope` of the preset {in_json(row.get('id'))}", "public", row.get("scope"))


@check(
    "presets/read",
    operation="getPreset",
    rule="a private preset can be read",
    source=_OAS,
    uses=(changed_preset,),
)
def read(context: Context) -> None:
    """A read shows the preset as its creation answered it."""
    answer, _ = changed_preset(context)
    expected = document_of(new_preset(context).created)
    expect_fields(answer, expected, answer.expect(200).json(), of="the preset")


@check(
    "presets/change-name",
    operation="updatePreset",
    rule="a PATCH changes the name of a preset and leaves the rest alone",
    source=_OLD_PAGE,
    uses=(changed_preset,),
)
def change_name(context: Context) -> None:
    """The answer shows the new name, and what was there before."""
    answer = changed_preset(context)[1].renamed.expect(200)
    expected = {**document_of(new_preset(context).created), "name": f"{new_preset(context).name} renamed"}
    expect_fields(answer, expected, document_of(answer), of="the preset")


@check(
    "presets/change-options",
    operation="updatePreset",
    rule="a PATCH changes the options of a preset and leaves the rest alone",
    source=_OLD_PAGE,
    uses=(changed_preset,),
)
def change_options(context: Context) -> None:
    """The answer shows the new options, and what was there before."""
    preset = changed_preset(context)[1]
    answer = preset.refilled.expect(200)
    expect_fields(answer, OTHER_OPTIONS, answer.at("options"), of="`options`")
    expected = document_of(preset.renamed)
    expect_fields(answer, expected, document_of(answer), of="the preset", but=("options",))


@check(
    "presets/change-is-kept",
    operation="getPreset",
    rule="a changed preset is read as it was answered",
    source=_OAS,
    uses=(changed_preset,),
)
def change_is_kept(context: Context) -> None:
    """A read after all changes shows what the last one answered."""
    preset = changed_preset(context)[1]
    expect_fields(preset.read, document_of(preset.refilled), document_of(preset.read), of="the preset")


def _refused(asked: Step[Mapping[str, Exchange]], operation: str, context: Context) -> None:
    asked(context)[operation].expect(NOT_FOUND)


for _kind, _asked, _what, _operations, _confidence in (
    ("public", public_requests, "a public preset", ("getPreset", "updatePreset"), "documented"),
    (
        "unknown",
        unknown_requests,
        "a preset that does not exist",
        ("getPreset", "updatePreset", "removePreset"),
        "documented",
    ),
):
    for _operation in _operations:
        check(
            f"presets/{_kind}-{_operation.removesuffix('Preset').lower()}",
            operation=_operation,
            rule=f"{_operation} of {_what} is answered with {NOT_FOUND}",
            source=_OAS,
            confidence=_confidence,
            uses=(_asked,),
        )(partial(_refused, _asked, _operation))


@check(
    "presets/removed-status",
    operation="removePreset",
    rule="a removal of a preset is answered with 204",
    source=_OAS,
    uses=(removed_preset,),
)
def removed_status(context: Context) -> None:
    """A preset can be removed."""
    removed_preset(context).removed.expect(success_status("removePreset"))


@check(
    "presets/removed-read",
    operation="getPreset",
    rule="a removed preset can't be read",
    source=_OAS,
    uses=(removed_preset,),
)
def removed_read(context: Context) -> None:
    """A read of a removed preset is answered with 404."""
    succeeded(removed_preset(context).removed)
    removed_preset(context).read.expect(NOT_FOUND)


@check(
    "presets/removed-listed",
    operation="listPresets",
    rule="a removed preset is not listed",
    source=_OAS,
    uses=(removed_preset,),
)
def removed_listed(context: Context) -> None:
    """The list no longer has the removed preset."""
    succeeded(removed_preset(context).removed)
    answer = removed_preset(context).listed
    if preset_id(context) in _ids(answer):
        raise answer.broken("must not list a preset that was removed")


def _ids(answer: Exchange) -> Sequence[object]:
    return [row.get("id") for row in rows_of(answer)]
