"""Probes of options: which values a conversion takes, and how a job shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.staged import (
    DISPUTED_PAIRS,
    Sandbox,
    complete_job,
    listing,
    sandbox,
)
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.contract_tests.suite.routes import closed_job
from pixelpact.contract_tests.suite.steps import OpenJob, open_job
from pixelpact.contract_tests.suite.votes import INVALID, Vote, by_status, majority
from pixelpact.schema import as_object, ledger, options_schema

#: A character of two bytes, so that a text has twice as many bytes as characters.
_TWO_BYTES = "é"


def _votes(context: Context, values: Mapping[str, object], *, success: str, refusal: str) -> list[Vote]:
    """The votes of options, each added alone to a job."""
    job: Sandbox = sandbox(context)
    return [
        by_status(f"the option {name}", job.add(context, {name: value}), success=success, refusal=refusal)
        for name, value in values.items()
    ]


def _votes_of_routes(
    context: Context,
    added: Mapping[str, object],
    changed: Mapping[str, object],
    *,
    success: str,
    refusal: str,
) -> list[Vote]:
    """The votes of options in a conversion that is added, and in one that is changed."""
    job = closed_job(context)
    path = {"job_id": job.id, "conversion_id": job.created.text("conversion", 0, "id")}
    answers = {
        "addConversion": sandbox(context).add(context, added),
        "updateConversion": context.call("updateConversion", path=path, json={"options": changed}),
    }
    return [
        by_status(f"the option {', '.join(options)} of {operation}", answer, success=success, refusal=refusal)
        for (operation, answer), options in zip(answers.items(), (added, changed), strict=True)
    ]


@probe("unknown-option", operation="addConversion", requests=2, uses=(sandbox, closed_job), rank=10)
def unknown_option(context: Context) -> str:
    """Whether additional options are refused; other routes and names are asked by checks."""
    added, changed = {"additional_option": 7}, {"pixelpact_option": "fog"}
    votes = _votes_of_routes(context, added, changed, success="keep", refusal="refuse")
    return majority(context, "unknown-option", votes, each_checked=True)


@probe("trailing-newline", operation="addConversion", requests=2, uses=(sandbox, closed_job), rank=10)
def trailing_newline(context: Context) -> str:
    """Whether a download password may end in a newline."""
    options = {"download_password": "sesame\n"}
    votes = _votes_of_routes(context, options, options, success="accept", refusal="refuse")
    return majority(context, "trailing-newline", votes, each_checked=True)


@probe("integral-number", operation="addConversion", requests=2, uses=(sandbox,), rank=10)
def integral_number(context: Context) -> str:
    """Whether integers may be written with a fraction of zero."""
    values = {"seed": 20.0, "num_inference_steps": 20.0}
    return majority(context, "integral-number", _votes(context, values, success="accept", refusal="refuse"))


@probe("numeric-text", operation="addConversion", requests=2, uses=(sandbox,), rank=10)
def numeric_text(context: Context) -> str:
    """Whether numbers may be sent as texts."""
    votes = _votes(context, {"height": "512", "seed": "20"}, success="convert", refusal="refuse")
    return majority(context, "numeric-text", votes, each_checked=True)


@probe("number-texts", operation="addConversion", requests=1, uses=(sandbox,))
def number_texts(context: Context) -> str:
    """Whether a number above the maximum is taken that reads as the maximum.

    It is of an option that need not be an integer, so that the question whether 20.0 is one plays no part.
    """
    maximum = options_schema()["properties"]["cfg_scale"]["maximum"]
    answer = sandbox(context).add_text(context, f'{{"cfg_scale": {maximum}.000000000000001}}')
    vote = by_status("the option cfg_scale", answer, success="double", refusal="decimal")
    return majority(context, "number-texts", [vote])


@probe("unknown-preset", operation="addConversion", requests=1, uses=(sandbox,), rank=20)
def unknown_preset(context: Context) -> str:
    """Whether a preset that is not known is refused; one of characters that are not ASCII."""
    values = {"preset": _TWO_BYTES * (_longest_preset() // 4)}
    return majority(context, "unknown-preset", _votes(context, values, success="warn", refusal="refuse"))


@probe(
    "text-length",
    operation="addConversion",
    requests=1,
    uses=(sandbox,),
    hidden_by={"unknown-preset": "refuse"},
    rank=21,
)
def text_length(context: Context) -> str:
    """Whether a preset may have as many characters as its pattern says where each has two bytes."""
    values = {"preset": _TWO_BYTES * _longest_preset()}
    return majority(context, "text-length", _votes(context, values, success="code-points", refusal="bytes"))


def _longest_preset() -> int:
    """The greatest length in the pattern of presets, such as 255 in `{1,255}`."""
    return max(map(int, re.findall(r"\d+", options_schema()["properties"]["preset"]["pattern"])))


@step(requests=1, uses=(sandbox,), rule="a disputed pair of ratio and style is answered")
def disputed_pairs(context: Context) -> tuple[Exchange, ...]:
    """The answers to pairs of ratio and style that an answer of the ledger refuses."""
    return tuple(
        sandbox(context).add(context, {"aspect_ratio": ratio, "style": style})
        for ratio, style in DISPUTED_PAIRS
    )


@probe("ratio-with-style", operation="addConversion", uses=(disputed_pairs, sandbox))
def ratio_with_style(context: Context) -> str:
    """Which pairs of ratio and style are refused."""
    pairs = sandbox(context).pairs
    if not pairs.response.is_success:
        what = f"answered all pairs of aspect_ratio and style but {DISPUTED_PAIRS} with"
        raise context.unknown("ratio-with-style", f"{what} {pairs.response.status_code}", pairs)
    answers = disputed_pairs(context)
    for answer in answers:
        if not answer.response.is_success and answer.response.status_code not in INVALID:
            what = f"answered a pair of aspect_ratio and style with {answer.response.status_code}"
            raise context.unknown("ratio-with-style", what, answer)
    refused = [
        list(pair)
        for pair, answer in zip(DISPUTED_PAIRS, answers, strict=True)
        if not answer.response.is_success
    ]
    return context.which("ratio-with-style", refused, answers[0])


@probe("shown-defaults", operation="createJob", uses=(open_job, sandbox, complete_job, listing), rank=20)
def shown_defaults(context: Context) -> str:
    """Whether the options of jobs have more than what was sent."""
    defaults = {name for answer in ledger()["default-settings"].choices.values() for name in answer.value}
    box = sandbox(context)
    pair = {"aspect_ratio", "style"} if box.job.created is box.pairs else set[str]()
    sent = {
        open_job(context).id: set[str](),
        box.job.id: pair,
        complete_job(context).id: {"seed", "download_password"},
    }
    votes = []
    for subject, row, answer in _shown_jobs(context):
        names = sent.get(str(row.get("id")))
        if names is None:
            continue
        more = _options(row).keys() - names
        voted = "none" if not more else "all" if more == (defaults | {"seed"}) - names else None
        seen = f"shows {', '.join(sorted(more)) or 'only what was sent'}"
        votes.append(Vote(f"options of {subject}", voted, seen, answer))
    return majority(context, "shown-defaults", votes)


@probe("secret-options", operation="createJob", uses=(complete_job, listing), rank=20)
def secret_options(context: Context) -> str:
    """Whether the options of a job have the download password, and how."""
    job, secret, votes = complete_job(context), "download_password", []
    for subject, row, answer in _shown_jobs(context):
        if row.get("id") != job.id:
            continue
        shown = _options(row)
        is_masked = isinstance(shown.get(secret), str) and set(shown[secret]) == {"*"}
        voted = "removed" if secret not in shown else "masked" if is_masked else None
        seen = f"shows {secret} unmasked" if voted is None else f"{secret} is {voted}"
        votes.append(Vote(f"options of {subject}", voted, seen, answer))
    return majority(context, "secret-options", votes)


def _shown_jobs(context: Context) -> Iterable[tuple[str, Mapping[str, Any], Exchange]]:
    """The jobs that wait, as their creation and the listing show them, with words for that."""
    jobs: list[OpenJob] = [open_job(context), sandbox(context).job, complete_job(context)]
    for job in jobs:
        yield "a created job", as_object(job.created.json()), job.created
    listed = listing(context)
    rows = listed.json() if listed.response.is_success and listed.response.content else []
    known = {job.id for job in jobs}
    for row in rows if isinstance(rows, list) else ():
        if as_object(row).get("id") in known:
            yield "a listed job", row, listed


def _options(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a job's first conversion.

    Raises:
        NotConclusive: it shows no conversion.
    """
    conversions = job.get("conversion")
    if not isinstance(conversions, list) or not conversions:
        raise NotConclusive("a job shows no conversion")
    return as_object(as_object(conversions[0]).get("options"))
