"""Mutants in the conversions of jobs: add, show, change."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import (
    after,
    answered,
    at_first,
    each,
    edited,
    job_id,
    put,
    requested,
    sent,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import find_violations, options_validator

#: Other checks that change the options of a conversion.
_ALSO_CHANGED = (
    "presets/applied-by-a-change",
    "options/update-conversion-accepts-first-boundaries",
    "options/update-conversion-accepts-second-boundaries",
)


def _is_valid(body: dict[str, Any]) -> bool:
    return not find_violations(options_validator(), body.get("options", {}))


def _has_target(row: Any) -> bool:
    return bool(row.get("output_target"))


mutant(
    "conversions/added-status",
    "answers a new conversion with 200 instead of 201",
    operations=("addConversion",),
    word="201",
    response=answered(200),
)
mutant(
    "conversions/added-as-sent",
    "keeps other metadata of a conversion",
    operations=("addConversion",),
    word="metadata",
    request=requested(put(metadata={"wrong": 1})),
)
mutant(
    "conversions/output-target-kept",
    "drops output targets",
    operations=("addConversion",),
    word="output_target",
    request=requested(put(output_target=[])),
)


def _with_password(conversion: Any, response: Traffic) -> None:
    conversion["options"]["download_password"] = sent(response)["options"]["download_password"]


mutant(
    "conversions/password-hidden",
    "shows the download_password of a conversion that is added",
    operations=("addConversion",),
    word="download_password",
    response=edited(
        _with_password, lambda response: "download_password" in (sent(response).get("options") or {})
    ),
)


def _with_credentials(conversion: Any, response: Traffic) -> None:
    for target, known in zip(conversion["output_target"], sent(response)["output_target"], strict=True):
        target["credentials"] = known["credentials"]


mutant(
    "conversions/credentials-hidden",
    "shows the credentials of output targets",
    operations=("addConversion",),
    word="credentials",
    response=edited(_with_credentials, lambda response: _has_target(response.json)),
)
mutant(
    "conversions/listed-as-in-job",
    "lists conversions in another order than their job",
    operations=("listJobConversions",),
    word="conversions",
    response=edited(lambda rows, _: rows[::-1]),
)
mutant(
    "conversions/read-as-listed",
    "reads a conversion with other metadata than it lists, until it is changed",
    operations=("getConversion", "updateConversion"),
    word="metadata",
    changes=at_first("getConversion", "updateConversion", put(metadata={"wrong": 1})),
)


def _metadata_lost() -> tuple[None, Change]:
    changed: set[str] = set()

    def respond(response: Traffic) -> None:
        if response.operation == "updateConversion":
            changed.add(job_id(response))
        elif job_id(response) not in changed:
            lose = each("conversion", put(metadata={}), _has_target)
            if response.operation == "getConversion":
                edited(put(metadata={}))(response)
            else:
                edited(lose)(response)

    return None, respond


mutant(
    "conversions/listed-as-added",
    "shows no metadata of a conversion with output targets, until it is changed",
    operations=("listJobConversions", "getJob", "getConversion", "updateConversion"),
    word="metadata",
    changes=_metadata_lost,
)
for _name in ("options", "metadata"):
    mutant(
        f"conversions/change-{_name}",
        f"ignores a PATCH of the {_name} of a conversion",
        operations=("updateConversion",),
        word=_name,
        request=requested(
            lambda body, _, name=_name: {} if [*body] == [name] and _is_valid(body) else body  # type: ignore[misc]
        ),
        also=_ALSO_CHANGED if _name == "options" else (),
        why="they use the options that they have changed" if _name == "options" else "",
    )
mutant(
    "conversions/target-stays",
    "changes the target of a conversion",
    operations=("updateConversion",),
    word="target",
    response=edited(put(target="png"), lambda response: "target" in sent(response)),
)
mutant(
    "conversions/change-is-kept",
    "forgets the options of a conversion after a change",
    operations=("getConversion", "updateConversion"),
    word="options",
    changes=after("getConversion", "updateConversion", put(options={})),
)
