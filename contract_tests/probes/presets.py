"""Probes of presets: who may see new ones."""

from __future__ import annotations

from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.votes import Vote, by_status, majority
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion


def _vote(subject: str, answer: Exchange) -> Vote:
    vote = by_status(subject, answer, success="private", refusal="refuse")
    if vote.answer == "private" and answer.at("scope") != "private":
        return Vote(subject, None, f"has the scope {answer.at('scope')!r}", answer)
    return vote


def _create(context: Context, **fields: Any) -> Exchange:
    entry = find_conversion(TEXT_TO_IMAGE)
    body = {
        "name": f"pixelpact {context.run_id}",
        "target": TEXT_TO_IMAGE,
        "category": entry.category if entry else None,
        "options": {"style": "anime"},
        **fields,
    }
    return context.call("createPreset", leaves=1, json=body)


@probe("public-scope", operation="createPreset", requests=2)
def public_scope(context: Context) -> str:
    """What becomes of a public preset."""
    vote = _vote("a preset with the scope public", _create(context, scope="public"))
    return majority(context, "public-scope", [vote])


@probe("omitted-scope", operation="createPreset", requests=2)
def omitted_scope(context: Context) -> str:
    """What becomes of a preset without a scope."""
    vote = _vote("a preset without a scope", _create(context))
    return majority(context, "omitted-scope", [vote])
