"""Requests with a wrong key, or by a method that no path takes."""

from __future__ import annotations

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step
from pixelpact.contract_tests.suite.routes import closed_job, request_to, steps_for
from pixelpact.schema import headers

#: No account has it; the word "invalid" makes mock servers refuse it.
WRONG_KEY = "an-invalid-key-for-the-contract-tests"
#: A method that no path takes.
METHOD = "PUT"
#: Operations that are asked with a wrong key; all are asked without one.
_WITH_WRONG_KEY = ("createJob", "listJobs", "getJob", "getContracts")
_WITHOUT_METHOD = ("listJobs", "getJob", "listStatuses", "listPresets")


def _with_wrong_key(operation: str, header: str) -> Step[Exchange]:
    return Step(
        f"wrong_requests.key-{operation}-{header.lower()}",
        f"{operation} is asked with a wrong key",
        lambda context: request_to(context, operation, credentials={header: WRONG_KEY}),
        Cost(1),
        steps_for(operation),
    )


def _by_wrong_method(operation: str) -> Step[Exchange]:
    def ask(context: Context) -> Exchange:
        path = {"job_id": closed_job(context).id} if operation == "getJob" else {}
        return context.call(operation, method=METHOD, path=path)

    uses = (closed_job,) if operation == "getJob" else ()
    return Step(f"wrong_requests.method-{operation}", f"{METHOD} is asked of {operation}", ask, Cost(1), uses)


#: The answers to a wrong key, by operation and header; the alias of the header is tried once.
WRONG_KEYS = {
    (operation, header): _with_wrong_key(operation, header)
    for number, header in enumerate(headers().api_key)
    for operation in (_WITH_WRONG_KEY if number == 0 else _WITH_WRONG_KEY[:1])
}
#: The answers to a wrong method, by the operation whose path is asked.
WRONG_METHODS = {operation: _by_wrong_method(operation) for operation in _WITHOUT_METHOD}
