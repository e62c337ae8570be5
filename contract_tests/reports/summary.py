"""Results counted and grouped: what several failures with one cause have in common, and the exit code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pixelpact.contract_tests.suite.results import Result, Verdict

CONFORMS, DEVIATES, USAGE, UNUSABLE, BUDGET_ENDED, NOTHING_ASKED = range(6)
#: What differs between failures with one cause: quoted or backticked words, names and numbers.
_SPECIFIC = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Group:
    """Red results with one cause: the first of them is the example."""

    results: tuple[Result, ...]

    @property
    def example(self) -> Result:
        """The result that is shown in full."""
        return self.results[0]


def grouped(results: Iterable[Result]) -> list[Group]:
    """The red results, those with one cause together: same verdict, operation and form of answer."""
    groups: dict[tuple[object, ...], list[Result]] = {}
    for result in results:
        if result.verdict.is_red:
            groups.setdefault(_cause(result), []).append(result)
    return [Group(tuple(members)) for members in groups.values()]


def _cause(result: Result) -> tuple[object, ...]:
    status = result.exchange.status if result.exchange else 0
    if result.verdict is not Verdict.BREAKS:
        return (result.id,)
    return result.verdict, result.area, result.operation, status, _SPECIFIC.sub("?", result.what)


def exit_code(results: Sequence[Result], *, required: frozenset[str]) -> int:
    """The exit code of a run with these results; `required` are the ids that must have been asked.

    >>> exit_code([], required=frozenset())
    5
    """
    verdicts = Counter(result.verdict for result in results)
    if any(verdict.is_red for verdict in verdicts):
        return DEVIATES
    if any(result.verdict is Verdict.NOT_REACHED and result.id in required for result in results):
        return BUDGET_ENDED
    if not verdicts[Verdict.HOLDS] + verdicts[Verdict.LEARNED]:
        return NOTHING_ASKED
    return CONFORMS
