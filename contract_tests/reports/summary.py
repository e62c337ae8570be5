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


#: An answer of more operations than these is a cause of its own.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Red results with one cause: the first of them is the example."""

    results: tuple[Result, ...]

    @property
    def example(self) -> Result:
        """The result that is shown in full."""
        return self.results[0]


def grouped(results: Iterable[Result]) -> list[Group]:
    """The red results, those with one cause together: same verdict, operation and form of answer.

    An answer that many operations give, word for word, is one cause too, whatever was expected of them.
    """
    red = [result for result in results if result.verdict.is_red]
    operations: dict[tuple[int, str], set[str]] = {}
    for result in red:
        operations.setdefault(_answer(result), set()).add(result.operation)
    groups: dict[tuple[object, ...], list[Result]] = {}
    for result in red:
        is_common = len(operations[_answer(result)]) > _FEW and result.verdict is not Verdict.CHANGED
        groups.setdefault(_answer(result) if is_common else _cause(result), []).append(result)
    return [Group(tuple(members)) for members in groups.values()]


def _answer(result: Result) -> tuple[int, str]:
    return (result.exchange.status, result.exchange.body) if result.exchange else (0, "")


def _cause(result: Result) -> tuple[object, ...]:
    status, _ = _answer(result)
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
