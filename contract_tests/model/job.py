"""A plain model of a job: records of what was asked, and what must become of it.

It assumes no pace: a started job may be anywhere on its way, never goes back, and stays where it ends.
What the documents leave open it takes from a profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from pixelpact.schema import TEXT_TO_IMAGE, JSONObject, Profile, find_conversion, statuses

#: Statuses of a job that has not started: a part is missing, or it waits to be told.
_WAITING = ("incomplete", "ready")
#: How far along a job is in each status.
RANK = {code: rank for rank, code in enumerate(statuses())}

#: One file: its conversion, and the inputs it is made of.
Made: TypeAlias = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input: a text, `empty` or not; `lost` where the server can't have it.

    `source` is what its descriptor named, if that is shown.
    """

    id: str
    type: str
    source: str | None = None
    empty: bool = False
    lost: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A conversion; `preset` are the options of the preset it names, `None` if there is no such preset."""

    id: str
    target: str
    category: str
    options: Mapping[str, Any]
    preset: Mapping[str, Any] | None = None

    def effective(self, option: str, profile: Profile) -> Any:
        """The value of an option that counts, its own or the preset's."""
        preset = self.preset or {}
        wins, loses = self.options, preset
        if profile["preset-precedence"] == "preset":
            wins, loses = loses, wins
        return {**loses, **wins}.get(option)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output as it was seen; `password` is its own one, if it was given one."""

    made: Made
    document: JSONObject
    password: str | None = field(default=None, repr=False)
    deleted: bool = False
    downloads: int = 0

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.document["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: what was asked of it, and what was seen of it so far.

    `shown` are the statuses that it was seen to have, in order, `ended` whether an answer told that it is
    over, `history` the statuses that it was said to have had, `outputs` those that it was completed with.
    """

    id: str
    token: str = field(repr=False)
    server: str
    flags: Mapping[str, bool]
    passwords: tuple[str, ...] = field(default=(), repr=False)
    conversions: tuple[Conversion, ...] = ()
    inputs: tuple[Input, ...] = ()
    started: bool = False
    canceled: bool = False
    ended: bool = False
    shown: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()

    @property
    def seen(self) -> str:
        """Its status when it was last shown; `""` before that."""
        return self.shown[-1] if self.shown else ""

    @property
    def complete(self) -> bool:
        """Whether no part is missing."""
        return bool(self.inputs and self.conversions)

    @property
    def closed(self) -> bool:
        """Whether its parts can't be changed any more."""
        return self.started or self.canceled

    @property
    def over(self) -> bool:
        """Whether it is known to have ended."""
        return self.canceled or self.ended or (self.started and self.seen in ("completed", "failed"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job comes to when it has run; messages as pairs of source and id."""

    results: tuple[Made, ...] = ()
    files: tuple[Made, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def status(self) -> str:
        """The status that it ends with: `failed` also when nothing came out."""
        return "failed" if self.errors or not self.results else "completed"


def settled(job: Job) -> Job:
    """The job after a change: started, if it is complete and was told to process."""
    return replace(job, started=job.started or (job.complete and job.flags["process"] and not job.canceled))


def outcome(job: Job, profile: Profile) -> Outcome:
    """What the job comes to: a result for each conversion and prompt; several in one archive."""
    lost = [("input", each.id) for each in job.inputs if each.lost]
    made: list[Made] = []
    complaints = []
    for number, conversion in enumerate(job.conversions):
        for group in _paired(_groups(job, conversion, profile), number, profile):
            if conversion.target == TEXT_TO_IMAGE and group[0].empty and profile["empty-prompt"] == "fail":
                complaints.append(("conversion", conversion.id))
            else:
                made.append((conversion.id, tuple(each.id for each in group)))
    unknown = [
        ("conversion", each.id)
        for each in job.conversions
        if "preset" in each.options and each.preset is None
    ]
    strict_inputs, strict = job.flags["fail_on_input_error"], job.flags["fail_on_conversion_error"]
    errors = (lost if strict_inputs else []) + (complaints if strict else [])
    forgiven = ([] if strict_inputs else lost) + ([] if strict else complaints)
    results = () if errors else tuple(made)
    files = tuple(file for each in job.conversions for file in _files(each, results, profile))
    return Outcome(results, files, tuple(errors), (*unknown, *forgiven))


def possible_statuses(job: Job, profile: Profile) -> frozenset[str]:
    """The statuses that the job may have now."""
    if job.canceled:
        return frozenset({"canceled"})
    if not job.started:
        ready = job.complete and profile["staged-status"] == "ready"
        return frozenset({_WAITING[ready]})
    ending = outcome(job, profile).status
    if job.over:
        return frozenset({ending})
    skipped = {*_WAITING} | ({"queued"} if profile["queued-status"] == "skipped" else set())
    way = {code for code, status in statuses().items() if not status.terminal and code not in skipped}
    # What was seen before it started says nothing about its way.
    return frozenset({code for code in way if RANK[code] >= RANK.get(job.seen, 0)} | {ending})


def passwords_of(job: Job, output: Output, profile: Profile) -> frozenset[str]:
    """The passwords that unlock an output, any of them; none where it is not protected."""
    conversion = next(each for each in job.conversions if each.id == output.made[0])
    own = output.password
    if own is None:
        own = conversion.effective("download_password", profile)
    known = {*job.passwords, *(() if own is None else (own,))}
    return frozenset(known - {""} if profile["empty-password"] == "nothing" else known)


def unlocks(passwords: frozenset[str], presented: str | None, profile: Profile) -> bool:
    """Whether the value of the password header opens what has these passwords."""
    value = (presented or "").strip()  # HTTP drops blanks around a value
    parts = value.split(",")
    listed = set(parts) if profile["password-list"] == "exact" else {value, *(part.strip() for part in parts)}
    return not passwords or bool(value and listed & passwords)


def status_of(document: JSONObject, profile: Profile) -> str:
    """The status that a document shows, by its name in `openapi.json`."""
    return named_status(document["status"]["code"], profile)


def named_status(code: str, profile: Profile) -> str:
    """A status by its name in `openapi.json`, where a server may call it otherwise."""
    return "processing" if code == profile.value("processing-word") else code


def with_seen(job: Job, document: JSONObject, profile: Profile) -> Job:
    """The job after `document` showed it: its status, and its outputs once it has some."""
    job = with_status(job, status_of(document, profile))
    return job if job.outputs else with_outputs(job, document["output"])


def with_status(job: Job, code: str) -> Job:
    """The job after it was seen to have a status."""
    return job if code == job.seen else replace(job, shown=(*job.shown, code))


def with_outputs(job: Job, documents: list[JSONObject]) -> Job:
    """The job with the outputs that were shown, what the model knows of them kept."""
    known = {each.id: each for each in job.outputs}
    for document in documents:
        old = known.get(document["id"], Output(made=made_of(document), document=document))
        known[old.id] = replace(old, document=document)
    return replace(job, outputs=tuple(known.values()))


def made_of(document: JSONObject) -> Made:
    """What an output says that it was made of."""
    return document["source"]["conversion"], tuple(document["source"]["input"])


def _groups(job: Job, conversion: Conversion, profile: Profile) -> list[tuple[Input, ...]]:
    """The inputs of each result of a conversion: all texts are prompts, unless some are marked as such."""
    present = tuple(each for each in job.inputs if not each.lost)
    if conversion.target == TEXT_TO_IMAGE:
        marked = tuple(each for each in present if each.options.get("type") == "prompt")
        prompts: list[tuple[Input, ...]] = [(each,) for each in marked or present]
        return prompts[:1] if profile["pictures-per-job"] == "one" else prompts
    entry = find_conversion(conversion.target, conversion.category)
    if entry and entry.merges:
        return [present] if present else []
    return [(each,) for each in present]


def _paired(groups: list[tuple[Input, ...]], number: int, profile: Profile) -> list[tuple[Input, ...]]:
    return groups if profile["conversions-times-inputs"] == "product" else groups[number : number + 1]


def _files(conversion: Conversion, results: tuple[Made, ...], profile: Profile) -> list[Made]:
    mine = [each for each in results if each[0] == conversion.id]
    separate = conversion.effective("allow_multiple_outputs", profile)
    if separate or profile["several-results"] == "files" or not mine:
        return mine
    return [(conversion.id, tuple(name for _, names in mine for name in names))]
