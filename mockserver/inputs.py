"""Inputs as they arrive: descriptors in JSON, and uploads."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pixelpact.mockserver.bodies import as_object
from pixelpact.mockserver.files import content_digests
from pixelpact.mockserver.identity import part_id
from pixelpact.mockserver.jobs import Input, Job, Message
from pixelpact.mockserver.outputs import checksum, output_files, safe_name
from pixelpact.mockserver.prompts import prompt_text
from pixelpact.mockserver.store import Store
from pixelpact.schema import Profile, Violation, job_messages

#: So much of a text is kept as it is; nobody reads more in a picture.
_LONGEST_TEXT = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
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
    """What stands behind the descriptor of an input: its text, or the name of a known trouble."""

    text: str | None = None
    trouble: str | None = None


_NOTHING = Reference()
#: Types of inputs that stand for something that may be missing.
_REFERENCES = ("cloud", "gdrive_picker", "input_id", "output")


def uploaded_input(upload: Upload, *, job_id: str, number: int, at: float, profile: Profile) -> Input:
    """The part number `number` of a job, made of an upload."""
    return Input(
        id=part_id(job_id, number),
        type="upload",
        created_at=at,
        modified_at=at,
        filename=safe_name(upload.filename, fallback=_DEFAULT_NAME),
        content_type=upload.content_type,
        size=len(upload.content),
        checksum=checksum(upload.content, profile=profile),
        digests=content_digests(upload.content),
        text=readable(upload.content),
        options=upload.options,
    )


def described_input(
    descriptor: Mapping[str, Any],
    *,
    job_id: str,
    number: int,
    at: float,
    reference: Reference,
    profile: Profile,
) -> Input:
    """The part number `number` of a job, made of a valid `InputRequest`. Credentials are not kept.

    What is never fetched has its source for content.
    """
    kind = descriptor.get("type", "remote")
    sent = base64.b64decode(descriptor["source"]) if kind == "base64" else None
    filename = descriptor.get("filename")
    own_id = part_id(job_id, number)
    return Input(
        id=own_id,
        type=kind,
        created_at=at,
        modified_at=at,
        source=None if kind == "base64" else descriptor["source"],
        filename=None if filename is None else safe_name(filename, fallback=_DEFAULT_NAME),
        content_type=descriptor.get("content_type"),
        size=None if sent is None else len(sent),
        checksum=None if sent is None else checksum(sent, profile=profile),
        digests={} if sent is None else content_digests(sent),
        text=reference.text if sent is None else readable(sent),
        failure=None if reference.trouble is None else _failure(own_id, reference.trouble),
        engine=descriptor.get("engine"),
        options=as_object(descriptor.get("options")),
        parameters=as_object(descriptor.get("parameters")),
        metadata=as_object(descriptor.get("metadata")),
    )


async def references(
    descriptors: Sequence[Mapping[str, Any]], *, account: str, store: Store, profile: Profile
) -> list[Reference]:
    """What stands behind each of the descriptors; other jobs of the account are looked up."""
    wanted = any(each.get("type") in ("input_id", "output") for each in descriptors)
    jobs = await store.of_account(account) if wanted else ()
    return [
        _reference(each, jobs, profile) if each.get("type") in _REFERENCES else _NOTHING
        for each in descriptors
    ]


def _reference(descriptor: Mapping[str, Any], jobs: Sequence[Job], profile: Profile) -> Reference:
    source, credentials = descriptor["source"], as_object(descriptor.get("credentials"))
    if profile["cloud-without-credentials"] == "accept":
        credentials = {"token": True}
    match descriptor.get("type"):
        case "cloud" if not any(credentials.values()):
            return Reference(trouble="cloud-import-failed")
        case "gdrive_picker" if not credentials.get("token"):
            return Reference(trouble="cloud-import-failed")
        case "input_id":
            found = (each for job in jobs for each in job.inputs if each.id == source)
            texts = (prompt_text(each) for each in found if not each.failure)
        case "output":
            files = (file for job in jobs for file in output_files(job) if file.id == source)
            texts = (prompt_text(file.members[0].unit.inputs[0]) for file in files)
        case _:
            return _NOTHING
    text = next(texts, None)
    return Reference(trouble="source-not-found") if text is None else Reference(text=text)


def _failure(input_id: str, trouble: str) -> Message:
    known = job_messages()[trouble]
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


def readable(content: bytes) -> str | None:
    """The content as text, if it is UTF-8 without control characters; `None` otherwise.

    Of a long text the beginning, followed by a digest of the whole: different texts stay different.

    >>> readable(b"a fox"), readable(bytes([0x89, 0x50]))
    ('a fox', None)
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text):
        return None
    if len(text) > _LONGEST_TEXT:
        return f"{text[:_LONGEST_TEXT]}... ({hashlib.sha256(content).hexdigest()})"
    return text
