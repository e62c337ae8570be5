"""Votes: what several options, fields or routes say about one question of the ledger, and their majority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.schema import error_answers, ledger

if TYPE_CHECKING:
    from pixelpact.contract_tests.suite.context import Context

#: Statuses of refused credentials, whichever of them the API uses.
UNAUTHORIZED = frozenset(answer.value for answer in ledger()["invalid-key"].choices.values())
#: Statuses of invalid requests, whichever of them the API uses.
INVALID = frozenset(answer.value for answer in ledger()["invalid-request"].choices.values())
#: The status of a request that the state of a job does not allow.
CONFLICT = error_answers()["Conflict"].status
NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Vote:
    """What one `subject` says: the id of an answer, or `None` for something that is none of the choices.

    `seen` is what was seen, in words that go on from the subject.
    """

    subject: str
    answer: str | None
    seen: str
    evidence: Exchange


def majority(context: Context, entry: str, votes: Sequence[Vote], *, each_checked: bool = False) -> str:
    """The answer that more than half of the votes are for.

    Where half of them are for the default of the ledger and half for another choice, the default counts if a
    check compares each subject with what is observed (`each_checked`): it names the odd one.

    Raises:
        UnknownAnswer: there is none; it names each vote.
        NotConclusive: nobody votes.
    """
    if not votes:
        raise NotConclusive("nothing that was answered tells")
    choices, default = Counter(vote.answer for vote in votes), ledger()[entry].default
    ((answer, count),) = choices.most_common(1)
    if answer is not None and 2 * count > len(votes):
        return answer
    if each_checked and None not in choices and 2 * choices[default] == len(votes):
        return default
    what = "; ".join(f"{vote.subject}: {vote.seen}" for vote in votes)
    odd = next((vote for vote in votes if vote.answer in (None, *_others(entry))), votes[0])
    raise context.unknown(entry, what, odd.evidence, subject="")


def by_status(
    subject: str,
    answer: Exchange,
    *,
    success: str | None,
    refusals: Iterable[int] = INVALID,
    refusal: str,
) -> Vote:
    """The vote of an answer that is either a success or one of these refusals."""
    status = answer.response.status_code
    voted = success if answer.response.is_success else refusal if status in refusals else None
    return Vote(subject, voted, f"was answered {status}", answer)


def _others(entry: str) -> list[str]:
    question = ledger()[entry]
    return [answer for answer in question.choices if answer != question.default]
