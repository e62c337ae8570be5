"""Mutants in presets: create, list, read, change, remove; those of others and the public ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import (
    Condition,
    after,
    answered,
    api_key,
    edited,
    found_after,
    is_success,
    is_unknown,
    put,
    query,
    requested,
    segment,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import find_violations, options_validator

#: Ids of public presets are short numbers.
LONGEST_PUBLIC_ID = 10
#: Checks that change the options of a preset to values at their boundaries.
_AT_BOUNDARIES = tuple(f"options/update-preset-accepts-{which}-boundaries" for which in ("first", "second"))


def _is_plain(response: Traffic) -> bool:
    return not query(response) and bool(api_key(response))


def _empty_private(rows: Any, _: Traffic) -> None:
    for row in rows:
        if row["scope"] == "private":
            row["options"] = {}


def _is_valid(body: dict[str, Any]) -> bool:
    return not find_violations(options_validator(), body.get("options", {}))


def _open_public(rows: Any, _: Traffic) -> None:
    for row in rows:
        if row["scope"] == "public":
            row["options"] = {"style": "anime"}


mutant(
    "presets/created-status",
    "answers a new preset with 200 instead of 201",
    operations=("createPreset",),
    word="201",
    response=answered(200),
)
mutant(
    "presets/created-as-sent",
    "adds a number to the name of a preset",
    operations=("createPreset",),
    word="name",
    request=requested(lambda body, _: body.update(name=body["name"] + " 2") if body["name"] else None),
)
mutant(
    "presets/listed",
    "lists private presets without their options",
    operations=("listPresets",),
    word="options",
    response=edited(_empty_private, _is_plain),
)
mutant(
    "presets/public-options-hidden",
    "shows the options of public presets",
    operations=("listPresets",),
    word="options",
    response=edited(_open_public, _is_plain),
)


def _with_another(field: str) -> Callable[[Any, Traffic], Any]:
    return lambda rows, _: [*rows, {**rows[0], "id": "wrong", field: "wrong"}]


def _asks(*names: str) -> Condition:
    return lambda response: {*query(response)} == {*names} and bool(response.json)


for _field in ("target", "category"):
    mutant(
        f"presets/filter-{_field}",
        f"lists a preset of another {_field}",
        operations=("listPresets",),
        word=_field,
        response=edited(_with_another(_field), _asks(_field)),
    )
mutant(
    "presets/filter-name",
    "lists a preset whose name has no phrase of the filter",
    operations=("listPresets",),
    word="name",
    response=edited(_with_another("name"), _asks("filter")),
)
mutant(
    "presets/private-needs-key",
    "lists private presets without a key",
    operations=("listPresets",),
    word="scope",
    response=edited(lambda rows, _: rows[0].update(scope="private"), lambda response: not api_key(response)),
)


def _misread() -> tuple[None, Change]:
    changed: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "updatePreset":
            changed.add(response.path)
        elif response.path not in changed:
            edited(put(name="wrong"))(response)

    return None, respond


mutant(
    "presets/read",
    "reads a preset with another name, until it is changed",
    operations=("getPreset", "updatePreset"),
    word="name",
    changes=_misread,
)
for _field, _word in (("name", "name"), ("options", "style")):
    mutant(
        f"presets/change-{_field}",
        f"ignores a PATCH of the {_field} of a preset",
        operations=("updatePreset",),
        word=_word if _field == "name" else "options",
        request=requested(
            lambda body, _, field=_field: {} if [*body] == [field] and _is_valid(body) else body  # type: ignore[misc]
        ),
        also=_AT_BOUNDARIES if _field == "options" else (),
        why="they show the options that they have changed" if _field == "options" else "",
    )
mutant(
    "presets/change-is-kept",
    "forgets the name of a preset after a change",
    operations=("getPreset", "updatePreset"),
    word="name",
    changes=after("getPreset", "updatePreset", put(name="wrong")),
)


for _verb in ("get", "update"):
    mutant(
        f"presets/public-{_verb}",
        f"answers {_verb}Preset of a public preset with 200 instead of 404",
        operations=(f"{_verb}Preset",),
        word="404",
        response=answered(200, lambda response: len(segment(response, "presets")) < LONGEST_PUBLIC_ID),
    )
for _verb in ("get", "update", "remove"):
    mutant(
        f"presets/unknown-{_verb}",
        f"answers {_verb}Preset of one that does not exist with 400 instead of 404",
        operations=(f"{_verb}Preset",),
        word="404",
        response=answered(400, is_unknown),
    )
mutant(
    "presets/removed-status",
    "answers the removal of a preset with 200 instead of 204",
    operations=("removePreset",),
    word="204",
    response=answered(200),
)
mutant(
    "presets/removed-read",
    "reads a preset that was removed",
    operations=("getPreset", "removePreset"),
    word="404",
    changes=found_after("getPreset", "removePreset"),
)


def _undead() -> tuple[None, Change]:
    presets: dict[str, Any] = {}
    gone: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "createPreset" and is_success(response):
            presets[response.json["id"]] = response.json
        elif response.operation == "removePreset" and is_success(response):
            gone.add(segment(response, "presets"))
        elif response.operation == "listPresets" and gone:
            edited(lambda rows, _: [*rows, *(presets[name] for name in gone)])(response)

    return None, respond


mutant(
    "presets/removed-listed",
    "lists presets that were removed",
    operations=("createPreset", "listPresets", "removePreset"),
    word="removed",
    changes=_undead,
)
