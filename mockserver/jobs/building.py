"""New inputs and conversions: from the body of a request to a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.jobs.contents import Content
from pixelpact.mockserver.jobs.ids import part_id
from pixelpact.mockserver.jobs.outputs import safe_name
from pixelpact.mockserver.jobs.prompts import prompt_text
from pixelpact.mockserver.jobs.records import Conversion, Input, Message
from pixelpact.schema import Profile, as_object, default_input_type, find_conversion, job_messages

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
    """The source that the descriptor of an input names.

    `facts` are the fields of an `Input` that are known of it; `failure_key` names the message (see
    `job_messages`) of a source that can't be had.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    failure_key: str | None = None


def uploaded_input(
    upload: Upload, *, content: Content, job_id: str, number: int, at: float, profile: Profile
) -> Input:
    """The part with the given number of a job, made of an upload with the given content."""
    return Input(
        id=part_id(job_id, number),
        type="upload",
        created_at=at,
        modified_at=at,
        filename=safe_name(upload.filename, fallback=_DEFAULT_NAME),
        content_type=upload.content_type,
        **content_facts(content, profile=profile),
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
    """The part with the given number of a job, made of a valid `InputRequest`.

    Credentials are not kept. An input that is never fetched has its source for content.
    """
    input_type = descriptor.get("type", default_input_type())
    facts = dict(reference.facts)
    filename = descriptor.get("filename", facts.pop("filename", None))
    if "content_type" in descriptor:
        facts["content_type"] = descriptor["content_type"]
    input_id = part_id(job_id, number)
    return Input(
        id=input_id,
        type=input_type,
        created_at=at,
        modified_at=at,
        source=None if input_type == "base64" else descriptor["source"],
        filename=None if filename is None else safe_name(filename, fallback=_DEFAULT_NAME),
        **facts,
        failure=None if reference.failure_key is None else known_message(reference.failure_key, input_id),
        engine=descriptor.get("engine"),
        options=as_object(descriptor.get("options")),
        parameters=as_object(descriptor.get("parameters")),
        metadata=as_object(descriptor.get("metadata")),
    )


def new_conversion(
    body: Mapping[str, Any],
    *,
    conversion_id: str,
    seed_parts: tuple[str | int, ...],
    presets: Mapping[str, Mapping[str, Any]],
) -> Conversion:
    """The conversion with the given id, made of a valid `ConversionRequest`.

    Its seed derives from `seed_parts`; `presets` are by id. Credentials of output targets are not kept.
    """
    entry = find_conversion(body["target"], body.get("category"))
    options = as_object(body.get("options"))
    preset_id = named_preset(options)
    preset = presets.get(preset_id) if preset_id else None
    return Conversion(
        id=conversion_id,
        target=body["target"],
        category=entry.category if entry else body.get("category", ""),
        seed_parts=seed_parts,
        options=options,
        preset_options=as_object(preset["options"] if preset else None),
        warning=known_message("unknown-preset", conversion_id) if preset_id and not preset else None,
        metadata=as_object(body.get("metadata")),
        output_targets=tuple(map(_without_credentials, body.get("output_target", ()))),
    )


def named_preset(options: Mapping[str, Any]) -> str | None:
    """The id of the preset that the options of a conversion name."""
    preset_id = options.get("preset")
    return preset_id if isinstance(preset_id, str) else None


def content_facts(content: Content, *, profile: Profile) -> dict[str, Any]:
    """The fields of an `Input` that follow from its content."""
    checksum = content.digests[profile["checksum"]]
    return {"size": content.size, "checksum": checksum, "digests": content.digests, "text": content.text}


def input_facts(original: Input) -> dict[str, Any]:
    """The fields of an `Input` that uses another input again; as a prompt, both have the same text."""
    names = ("filename", "content_type", "size", "checksum", "text")
    facts = {name: getattr(original, name) for name in names}
    digests = original.digests or content_digests((original.source or "").encode())
    return {**facts, "digests": digests, "caption": prompt_text(original)}


def known_message(key: str, part: str) -> Message:
    """The message that `openapi.json` has under a key, about the input or conversion with the id `part`."""
    known = job_messages()[key]
    return Message(known.source, part, known.code, known.message)


def _without_credentials(target: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in target.items() if name != "credentials"}
