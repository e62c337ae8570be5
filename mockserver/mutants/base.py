"""What a mutant is: the operations that it is wrong in, and changes of their requests or responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult

from pixelpact.mockserver.mutants.traffic import Traffic

#: Rewrites a request, or a response, in place.
Change: TypeAlias = Callable[[Traffic], None]
#: Sends a callback by its URL, body and headers, and gives the status that it is answered with.
Post: TypeAlias = Callable[[SplitResult, bytes, Mapping[str, str]], Awaitable[int]]
#: Makes of what sends callbacks what sends them wrongly.
CallbackChange: TypeAlias = Callable[[Post], Post]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A server that is wrong in one rule.

    `what` reads on from "a server that": "accepts a width of 63". `word` is in the message of the check
    that notices. `check` is the id of the contract test that is about this rule; `also` names others that
    fail with it, and `why` says why they must. `changes` makes, for each server, the change of requests and
    that of responses.
    """

    id: str
    what: str
    word: str
    operations: frozenset[str]
    changes: Callable[[], tuple[Change | None, Change | None]]
    check: str
    also: tuple[str, ...] = ()
    why: str = ""
    #: Changes how callbacks are sent; `None` in a mutant that leaves them as they are.
    callbacks: CallbackChange | None = None


MUTANTS: dict[str, Mutant] = {}
#: Checks that look at much at once, each with the reason why it may notice mutants of other checks.
OVERLAPPING: Mapping[str, str] = {
    "listings/row-equals-read": "a row of the listing is compared with the last read of its job",
    "listings/filter-completed": "a listing by status is compared with the last reads of jobs",
    "listings/filter-failed": "a listing by status is compared with the last reads of jobs",
    "listings/others-jobs-only": "all listings are searched for jobs of the other account",
    "callbacks/every-body": "the body of a callback is compared with a read of its job",
    "callbacks/body": "the body of a callback is compared with a read of its job",
    "jobs/read-agrees": "a whole job is compared with its creation",
    "lifecycle/change-is-kept": "a whole job is compared with its last change",
    "lifecycle/end-leaves-the-rest": "a whole job is compared with its start",
    "lifecycle/status-info": "the status and its explanation are compared in all answers about some jobs",
    "lifecycle/never-goes-back": "all reads of some jobs are looked at",
    "options/pairs-at-boundaries": "the boundaries of single options are in these pairs again",
    "options/in-a-later-conversion": "some faults of single options are sent in a second conversion again",
    "options/in-a-job-that-may-start": "some faults of single options are sent in such a job again",
}


def mutant(
    check: str,
    what: str,
    *,
    operations: tuple[str, ...] = (),
    word: str,
    request: Change | None = None,
    response: Change | None = None,
    changes: Callable[[], tuple[Change | None, Change | None]] | None = None,
    id: str | None = None,  # noqa: A002  # its name everywhere
    also: tuple[str, ...] = (),
    why: str = "",
    callbacks: CallbackChange | None = None,
) -> Mutant:
    """Register a mutant for a check; its id is the check's, unless several are for one check.

    A change that remembers requests is made anew for each server: `changes` makes the pair.

    Raises:
        ValueError: the id is taken, or other checks fail and nothing says why.
    """
    made = Mutant(
        id or check,
        what,
        word,
        frozenset(operations),
        changes or (lambda: (request, response)),
        check,
        also,
        why,
        callbacks,
    )
    if made.id in MUTANTS or (also and not why):
        raise ValueError(f"the mutant {made.id!r} is there already, or does not say why others fail")
    MUTANTS[made.id] = made
    return made
