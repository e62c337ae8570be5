"""Steps that several checks build on, taken once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


def once(step: Callable[[], _Result]) -> Callable[[], _Result]:
    """The step, taken by the first call; each later call returns its result, or raises its failure, again.

    A fixture provides the step instead of its result, so that a contract broken by it fails the tests that
    build on it. In the fixture, it would count as an error.

    >>> numbers = iter(range(2))
    >>> first = once(lambda: next(numbers))
    >>> first(), first()
    (0, 0)
    """
    outcome: Future[_Result] = Future()

    def result() -> _Result:
        if not outcome.done():
            try:
                outcome.set_result(step())
            except Exception as failure:
                outcome.set_exception(failure)
        return outcome.result()

    return result
