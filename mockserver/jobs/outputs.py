"""The files that a job yields: their names, and their bytes once they are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pixelpact.mockserver.files.archives import Member as ArchiveMember
from pixelpact.mockserver.files.archives import tar_archive, zip_archive
from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.files.placeholder import file_entry, placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.mockserver.images.formats import transcoded
from pixelpact.mockserver.images.placeholder import placeholder_png
from pixelpact.mockserver.jobs.ids import derive_id
from pixelpact.mockserver.jobs.outcome import ConversionRun, outcome
from pixelpact.mockserver.jobs.pictures import resolve_picture
from pixelpact.mockserver.jobs.prompts import input_name, prompt_text
from pixelpact.mockserver.jobs.records import Conversion, Drawn, Input, Job, OutputEdit
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import TEXT_TO_IMAGE, CatalogueEntry, Profile, find_conversion, options_schema

_LONGEST_NAME = 100


class Member(NamedTuple):
    """One result of a conversion and the name of its file."""

    name: str
    run: ConversionRun


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to download: one result, or several in an archive."""

    id: str
    name: str
    content_type: str
    conversion: Conversion
    members: tuple[Member, ...]
    archived: bool
    profile: Profile

    @property
    def inputs(self) -> tuple[str, ...]:
        """The ids of the inputs that the file is made of."""
        return tuple(item.id for member in self.members for item in member.run.inputs)


@remembered
def output_files(job: Job) -> tuple[OutputFile, ...]:
    """The files of a completed job, including deleted ones.

    Results that go to an output target are not kept.
    """
    taken: set[str] = set()
    files: list[OutputFile] = []
    for conversion in job.conversions:
        if not conversion.output_targets:
            for runs, archived in _files_of_runs(job, conversion):
                files.append(_file(job, runs, archived=archived, number=len(files), taken=taken))
    return tuple(files)


def draw(file: OutputFile) -> bytes:
    """The bytes of a file; slow for a large picture."""
    contents = [(member.name, _content(member.run, file.profile)) for member in file.members]
    if not file.archived:
        return contents[0][1]
    pack = zip_archive if file.profile["archive-format"] == "zip" else tar_archive
    return pack([ArchiveMember(name, content) for name, content in contents])


def measured(content: bytes, *, profile: Profile) -> Drawn:
    """Size and checksum of a file's bytes."""
    return Drawn(size=len(content), checksum=checksum(content, profile=profile))


def checksum(content: bytes, *, profile: Profile) -> str:
    """The digest that the profile uses as checksum, in hexadecimal digits."""
    return hashlib.new(profile["checksum"], content, usedforsecurity=False).hexdigest()


def safe_name(name: str, *, fallback: str) -> str:
    r"""The last part of a path as a file name: no separators, no control characters, not too long.

    >>> safe_name("../../etc/pass\x00wd", fallback="output"), safe_name("..", fallback="output")
    ('passwd', 'output')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    return printable[-_LONGEST_NAME:] or fallback


def renamed(job: Job, file_id: str, *, stem: str) -> str:
    """The name of a file of the job with another stem and its old extension.

    A number is added if another file has that name.
    """
    files = {file.id: file.name for file in output_files(job)}
    suffix = PurePosixPath(files.pop(file_id)).suffix
    return next(_unique([stem + suffix], set(files.values())))


def _files_of_runs(job: Job, conversion: Conversion) -> Iterator[tuple[Sequence[ConversionRun], bool]]:
    """The runs of a conversion that share a file, and whether that is an archive.

    Several results come as one archive, unless the option allow_multiple_outputs is true (option table); a
    single result is archived only if the profile says so.
    """
    runs = [run for run in outcome(job).runs if run.conversion.id == conversion.id]
    options = conversion.effective_options(job.profile)
    separate = options.get("allow_multiple_outputs", _default("allow_multiple_outputs"))
    if separate or job.profile["several-results"] == "files":
        yield from (([run], False) for run in runs)
    elif runs:
        yield runs, len(runs) > 1 or job.profile["single-archived"] == "always"


def _file(
    job: Job, runs: Sequence[ConversionRun], *, archived: bool, number: int, taken: set[str]
) -> OutputFile:
    conversion = runs[0].conversion
    output_id = derive_id(job.id, conversion.id, "output", number)
    edit = job.edits.get(output_id, OutputEdit())
    entries = [_entry(run, job.profile) for run in runs]
    stems = (f"{_stem(run)}.{entry.extension}" for run, entry in zip(runs, entries, strict=True))
    names = list(_unique(stems, set() if archived else taken))
    outer = _known(job.profile["archive-format"]) if archived else entries[0]
    name = next(_unique([f"{conversion.target}.{outer.extension}"], taken)) if archived else names[0]
    return OutputFile(
        id=output_id,
        name=edit.filename or name,
        content_type=outer.content_type,
        conversion=conversion,
        members=tuple(Member(name, run) for name, run in zip(names, runs, strict=True)),
        archived=archived,
        profile=job.profile,
    )


def _content(run: ConversionRun, profile: Profile) -> bytes:
    conversion, options = run.conversion, run.conversion.effective_options(profile)
    if conversion.target == TEXT_TO_IMAGE:
        if profile["seed-repeats"] == "never":
            options.pop("seed", None)
        picture = resolve_picture(
            prompt=prompt_text(run.inputs[0]), options=options, seed=conversion.seed, profile=profile
        )
        return transcoded(placeholder_png(picture), extension=profile["picture-format"])
    sources = [_source(item) for item in run.inputs]
    return placeholder_file(
        _known(conversion.target, conversion.category), sources, options=options, seed=conversion.seed
    )


def _source(item: Input) -> Source:
    return Source(
        name=input_name(item) or "output",
        text=item.text or "",
        size=item.size or 0,
        digests=item.digests or content_digests((item.source or "").encode()),
    )


def _entry(run: ConversionRun, profile: Profile) -> CatalogueEntry:
    """The type of file that a run makes: that of its target or, for some targets, that of its input."""
    if run.conversion.target == TEXT_TO_IMAGE:
        return _known(profile["picture-format"])
    entry = _known(run.conversion.target, run.conversion.category)
    return file_entry(entry, [_source(item) for item in run.inputs])


def _known(target: str, category: str | None = None) -> CatalogueEntry:
    entry = find_conversion(target, category)
    if entry is None:
        raise LookupError(f"The catalogue has no target {target!r}")
    return entry


def _stem(run: ConversionRun) -> str:
    return safe_name(PurePosixPath(input_name(run.inputs[0])).stem, fallback="output")


def _unique(names: Iterable[str], taken: set[str]) -> Iterator[str]:
    """The names, numbered where they are taken already; adds them to `taken`."""
    for name in names:
        path, number, candidate = PurePosixPath(name), 1, name
        while candidate in taken:
            number += 1
            candidate = f"{path.stem}-{number}{path.suffix}"
        taken.add(candidate)
        yield candidate


def _default(option: str) -> bool:
    spec: Mapping[str, Any] = options_schema()["properties"][option]
    return bool(spec["default"])
