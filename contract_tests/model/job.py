"""A plain model of a job: the requests sent to the API, and their expected results.

It assumes no pace: a started job may have any status on its way, never goes back, and keeps the status it
ends with. Where the vendor's documents leave a question open, a profile answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from pixelpact.contract_tests.client.statuses import RANK
from pixelpact.schema import TEXT_TO_IMAGE, JSONObject, Profile, find_conversion, statuses

#: Statuses of a job that has not started: without all its parts, and with them.
_WAITING = ("incomplete", "ready")

#: What a file is made of: the id of a conversion, and the ids of its inputs.
Origin: TypeAlias = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input: a text, `empty` or not; `unavailable` where the server can't fetch it.

    `source` is the source in its descriptor, unless that is its content: the profile says what is shown then.
    """

    id: str
    type: str
    source: str | None = None
    empty: bool = False
    unavailable: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A conversion; `preset` holds the options of the preset that it names, `None` if that does not exist."""

    id: str
    target: str
    category: str
    options: Mapping[str, Any]
    preset: Mapping[str, Any] | None = None

    def effective_options(self, profile: Profile) -> Mapping[str, Any]:
        """The options that apply: its own, and the preset's."""
        preset = self.preset or {}
        wins, loses = self.options, preset
        if profile["preset-precedence"] == "preset":
            wins, loses = loses, wins
        return {**loses, **wins}

    def effective(self, option: str, profile: Profile) -> Any:
        """The value of an option that applies: its own, or the preset's."""
        return self.effective_options(profile).get(option)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output as answers show it; `password` is the one that it was given after the job had ended."""

    origin: Origin
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
    """A job as requested, with its state as answers have shown it so far.

    `observed` holds the statuses that answers have shown, in order; `ended` says whether an answer implied
    that the job has ended; `history` is its history when that was last read; `outputs` are those that it
    ended with.
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
    observed: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()

    @property
    def last_status(self) -> str:
        """The status that an answer showed last; `""` before that."""
        return self.observed[-1] if self.observed else ""

    @property
    def complete(self) -> bool:
        """Whether it has all parts that it needs to start."""
        return bool(self.inputs and self.conversions)

    @property
    def closed(self) -> bool:
        """Whether its parts can no longer be changed."""
        return self.started or self.canceled

    @property
    def over(self) -> bool:
        """Whether it is known to have ended."""
        return self.canceled or self.ended or (self.started and self.last_status in ("completed", "failed"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results, files and messages of a job that has run; messages are pairs of source and id."""

    results: tuple[Origin, ...] = ()
    files: tuple[Origin, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def status(self) -> str:
        """The status that the job ends with; a job without results has failed."""
        return "failed" if self.errors or not self.results else "completed"


def started_if_complete(job: Job) -> Job:
    """The job after a change, which starts it if it then has all parts and its flag `process` is set."""
    return replace(job, started=job.started or (job.complete and job.flags["process"] and not job.canceled))


def outcome(job: Job, profile: Profile) -> Outcome:
    """The outcome of the job: one result per conversion and prompt; several results form one archive."""
    input_errors = [("input", source.id) for source in job.inputs if source.unavailable]
    results, conversion_errors = _results(job, profile)
    unknown_presets = [
        ("conversion", conversion.id)
        for conversion in job.conversions
        if "preset" in conversion.options and conversion.preset is None
    ]
    strict_inputs, strict = job.flags["fail_on_input_error"], job.flags["fail_on_conversion_error"]
    errors = (input_errors if strict_inputs else []) + (conversion_errors if strict else [])
    downgraded = ([] if strict_inputs else input_errors) + ([] if strict else conversion_errors)
    if errors:
        results = []
    files = tuple(file for conversion in job.conversions for file in _files(conversion, results, profile))
    return Outcome(tuple(results), files, tuple(errors), (*unknown_presets, *downgraded))


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
    # A status from before the start has a rank below all of these, so it rules out none.
    return frozenset({code for code in way if RANK[code] >= RANK.get(job.last_status, 0)} | {ending})


def passwords_of(job: Job, output: Output, profile: Profile) -> frozenset[str]:
    """The passwords that unlock an output, any one of them; empty where it is not protected."""
    conversion = next(conversion for conversion in job.conversions if conversion.id == output.origin[0])
    own = output.password
    if own is None:
        own = conversion.effective("download_password", profile)
    known = {*job.passwords, *(() if own is None else (own,))}
    return frozenset(known - {""} if profile["empty-password"] == "nothing" else known)


def unlocks(passwords: frozenset[str], presented: str | None, profile: Profile) -> bool:
    """Whether the value of the password header unlocks a file with these passwords."""
    value = (presented or "").strip()  # HTTP drops blanks around a value
    parts = value.split(",")
    listed = set(parts) if profile["password-list"] == "exact" else {value, *(part.strip() for part in parts)}
    return not passwords or bool(value and listed & passwords)


def status_of(document: JSONObject, profile: Profile) -> str:
    """The status that a document shows, by its name in `openapi.json`."""
    return named_status(document["status"]["code"], profile)


def named_status(code: str, profile: Profile) -> str:
    """A status by its name in `openapi.json`, where the profile gives it another name."""
    return "processing" if code == profile.value("processing-word") else code


def with_document(job: Job, document: JSONObject, profile: Profile) -> Job:
    """The job with the status of `document`, and with its outputs once it has some."""
    job = with_status(job, status_of(document, profile))
    return job if job.outputs else with_outputs(job, document["output"])


def with_status(job: Job, code: str) -> Job:
    """The job with a status that an answer showed."""
    return job if code == job.last_status else replace(job, observed=(*job.observed, code))


def with_outputs(job: Job, documents: list[JSONObject]) -> Job:
    """The job with its outputs as an answer showed them for the first time."""
    outputs = tuple(Output(origin=origin_of(document), document=document) for document in documents)
    return replace(job, outputs=outputs)


def origin_of(document: JSONObject) -> Origin:
    """The conversion and inputs that an output says it was made of."""
    return document["source"]["conversion"], tuple(document["source"]["input"])


def _results(job: Job, profile: Profile) -> tuple[list[Origin], list[tuple[str, str]]]:
    """The results of all conversions, and the messages of those that have none."""
    results, errors = [], []
    for number, conversion in enumerate(job.conversions):
        for group in _paired(_groups(job, conversion, profile), number, profile):
            if conversion.target == TEXT_TO_IMAGE and group[0].empty and profile["empty-prompt"] == "fail":
                errors.append(("conversion", conversion.id))
            else:
                results.append((conversion.id, tuple(source.id for source in group)))
    return results, errors


def _groups(job: Job, conversion: Conversion, profile: Profile) -> list[tuple[Input, ...]]:
    """The inputs of each result of a conversion: all texts are prompts, unless some are marked as such."""
    available = tuple(source for source in job.inputs if not source.unavailable)
    if conversion.target == TEXT_TO_IMAGE:
        marked = tuple(source for source in available if source.options.get("type") == "prompt")
        prompts: list[tuple[Input, ...]] = [(prompt,) for prompt in marked or available]
        return prompts[:1] if profile["pictures-per-job"] == "one" else prompts
    entry = find_conversion(conversion.target, conversion.category)
    if entry and entry.merges_inputs(conversion.effective_options(profile)):
        return [available] if available else []
    return [(source,) for source in available]


def _paired(groups: list[tuple[Input, ...]], number: int, profile: Profile) -> list[tuple[Input, ...]]:
    return groups if profile["conversions-times-inputs"] == "product" else groups[number : number + 1]


def _files(conversion: Conversion, results: list[Origin], profile: Profile) -> list[Origin]:
    own = [result for result in results if result[0] == conversion.id]
    separate = conversion.effective("allow_multiple_outputs", profile)
    if separate or profile["several-results"] == "files" or not own:
        return own
    return [(conversion.id, tuple(name for _, names in own for name in names))]
