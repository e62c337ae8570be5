"""The files that a job yields: their names, and their bytes when they are asked for."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from pixelpact.mockserver.identity import derive_id
from pixelpact.mockserver.images import Picture, placeholder_png
from pixelpact.mockserver.jobs import Conversion, Drawn, Input, Job
from pixelpact.mockserver.outcome import outcome
from pixelpact.mockserver.pictures import resolve_picture
from pixelpact.mockserver.prompts import input_name, prompt_text
from pixelpact.schema import Profile, options_schema

_PNG, _ZIP = "image/png", "application/zip"
_LONGEST_STEM = 100


class Member(NamedTuple):
    """One picture and the name of its file."""

    name: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to download: one picture, or several in an archive."""

    id: str
    name: str
    content_type: str
    conversion: Conversion
    inputs: tuple[str, ...]
    members: tuple[Member, ...]


def output_files(job: Job) -> tuple[OutputFile, ...]:
    """The files of a completed job.

    Several pictures of a conversion come as one archive, unless its option allow_multiple_outputs is true
    (option table); a single one is never archived.
    """
    taken: set[str] = set()
    files: list[OutputFile] = []
    for conversion in job.conversions:
        prompts = [prompt for each, prompt in outcome(job).pictures if each.id == conversion.id]
        separate = conversion.options.get("allow_multiple_outputs", _default("allow_multiple_outputs"))
        groups = [[prompt] for prompt in prompts] if separate else [prompts] if prompts else []
        for group in groups:
            files.append(_file(job, conversion, group, number=len(files), taken=taken))
    return tuple(files)


def draw(file: OutputFile) -> bytes:
    """The bytes of a file; takes a while for a large one."""
    if file.content_type == _PNG:
        return placeholder_png(file.members[0].picture)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for member in file.members:
            # A ZipInfo made by hand is dated 1980; the system would be the only trace of this machine.
            entry = zipfile.ZipInfo(member.name)
            entry.create_system = 3
            archive.writestr(entry, placeholder_png(member.picture))
    return buffer.getvalue()


def measured(content: bytes, *, profile: Profile) -> Drawn:
    """Size and checksum of a file's bytes."""
    return Drawn(size=len(content), checksum=checksum(content, profile=profile))


def checksum(content: bytes, *, profile: Profile) -> str:
    """The digest of `content` that the profile calls a checksum, in hexadecimal digits."""
    return hashlib.new(profile["checksum"], content, usedforsecurity=False).hexdigest()


def safe_name(name: str, *, fallback: str) -> str:
    r"""The last part of a path as a file name: no separators, no control characters, not too long.

    >>> safe_name("../../etc/pass\x00wd", fallback="output"), safe_name("..", fallback="output")
    ('passwd', 'output')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    return printable[-_LONGEST_STEM:] or fallback


def _file(
    job: Job, conversion: Conversion, prompts: list[Input], *, number: int, taken: set[str]
) -> OutputFile:
    archived = len(prompts) > 1
    names = list(_unique((f"{_stem(prompt)}.png" for prompt in prompts), set() if archived else taken))
    return OutputFile(
        id=derive_id(job.id, "output", number),
        name=next(_unique([f"{conversion.target}.zip"], taken)) if archived else names[0],
        content_type=_ZIP if archived else _PNG,
        conversion=conversion,
        inputs=tuple(prompt.id for prompt in prompts),
        members=tuple(
            Member(name, _picture(job, conversion, prompt))
            for name, prompt in zip(names, prompts, strict=True)
        ),
    )


def _picture(job: Job, conversion: Conversion, prompt: Input) -> Picture:
    return resolve_picture(
        prompt=prompt_text(prompt), options=conversion.options, seed=conversion.seed, profile=job.profile
    )


def _stem(prompt: Input) -> str:
    return safe_name(PurePosixPath(input_name(prompt)).stem, fallback="output")


def _unique(names: Iterable[str], taken: set[str]) -> Iterator[str]:
    """The names, each given a number where it was taken before; adds them to `taken`."""
    for name in names:
        path, number, candidate = PurePosixPath(name), 1, name
        while candidate in taken:
            number += 1
            candidate = f"{path.stem}-{number}{path.suffix}"
        taken.add(candidate)
        yield candidate


def _default(option: str) -> bool:
    default: bool = options_schema()["properties"][option]["default"]
    return default
