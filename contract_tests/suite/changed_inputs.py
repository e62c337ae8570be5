"""An input that is changed a second after it was made, and then removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.inputs import CREDENTIAL, inputs_job, shown_inputs
from pixelpact.contract_tests.suite.items import step
from pixelpact.contract_tests.suite.later import second_later


@dataclass(frozen=True, slots=True)
class ChangedInputs:
    """The answers to a change of an input's parameters, of the options of several, and a read at last."""

    before: Any
    parameters: Exchange
    options: Exchange
    read: Exchange


@step(requests=3, uses=(shown_inputs, second_later), rule="inputs are changed")
def changed_inputs(context: Context) -> ChangedInputs:
    """The first input gets other parameters, then other options."""
    context.take(shown_inputs)
    job = inputs_job(context)
    path, first = {"job_id": job.id}, job.created.text("input", 0, "id")
    context.take(second_later)
    credentials = {"decrypt_password": CREDENTIAL}
    change = {"parameters": {"delete_after_use": True}, "credentials": credentials}
    return ChangedInputs(
        job.created.at("input", 0),
        context.call("updateInput", path={**path, "input_id": first}, json=change),
        context.call("updateInputs", path=path, json=[{"id": first, "options": {"position": 7}}]),
        context.call("getInput", path={**path, "input_id": first}),
    )


@dataclass(frozen=True, slots=True)
class RemovedInput:
    """The answers to the removal of an input, and to a read and a list afterwards."""

    removed: Exchange
    read: Exchange
    listed: Exchange


@step(requests=3, uses=(changed_inputs,), rule="an input is removed")
def removed_input(context: Context) -> RemovedInput:
    """The first input is removed."""
    context.take(changed_inputs)
    job = inputs_job(context)
    path, first = {"job_id": job.id}, job.created.text("input", 0, "id")
    return RemovedInput(
        context.call("removeInput", path={**path, "input_id": first}),
        context.call("getInput", path={**path, "input_id": first}),
        context.call("listInputs", path=path),
    )
