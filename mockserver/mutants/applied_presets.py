"""Mutants in presets that conversions name: those that don't apply, and those that do and must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.presets import LONGEST_PUBLIC_ID
from pixelpact.mockserver.mutants.rewriting import (
    api_key,
    edited,
    is_success,
    put,
    query,
    requested,
    segment,
    sent,
)
from pixelpact.mockserver.mutants.traffic import Traffic

#: Jobs of a run whose conversions name presets that they can't use have at least so many.
_CONVERSIONS = 3
_LONGEST_ID = 100


def _conversions(body: Any) -> list[Any]:
    """The conversions in the body of a job, or the one that a body is."""
    found: list[Any] = body.get("conversion", [body])
    return found


def _is_an_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and 0 < len(value) < _LONGEST_ID


def _without_preset() -> tuple[Change, Change]:
    """A change that lets conversions with a preset do without, and shows it nevertheless."""

    def ask(request: Traffic) -> None:
        def remove(body: Any, _: Traffic) -> None:
            rows = [row["options"] for row in _conversions(body) if isinstance(row.get("options"), dict)]
            request.notes["presets"] = [
                row.pop("preset") if _is_an_id(row.get("preset")) else None for row in rows
            ]

        requested(remove)(request)

    def respond(response: Traffic) -> None:
        named = response.request.notes.get("presets", ()) if response.request else ()

        def restore(body: Any, _: Traffic) -> None:
            for row, preset in zip(_conversions(body), named, strict=False):
                if preset:
                    row["options"] = {**(row["options"] or {}), "preset": preset}

        edited(restore)(response)

    return ask, respond


mutant(
    "presets/applied",
    "shows the preset of a new job's conversion and does not apply it",
    operations=("createJob",),
    word="height",
    changes=_without_preset,
    also=tuple(f"presets/{name}-not-applied" for name in ("removed", "others", "other-targets")),
    why="it warns of no preset either",
)
mutant(
    "presets/applied-by-a-change",
    "shows the preset that a conversion is told to use and does not apply it",
    operations=("updateConversion",),
    word="width",
    changes=_without_preset,
)
mutant(
    "presets/category-by-default",
    "leaves the category of a preset empty unless one is sent",
    operations=("createPreset",),
    word="category",
    response=edited(put(category=""), lambda response: "category" not in sent(response)),
)
mutant(
    "presets/category-follows-target",
    "keeps the category of a preset whose target changes",
    operations=("updatePreset",),
    word="category",
    response=edited(put(category="image"), lambda response: "target" in sent(response)),
)


def _heed_the_target_alone(request: Traffic) -> None:
    if {*query(request)} >= {"target", "category"}:
        request.query = urlencode({"target": query(request)["target"]})


mutant(
    "presets/filters-together",
    "does not heed the category in a list of presets with a target",
    operations=("listPresets",),
    word="category",
    request=_heed_the_target_alone,
)


def _unwarned(applies: Callable[[str, set[str], set[str]], bool]) -> Callable[[], tuple[None, Change]]:
    """A change that removes warnings of presets, judged by id, those that were removed, and others' ones."""

    def changes() -> tuple[None, Change]:
        removed: set[str] = set()
        keys: dict[str, str] = {}

        def respond(response: Traffic) -> None:
            if response.operation == "removePreset" and is_success(response):
                removed.add(segment(response, "presets"))
            elif response.operation == "createPreset" and is_success(response):
                keys[response.json["id"]] = api_key(response)
            elif response.operation == "getJob":
                foreign = {name for name, key in keys.items() if key != api_key(response)}

                def edit(job: Any, _: Traffic) -> None:
                    named = {
                        row["id"]: str((row["options"] or {}).get("preset")) for row in job["conversion"]
                    }
                    job["warnings"] = [
                        row
                        for row in job["warnings"]
                        if not applies(named.get(row["id_source"], ""), removed, foreign)
                    ]

                edited(edit)(response)

        return None, respond

    return changes


_RULES: dict[str, tuple[str, Callable[[str, set[str], set[str]], bool]]] = {
    "removed": ("a preset that was removed", lambda name, removed, _: name in removed),
    "others": ("another account's preset", lambda name, _, foreign: name in foreign),
    "other-targets": (
        "another target's preset",
        lambda name, _, __: name.isdecimal() and len(name) < LONGEST_PUBLIC_ID,
    ),
}
for _name, (_what, _applies) in _RULES.items():
    mutant(
        f"presets/{_name}-not-applied",
        f"does not warn of {_what} in a conversion",
        operations=("createPreset", "removePreset", "getJob"),
        word="preset",
        changes=_unwarned(_applies),
    )


def _warn_of_all(job: Any, _: Traffic) -> None:
    for row in job["conversion"]:
        if row["id"] not in [warning["id_source"] for warning in job["warnings"]]:
            job["warnings"].append({**job["warnings"][-1], "id_source": row["id"]})


mutant(
    "presets/own-without-warning",
    "warns of all conversions if it warns of several",
    operations=("getJob",),
    word="warnings",
    response=edited(_warn_of_all, lambda response: len(response.json["warnings"]) >= _CONVERSIONS),
)
