"""Steps that several checks build on: taken once, and the output that they lead to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.schema import JSONObject

_Result = TypeVar("_Result")


def once(step: Callable[[], _Result]) -> Callable[[], _Result]:
    """The step, taken by the first call; later calls return its result, or raise its failure again.

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


def only_output(job: Exchange) -> JSONObject:
    """The output of a completed job with one prompt, as a read of the job shows it.

    Raises:
        ContractBroken: the job is not completed, or does not have exactly one output.
    """
    __tracebackhide__ = True
    rule, source = "one prompt gives one output", "vendor guide job-lifecycle"
    document = job.document("Job", rule=rule)
    if document["status"]["code"] != "completed":
        raise job.broken(f"must be completed, is {document['status']['code']}", rule=rule, source=source)
    if len(document["output"]) != 1:
        raise job.broken(f"must have one output, has {len(document['output'])}", rule=rule, source=source)
    output: JSONObject = document["output"][0]
    return output
