"""The sources that the descriptors of inputs name, looked up; one function for each type of input."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from pixelpact.mockserver.jobs.building import Reference, content_facts, input_facts
from pixelpact.mockserver.jobs.contents import examined
from pixelpact.mockserver.jobs.documents import finished_files, output_status
from pixelpact.mockserver.jobs.prompts import prompt_text
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.call import Call
from pixelpact.schema import as_object, cloud_providers, default_input_type

_Descriptor: TypeAlias = Mapping[str, Any]
_Lookup: TypeAlias = Callable[[_Descriptor, Sequence[Job], Call], Awaitable[Reference]]

_NOTHING_KNOWN = Reference()
_NOT_FOUND = Reference(failure_key="source-not-found")


async def references(descriptors: Sequence[_Descriptor], *, call: Call) -> list[Reference]:
    """The source that each of the descriptors names; those of other jobs are looked up in the account."""
    types = {descriptor.get("type", default_input_type()) for descriptor in descriptors}
    if types.isdisjoint(_LOOKUPS):  # remote ones, which are never fetched, are by far the most frequent
        return [_NOTHING_KNOWN] * len(descriptors)
    names_jobs = not types.isdisjoint(("input_id", "output"))
    jobs = await call.store.of_account(call.account.id) if names_jobs else ()
    return [await _reference(descriptor, jobs, call) for descriptor in descriptors]


async def _reference(descriptor: _Descriptor, jobs: Sequence[Job], call: Call) -> Reference:
    look_up = _LOOKUPS.get(descriptor.get("type", default_input_type()))
    return _NOTHING_KNOWN if look_up is None else await look_up(descriptor, jobs, call)


async def _base64(descriptor: _Descriptor, _: Sequence[Job], call: Call) -> Reference:
    content = await examined(base64.b64decode(descriptor["source"]))
    return Reference(content_facts(content, profile=call.profile))


async def _cloud(descriptor: _Descriptor, _: Sequence[Job], call: Call) -> Reference:
    has_credentials = any(as_object(descriptor.get("credentials")).values())
    is_known = descriptor["source"] in cloud_providers()
    return _cloud_reference(is_known=is_known, has_credentials=has_credentials, call=call)


async def _gdrive_picker(descriptor: _Descriptor, _: Sequence[Job], call: Call) -> Reference:
    has_credentials = bool(as_object(descriptor.get("credentials")).get("token"))
    return _cloud_reference(is_known=True, has_credentials=has_credentials, call=call)


def _cloud_reference(*, is_known: bool, has_credentials: bool, call: Call) -> Reference:
    if is_known and (has_credentials or call.profile["cloud-without-credentials"] == "accept"):
        return _NOTHING_KNOWN
    return Reference(failure_key=call.profile.value("cloud-trouble"))


async def _input_id(descriptor: _Descriptor, jobs: Sequence[Job], _: Call) -> Reference:
    inputs = (item for job in jobs for item in job.inputs if not item.failure)
    original = next((item for item in inputs if item.id == descriptor["source"]), None)
    return _NOT_FOUND if original is None else Reference(input_facts(original))


async def _output(descriptor: _Descriptor, jobs: Sequence[Job], call: Call) -> Reference:
    """As a prompt, an output stands for the prompt it was made of: a picture has no text."""
    files = ((file, state) for state in map(call.state_of, jobs) for file in finished_files(state))
    file, state = next(
        ((file, state) for file, state in files if file.id == descriptor["source"]), (None, None)
    )
    if file is None or state is None or output_status(file, state) != "enabled":
        return _NOT_FOUND
    content = await examined(await call.outputs.content(file))
    caption = prompt_text(file.members[0].run.inputs[0])
    named = {"filename": file.name, "content_type": file.content_type, "caption": caption}
    return Reference({**content_facts(content, profile=call.profile), **named})


#: The types of input whose source is looked up; nothing is known of all others.
_LOOKUPS: Mapping[str, _Lookup] = {
    "base64": _base64,
    "cloud": _cloud,
    "gdrive_picker": _gdrive_picker,
    "input_id": _input_id,
    "output": _output,
}
