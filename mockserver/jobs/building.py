"""Inputs as they arrive: descriptors in JSON, and uploads."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pixelpact.mockserver.files import content_digests
from pixelpact.mockserver.jobs.contents import Content, examined
from pixelpact.mockserver.jobs.documents import finished_files, output_status
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.outputs import OutputFile, safe_name
from pixelpact.mockserver.jobs.prompts import prompt_text
from pixelpact.mockserver.jobs.records import Input, Job, Message
from pixelpact.mockserver.web.bodies import as_object
from pixelpact.schema import JobMessage, Profile, Violation, cloud_providers, default_input_type, job_messages

if TYPE_CHECKING:
    from pixelpact.mockserver.service.call import Call

_DEFAULT_NAME = "output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a client sent."""

    content: bytes
    filename: str = ""
    content_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands behind the descriptor of an input: what is known of it, or the name of a known trouble."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    trouble: str | None = None


_NOTHING = Reference()
_NOT_FOUND = Reference(trouble="source-not-found")


def uploaded_input(
    upload: Upload, *, content: Content, job_id: str, number: int, at: float, profile: Profile
) -> Input:
    """The part number `number` of a job, made of an upload with that content."""
    return Input(
        id=part_id(job_id, number),
        type="upload",
        created_at=at,
        modified_at=at,
        filename=safe_name(upload.filename, fallback=_DEFAULT_NAME),
        content_type=upload.content_type,
        **_facts(content, profile=profile),
        options=upload.options,
    )


def described_input(
    descriptor: Mapping[str, Any],
    *,
    job_id: str,
    number: int,
    at: float,
    reference: Reference,
) -> Input:
    """The part number `number` of a job, made of a valid `InputRequest`. Credentials are not kept.

    What is never fetched has its source for content.
    """
    kind = descriptor.get("type", default_input_type())
    facts = dict(reference.facts)
    filename = descriptor.get("filename", facts.pop("filename", None))
    if "content_type" in descriptor:
        facts["content_type"] = descriptor["content_type"]
    own_id = part_id(job_id, number)
    return Input(
        id=own_id,
        type=kind,
        created_at=at,
        modified_at=at,
        source=None if kind == "base64" else descriptor["source"],
        filename=None if filename is None else safe_name(filename, fallback=_DEFAULT_NAME),
        **facts,
        failure=None if reference.trouble is None else _failure(own_id, job_messages()[reference.trouble]),
        engine=descriptor.get("engine"),
        options=as_object(descriptor.get("options")),
        parameters=as_object(descriptor.get("parameters")),
        metadata=as_object(descriptor.get("metadata")),
    )


async def references(descriptors: Sequence[Mapping[str, Any]], *, call: Call) -> list[Reference]:
    """What stands behind each of the descriptors; other jobs of the account are looked up."""
    kinds = {each.get("type", default_input_type()) for each in descriptors}
    if kinds <= {"remote"}:  # never fetched, and by far the most
        return [_NOTHING] * len(descriptors)
    wanted = not kinds.isdisjoint(("input_id", "output"))
    jobs = await call.store.of_account(call.account.id) if wanted else ()
    return [await _reference(each, jobs, call) for each in descriptors]


def _facts(content: Content, *, profile: Profile) -> dict[str, Any]:
    """What an input shows and keeps of its content."""
    checksum = content.digests[profile["checksum"]]
    return {"size": content.size, "checksum": checksum, "digests": content.digests, "text": content.text}


async def _reference(descriptor: Mapping[str, Any], jobs: Sequence[Job], call: Call) -> Reference:
    source, profile = descriptor["source"], call.profile
    match descriptor.get("type"):
        case "base64":
            return Reference(_facts(await examined(base64.b64decode(source)), profile=profile))
        case "cloud" | "gdrive_picker" as kind:
            allowed = profile["cloud-without-credentials"] == "accept" or _has_credentials(descriptor, kind)
            known = kind != "cloud" or source in cloud_providers()
            return _NOTHING if allowed and known else Reference(trouble=profile.value("cloud-trouble"))
        case "input_id":
            found = (each for job in jobs for each in job.inputs if each.id == source and not each.failure)
            original = next(found, None)
            return _NOT_FOUND if original is None else Reference(_facts_of_input(original))
        case "output":
            states = (call.state_of(job) for job in jobs)
            files = ((file, state) for state in states for file in finished_files(state) if file.id == source)
            file, state = next(files, (None, None))
            if file is None or state is None or output_status(file, state) != "enabled":
                return _NOT_FOUND
            return Reference(await _facts_of_output(file, call))
    return _NOTHING


def _facts_of_input(original: Input) -> dict[str, Any]:
    """What an input has in common with another that uses it again; as a prompt it says the same."""
    names = ("filename", "content_type", "size", "checksum", "text")
    facts = {name: getattr(original, name) for name in names}
    digests = original.digests or content_digests((original.source or "").encode())
    return {**facts, "digests": digests, "caption": prompt_text(original)}


async def _facts_of_output(file: OutputFile, call: Call) -> dict[str, Any]:
    """The same of an output; as a prompt it says what it was made of, since a picture has no words."""
    content = await examined(await call.outputs.content(file))
    caption = prompt_text(file.members[0].unit.inputs[0])
    named = {"filename": file.name, "content_type": file.content_type}
    return {**_facts(content, profile=call.profile), **named, "caption": caption}


def _has_credentials(descriptor: Mapping[str, Any], kind: str) -> bool:
    credentials = as_object(descriptor.get("credentials"))
    return bool(credentials.get("token")) if kind == "gdrive_picker" else any(credentials.values())


def _failure(input_id: str, known: JobMessage) -> Message:
    return Message(known.source, input_id, known.code, known.message)


def descriptor_faults(
    descriptors: Sequence[Mapping[str, Any]], *, path: tuple[str | int, ...]
) -> list[Violation]:
    """What the schema can't judge in `InputRequest` objects that stand at `path`: base64 that is none."""
    return [
        fault
        for position, each in enumerate(descriptors)
        if each.get("type") == "base64"
        for fault in base64_faults(each["source"], path=(*path, position, "source"))
    ]


def base64_faults(text: str, *, path: tuple[str | int, ...]) -> list[Violation]:
    """What is wrong with a base64 text (RFC 4648 section 4): one violation, or none."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return [Violation(path, "contentEncoding", "must be base64 text")]
    return []
