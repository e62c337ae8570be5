"""Jobs that are changed later: at least a second after they were created, so that times differ."""

from __future__ import annotations

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.inputs import inputs_job
from pixelpact.contract_tests.suite.items import step


@step(requests=2, rule="a job is staged that will be changed")
def job_to_change(context: Context) -> Exchange:
    """The answer to a staged job with a conversion."""
    return context.stage({"seed": 7, **SMALL})


@step(requests=1, uses=(inputs_job, job_to_change), rule="a second passes")
def second_later(context: Context) -> None:
    """All jobs that are changed later are there, and a second passes: times have no fractions of one."""
    inputs_job(context)
    job_to_change(context)
    if context.clock is not None:
        context.clock.advance(2)
    else:
        context.sleep(1.1)
