"""Probes of the catalogue and of the list of statuses."""

from __future__ import annotations

from pixelpact.contract_tests.probes.listings import emptiness
from pixelpact.contract_tests.probes.staged import catalogue_row, status_list
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import probe
from pixelpact.contract_tests.suite.votes import Vote, majority
from pixelpact.schema import as_object, ledger


@probe("listed-statuses", operation="listStatuses", uses=(status_list,))
def listed_statuses(context: Context) -> str:
    """Which statuses are listed; that of a job which converts has two names."""
    answer = status_list(context)
    words = {word.value for word in ledger()["processing-word"].choices.values()}
    default = ledger()["processing-word"].default
    rows = answer.json()
    codes = [as_object(row).get("code") for row in (rows if isinstance(rows, list) else ())]
    listed = {default if code in words else code for code in codes}
    for choice in ledger()["listed-statuses"].choices.values():
        if listed == set(choice.value):
            return choice.id
    raise context.unknown("listed-statuses", f"lists the statuses {codes}", answer)


@probe("empty-catalogue", operation="listConversions", requests=1)
def empty_catalogue(context: Context) -> str:
    """What a target that the catalogue does not have is answered."""
    answer = context.call("listConversions", credentials={}, params={"target": "pixelpact-unknown"})
    return majority(context, "empty-catalogue", [emptiness("an unknown target", answer)])


@probe("limit-words", operation="listConversions", uses=(catalogue_row,))
def limit_words(context: Context) -> str:
    """How the catalogue calls the limits of options."""
    answer = catalogue_row(context)
    words: dict[str, str] = {}
    for choice in ledger()["limit-words"].choices.values():
        words |= dict.fromkeys(choice.value.values() if choice.value else ("minimum", "maximum"), choice.id)
    votes = []
    for option, spec in as_object(answer.at(0, "options")).items():
        found = sorted(words.keys() & as_object(spec).keys())
        ids = {words[word] for word in found}
        if ids:
            voted = ids.pop() if len(ids) == 1 else None
            votes.append(Vote(f"the option {option}", voted, f"has {', '.join(found)}", answer))
    if not votes:
        raise context.unknown("limit-words", "shows no limits of options", answer)
    return majority(context, "limit-words", votes)
