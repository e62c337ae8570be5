"""Inputs as they arrive: descriptors in JSON, and uploads."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pixelpact.mockserver.bodies import as_object
from pixelpact.mockserver.identity import derive_id
from pixelpact.mockserver.jobs import Input, Job
from pixelpact.mockserver.outputs import checksum, safe_name
from pixelpact.schema import Violation

#: Longer texts are measured but not kept; nobody reads them in a picture.
_LONGEST_TEXT_BYTES = 1024 * 1024
_DEFAULT_NAME = "output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a client sent."""

    content: bytes
    filename: str = ""
    content_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def uploaded_input(upload: Upload, *, job: Job, number: int, at: float) -> Input:
    """The input number `number` of `job`, made of an upload."""
    return Input(
        id=_input_id(job, number),
        type="upload",
        created_at=at,
        filename=safe_name(upload.filename, fallback=_DEFAULT_NAME),
        content_type=upload.content_type,
        size=len(upload.content),
        checksum=checksum(upload.content, profile=job.profile),
        text=readable(upload.content),
        options=upload.options,
    )


def described_input(descriptor: Mapping[str, Any], *, job: Job, number: int, at: float) -> Input:
    """The input number `number` of `job`, made of a valid `InputRequest`. Credentials are not kept."""
    kind = descriptor.get("type", "remote")
    content = base64.b64decode(descriptor["source"]) if kind == "base64" else None
    filename = descriptor.get("filename")
    return Input(
        id=_input_id(job, number),
        type=kind,
        created_at=at,
        source=None if kind == "base64" else descriptor["source"],
        filename=None if filename is None else safe_name(filename, fallback=_DEFAULT_NAME),
        content_type=descriptor.get("content_type"),
        size=None if content is None else len(content),
        checksum=None if content is None else checksum(content, profile=job.profile),
        text=None if content is None else readable(content),
        engine=descriptor.get("engine"),
        options=as_object(descriptor.get("options")),
        parameters=as_object(descriptor.get("parameters")),
        metadata=as_object(descriptor.get("metadata")),
    )


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

    >>> readable(b"a fox"), readable(bytes([0x89, 0x50]))
    ('a fox', None)
    """
    if len(content) > _LONGEST_TEXT_BYTES:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if any(character < " " and character not in "\t\n\r\f" for character in text) else text


def _input_id(job: Job, number: int) -> str:
    return derive_id(job.id, "input", number)
