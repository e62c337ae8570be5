"""Checks of presets: create, list, read, change, apply, delete; those of others and the public ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from pixelpact.contract_tests.suite.context import SECOND, Context
from pixelpact.contract_tests.suite.items import Need, Step, check, step
from pixelpact.schema import TEXT_TO_IMAGE, error_answers, find_conversion, success_status

_OAS = "vendor OpenAPI 2.0.1"
_PAGE = "vendor page conversion-with-options"
_OLD_PAGE = "vendor page custom_user_presets"
_NOT_FOUND = error_answers()["NotFound"].status
#: An id that no preset has.
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
#: The sides in pixels of a picture that is drawn with the preset: neither equal nor the default.
SIZE = (96, 64)
_OPTIONS = {"width": SIZE[0], "height": SIZE[1]}
_OTHER_OPTIONS = {"style": "anime", "cfg_scale": 9}


def _category() -> str:
    entry = find_conversion(TEXT_TO_IMAGE)
    return entry.category if entry else ""


@dataclass(frozen=True, slots=True)
class NewPreset:
    """A preset of the run: its name, what was sent, and the answer that created it."""

    name: str
    sent: Mapping[str, Any]
    created: Exchange

    @property
    def id(self) -> str:
        """Its id."""
        return self.created.text("id")


@step(requests=2, rule="a preset is created")
def new_preset(context: Context) -> NewPreset:
    """A private preset for pictures of a size."""
    name = f"pixelpact {context.run_id} Harbour"
    sent = {"name": name, "target": TEXT_TO_IMAGE, "scope": "private", "options": _OPTIONS}
    created = context.call("createPreset", leaves=1, json=sent)
    context.id_of(created)
    return NewPreset(name, sent, created)


def _preset_id(context: Context) -> str:
    return new_preset(context).id


@step(requests=6, uses=(new_preset,), rule="presets are listed")
def listings(context: Context) -> Mapping[str, Exchange]:
    """Lists of presets: all, by each filter, by a filter that none matches, and without a key."""
    name = new_preset(context).name
    queries: Mapping[str, dict[str, Any]] = {
        "all": {},
        "filter": {"params": {"filter": f"{name[10:].upper()}, no such name"}},
        "target": {"params": {"target": TEXT_TO_IMAGE}},
        "category": {"params": {"category": _category()}},
        "other": {"params": {"target": TEXT_TO_IMAGE, "filter": f"not {name}"}},
        "no key": {"credentials": {}},
    }
    return {word: context.call("listPresets", **query) for word, query in queries.items()}


@dataclass(frozen=True, slots=True)
class ChangedPreset:
    """The answers to changes of a preset: of its name, and then of its options; and a read at last."""

    renamed: Exchange
    refilled: Exchange
    read: Exchange


@step(requests=4, uses=(listings,), rule="a preset is read and changed")
def changed_preset(context: Context) -> tuple[Exchange, ChangedPreset]:
    """The read of the new preset, and the answers to its changes."""
    listings(context)
    path, name = {"preset_id": _preset_id(context)}, new_preset(context).name
    read = context.call("getPreset", path=path)
    renamed = context.call("updatePreset", path=path, json={"name": f"{name} renamed"})
    refilled = context.call("updatePreset", path=path, json={"options": _OTHER_OPTIONS})
    return read, ChangedPreset(renamed, refilled, context.call("getPreset", path=path))


@step(requests=4, uses=(changed_preset,), needs=(Need.SECOND_KEY,), rule="another account asks for a preset")
def foreign_requests(context: Context) -> Mapping[str, Exchange]:
    """The answers to another account that asks for the preset."""
    path = {"preset_id": _preset_id(context)}
    changed_preset(context)
    return {
        "listPresets": context.call("listPresets", account=SECOND),
        "getPreset": context.call("getPreset", account=SECOND, path=path),
        "updatePreset": context.call("updatePreset", account=SECOND, path=path, json={"name": "Mine now"}),
        "removePreset": context.clients[SECOND].call("removePreset", path=path),
    }


@step(requests=2, uses=(listings,), rule="a public preset is read and changed")
def public_requests(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read and a change of a public preset, which would leave it as it is."""
    public = next((row for row in rows_of(listings(context)["all"]) if row.get("scope") == "public"), None)
    if public is None:
        raise NotConclusive("no public preset is listed")
    path = {"preset_id": str(public.get("id"))}
    return {
        "getPreset": context.call("getPreset", path=path),
        "updatePreset": context.call("updatePreset", path=path, json={"name": public.get("name")}),
    }


@step(requests=3, rule="presets are asked for that don't exist")
def unknown_requests(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read, a change and a removal of a preset that does not exist."""
    path = {"preset_id": _UNKNOWN_ID}
    return {
        "getPreset": context.call("getPreset", path=path),
        "updatePreset": context.call("updatePreset", path=path, json={"name": "Nobody's"}),
        "removePreset": context.call("removePreset", path=path),
    }


@dataclass(frozen=True, slots=True)
class RemovedPreset:
    """The answers to the removal of a preset, and to a read and a list afterwards."""

    removed: Exchange
    read: Exchange
    listed: Exchange


@step(requests=2, uses=(changed_preset,), rule="a preset is removed")
def removed_preset(context: Context) -> RemovedPreset:
    """A preset that was removed; the removal is paid for where it was created."""
    changed_preset(context)
    path = {"preset_id": _preset_id(context)}
    return RemovedPreset(
        context.call("removePreset", path=path),
        context.call("getPreset", path=path),
        context.call("listPresets"),
    )


@step(requests=2, rule="a preset is created to be applied")
def applied_preset(context: Context) -> Mapping[str, str]:
    """The option that applies a new preset for pictures of the size `SIZE`; none if it can't be created."""
    sent = {
        "name": f"pixelpact {context.run_id} Wide",
        "target": TEXT_TO_IMAGE,
        "scope": "private",
        "options": _OPTIONS,
    }
    created = context.call("createPreset", leaves=1, json=sent)
    return {"preset": created.text("id")} if created.response.is_success else {}


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
    expected = {**preset.sent, "category": _category()}
    expect_fields(preset.created, expected, document_of(preset.created), of="the preset")


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
            raise answer.broken(f"must not show `options` of the public preset {row.get('id')!r}")


def _filtered(field: str, value: str, context: Context) -> None:
    answer = listings(context)[field]
    rows = rows_of(answer)
    row_with(answer, rows, new_preset(context).id)
    for row in rows:
        expect_same(answer, f"`{field}` of each preset in the list", value, row.get(field))


for _field, _value in (("target", TEXT_TO_IMAGE), ("category", _category())):
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
        expect_same(answer, f"`scope` of the preset {row.get('id')!r}", "public", row.get("scope"))


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
    before, preset = changed_preset(context)
    answer = preset.renamed.expect(200)
    expected = {**document_of(before), "name": f"{new_preset(context).name} renamed"}
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
    expect_fields(answer, _OTHER_OPTIONS, answer.at("options"), of="`options`")
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


@check(
    "presets/foreign-listed",
    operation="listPresets",
    rule="another account's private preset is not listed",
    source=_OLD_PAGE,
    uses=(foreign_requests,),
)
def foreign_listed(context: Context) -> None:
    """The second account does not see the first one's preset."""
    answer = foreign_requests(context)["listPresets"]
    if _preset_id(context) in _ids(answer):
        raise answer.broken("must not list a private preset of another account")


def _refused(asked: Step[Mapping[str, Exchange]], operation: str, context: Context) -> None:
    asked(context)[operation].expect(_NOT_FOUND)


for _kind, _asked, _what, _operations, _confidence in (
    (
        "foreign",
        foreign_requests,
        "another account's preset",
        ("getPreset", "updatePreset", "removePreset"),
        "assumed",
    ),
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
            rule=f"{_operation} of {_what} is answered with {_NOT_FOUND}",
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
    removed_preset(context).read.expect(_NOT_FOUND)


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
    if _preset_id(context) in _ids(answer):
        raise answer.broken("must not list a preset that was removed")


def _ids(answer: Exchange) -> Sequence[object]:
    return [row.get("id") for row in rows_of(answer)]
