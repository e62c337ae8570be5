"""Jobs that checks of created jobs look at: one with every field, empty ones, and one that does not exist."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import MARK, Context
from pixelpact.contract_tests.suite.items import Cost, Step, step
from pixelpact.contract_tests.suite.routes import ON_A_JOB, UNKNOWN_ID, closed_job, request_to
from pixelpact.contract_tests.suite.steps import open_job

#: Secrets of the full job: they open nothing, and must not be shown.
PASSWORDS = ("sesame of the job 5417", "another sesame 5418")
OPTION_PASSWORD = "sesame of the option 5419"  # noqa: S105  # of no use to anybody
INPUT_SECRET, TARGET_SECRET = "sesame of the input 5420", "sesame of the target 5421"
#: Flags that are not as by default.
FLAGS = {
    "process": False,
    "fail_on_input_error": False,
    "fail_on_conversion_error": False,
    "notify_status": True,
}
#: What is sent of a conversion and an input, and must be shown.
METADATA = {"purpose": "contract test"}
INPUT = {
    "filename": "prompt.txt",
    "options": {"type": "prompt"},
    "parameters": {"delete_after_use": True},
    "metadata": METADATA,
}
LIMITS = {"job": {"size": 3000}, "input": {"size": 2000}, "output": {"size": 1000}}


@step(requests=2, rule="a job with every documented field is created")
def full_job(context: Context) -> Exchange:
    """The answer to a staged job with all flags, passwords, limits, metadata and credentials.

    Raises:
        NotConclusive: it is refused.
    """
    target = {
        "type": "ftp",
        "parameters": {"host": "ftp.example.com"},
        "credentials": {"username": "nobody", "password": TARGET_SECRET},
    }
    conversion = context.conversion(
        {"width": 64, "download_password": OPTION_PASSWORD},
        metadata={MARK: context.run_id, **METADATA},
        output_target=[target],
    )
    described = {**INPUT, "credentials": {"decrypt_password": INPUT_SECRET}}
    body: dict[str, Any] = {
        **FLAGS,
        "download_passwords": [*PASSWORDS],
        "limits": LIMITS,
        "conversion": [conversion],
        "input": [context.prompt("A fox", **described)],
    }
    return created(context.stage(**body))


def created(answer: Exchange) -> Exchange:
    """An answer, if it creates something.

    Raises:
        NotConclusive: it is a refusal.
    """
    if not answer.response.is_success:
        raise NotConclusive(f"{answer.operation.id} was answered {answer.response.status_code}")
    return answer


@step(requests=2, rule="an empty job is created")
def empty_job(context: Context) -> Exchange:
    """The answer to a job without anything."""
    return created(context.call("createJob", leaves=1, json={}))


@step(requests=1, rule="a job is read", uses=(open_job,))
def read_job(context: Context) -> Exchange:
    """A read of the open job."""
    return context.read(open_job(context).id)


def _unknown_job(operation: str) -> Step[Exchange]:
    def ask(context: Context) -> Exchange:
        job = replace(closed_job(context), id=UNKNOWN_ID)
        return request_to(context, operation, job=job)

    rule = f"{operation} is asked for a job that does not exist"
    return Step(f"jobs.unknown-{operation}", rule, ask, Cost(1), (closed_job,))


#: The answers to requests for a job that does not exist.
UNKNOWN_JOB = {operation: _unknown_job(operation) for operation in ON_A_JOB}
