"""Inputs that a run adds to jobs, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import MARK, Context
from pixelpact.contract_tests.suite.items import Step, step
from pixelpact.contract_tests.suite.steps import OpenJob, open_job_of, plain_picture
from pixelpact.schema import error_answers

NOT_FOUND = error_answers()["NotFound"].status
#: An id that no input has.
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
#: Looked for in answers, which must never show it.
CREDENTIAL = "pixelpact-credential-5417"
#: Fields of an input that each descriptor may have.
_COMMON: Mapping[str, Any] = {"options": {"position": 1}, "parameters": {"delete_after_use": False}}

_Descriptor: TypeAlias = Callable[[Context, OpenJob], dict[str, Any]]

#: A descriptor for each type of input that can be described, with all fields that go with it.
_DESCRIPTORS: Mapping[str, _Descriptor] = {
    "remote": lambda context, _: {
        "type": "remote",
        "source": "https://example-files.online-convert.com/raster%20image/png/example_small.png?size=S&x=%20",
        "engine": "file",
        "filename": "remote.png",
        "metadata": {MARK: context.run_id},
        **_COMMON,
    },
    "base64": lambda context, _: context.prompt("A described prompt", **_COMMON),
    "cloud": lambda *_: {
        "type": "cloud",
        "source": "amazons3",
        "filename": "cloud.txt",
        "parameters": {"bucket": "pixelpact", "file": "cloud.txt"},
        "credentials": {"accesskeyid": "pixelpact", "secretaccesskey": CREDENTIAL},
    },
    "gdrive_picker": lambda *_: {
        "type": "gdrive_picker",
        "source": "pixelpact-drive-file",
        "credentials": {"token": CREDENTIAL},
    },
    "input_id": lambda _, job: {"type": "input_id", "source": job.created.text("input", 0, "id")},
}


@step(requests=2, rule="a job is created that waits for a conversion")
def inputs_job(context: Context) -> OpenJob:
    """A staged job with an input and without a conversion, so that it can't start."""
    prompt = context.prompt("A first prompt", metadata={MARK: context.run_id})
    return open_job_of(
        context, context.call("createJob", leaves=1, json={"process": False, "input": [prompt]})
    )


@dataclass(frozen=True, slots=True)
class NewInput:
    """A described input: what was sent, and the answer."""

    sent: Mapping[str, Any]
    answer: Exchange


def _adding(kind: str) -> Step[NewInput]:
    def add(context: Context) -> NewInput:
        job = inputs_job(context)
        sent = _DESCRIPTORS[kind](context, job)
        return NewInput(sent, context.call("addInput", path={"job_id": job.id}, json=sent))

    add.__name__ = f"add_{kind}"
    return step(requests=1, uses=(inputs_job,), rule=f"an input of the type {kind} is added")(add)


#: A step for each type that adds an input of it.
NEW_INPUTS: Mapping[str, Step[NewInput]] = {kind: _adding(kind) for kind in _DESCRIPTORS}


@dataclass(frozen=True, slots=True)
class NewArray:
    """Described inputs in an array: what was sent, and the answer."""

    sent: Sequence[Mapping[str, Any]]
    answer: Exchange


@step(requests=1, uses=(inputs_job,), rule="an array of inputs is added")
def new_array(context: Context) -> NewArray:
    """The answer to an array of two inputs, the second without a type."""
    sent = [
        context.prompt("First of two", filename="First.TXT", options={"type": "prompt", "position": 1}),
        {"source": "https://example-files.online-convert.com/second.txt", "options": {"position": 2}},
    ]
    return NewArray(sent, context.call("addInput", path={"job_id": inputs_job(context).id}, json=sent))


@dataclass(frozen=True, slots=True)
class ShownInputs:
    """The inputs of a job: as they are listed, as the job shows them, and one as it is read."""

    listed: Exchange
    job: Exchange
    read: Exchange


@step(requests=3, uses=(*NEW_INPUTS.values(), new_array), rule="inputs are listed and read")
def shown_inputs(context: Context) -> ShownInputs:
    """The list of inputs, the job, and an input that is not the first, after all types were added."""
    for new in NEW_INPUTS.values():
        new(context)
    new_array(context)
    job = inputs_job(context)
    path, last = {"job_id": job.id}, context.id_of(NEW_INPUTS["cloud"](context).answer)
    return ShownInputs(
        context.call("listInputs", path=path),
        context.call("getJob", path=path),
        context.call("getInput", path={**path, "input_id": last}),
    )


@step(requests=4, uses=(inputs_job,), rule="inputs are asked for that don't exist")
def unknown_inputs(context: Context) -> Mapping[str, Exchange]:
    """The answers to a read, a change and a removal of an input that the job does not have."""
    job = {"job_id": inputs_job(context).id}
    path = {**job, "input_id": _UNKNOWN_ID}
    return {
        "updateInputs": context.call("updateInputs", path=job, json=[{"id": _UNKNOWN_ID, "options": {}}]),
        "getInput": context.call("getInput", path=path),
        "updateInput": context.call("updateInput", path=path, json={"parameters": {}}),
        "removeInput": context.call("removeInput", path=path),
    }


@step(requests=1, uses=(inputs_job, plain_picture), rule="an output is used as an input")
def new_output_input(context: Context) -> NewInput:
    """The answer to an input that is the output of another job."""
    sent = {"type": "output", "source": plain_picture(context).output()["id"], **_COMMON}
    path = {"job_id": inputs_job(context).id}
    return NewInput(sent, context.call("addInput", path=path, json=sent))


ADDED_INPUTS: Mapping[str, Step[NewInput]] = {**NEW_INPUTS, "output": new_output_input}
