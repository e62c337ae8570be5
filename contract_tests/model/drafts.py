"""Drafts of jobs and their parts, which Hypothesis draws, and the requests made of them.

A draft refers to existing inputs and presets by number and to passwords by their place in `PASSWORDS`, so
that printed steps are the same in every run and hold no secret.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from pixelpact.contract_tests.model.mismatches import FLAGS
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    CatalogueEntry,
    JSONObject,
    Profile,
    catalogue,
    ecma_regex,
    find_conversion,
    options_schema,
)
from pixelpact.strategies import Invalid, boundaries, valid_options

#: Passwords to set and to present: ordinary ones, and the longest and shortest that the schema allows.
PASSWORDS: tuple[str, ...] = (
    "sesame 41",
    "a, comma",
    *(valid.payload["download_password"] for valid in boundaries() if valid.option == "download_password"),
)
#: Sides of pictures are at most this much above their minimum, so that a picture is drawn in a moment.
_SPREAD_PX = 16
#: A text that any server can fetch: one of the vendor's example files, which its own tests use.
_REMOTE = "https://example-files.online-convert.com/document/txt/example.txt"
_TEXTS = ("A fox", "Ein Bär im Schnee", "夜の狐", "🦊", " ")
_FILENAMES = ("prompt.txt", "fox.txt")
#: Entries of the ledger that may let a fault pass, and the keyword that such a fault breaks.
_TOLERATED = {"unknown-option": "additionalProperties", "trailing-newline": "pattern", "numeric-text": "type"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDraft:
    """An input: `text` as base64, a `remote` file, or input number `source` of those known (`input_id`)."""

    type: str
    text: str
    filename: str
    marked: bool
    source: int

    @property
    def options(self) -> dict[str, Any]:
        """Its options, which name it as the prompt where it is `marked`."""
        return {"type": "prompt"} if self.marked else {}

    def request(self, source_id: str) -> JSONObject:
        """The descriptor; `source_id` is the id of the input that an `input_id` names."""
        sources = {
            "base64": base64.b64encode(self.text.encode()).decode(),
            "remote": _REMOTE,
            "input_id": source_id,
        }
        described = {"type": self.type, "source": sources[self.type], "filename": self.filename}
        return {**described, **({"options": self.options} if self.marked else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionDraft:
    """A conversion; `password` is a place in `PASSWORDS`, `preset` the number of a preset, if any."""

    target: str
    named_category: bool
    options: Mapping[str, Any]
    password: int | None
    preset: int | None

    def request(self, preset_id: str | None) -> JSONObject:
        """The conversion's body; `preset_id` is the id of the preset that it names, if any."""
        options = dict(self.options)
        if self.password is not None:
            options["download_password"] = PASSWORDS[self.password]
        if self.preset is not None and preset_id is not None and self.target == TEXT_TO_IMAGE:
            options["preset"] = preset_id
        category = {"category": entry_of(self.target).category} if self.named_category else {}
        return {"target": self.target, **category, "options": options}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """A job: the flags that are sent, its parts, and places in `PASSWORDS`."""

    flags: Mapping[str, bool] = field(default_factory=dict)
    conversions: tuple[ConversionDraft, ...] = ()
    inputs: tuple[InputDraft, ...] = ()
    passwords: tuple[int, ...] = ()


def entry_of(target: str) -> CatalogueEntry:
    """The entry of the catalogue that a target without a category stands for.

    Raises:
        LookupError: the catalogue has no such target.
    """
    entry = find_conversion(target)
    if entry is None:
        raise LookupError(f"The catalogue has no target {target!r}.")
    return entry


def small_options() -> JSONObject:
    """The schema of the options of small pictures, without secret options.

    >>> [small_options()["properties"]["width"][bound] for bound in ("minimum", "maximum")]
    [64, 80]
    """
    schema = options_schema()
    sides = ("width", "height")
    properties = {name: spec for name, spec in schema["properties"].items() if not spec.get("writeOnly")}
    for side in sides:
        properties[side] = {**properties[side], "maximum": properties[side]["minimum"] + _SPREAD_PX}
    return {**schema, "properties": properties, "required": list(sides)}


def pictures() -> st.SearchStrategy[dict[str, Any]]:
    """Valid options of small pictures."""
    return valid_options(small_options())


def is_tolerated(fault: Invalid, profile: Profile) -> bool:
    """Whether a server with this profile may accept options with this fault."""
    return any(fault.keyword == word and profile[entry] != "refuse" for entry, word in _TOLERATED.items())


def input_drafts() -> st.SearchStrategy[InputDraft]:
    """Inputs: most of them texts that are sent along."""
    return st.builds(
        InputDraft,
        type=st.sampled_from(("base64", "base64", "base64", "base64", "remote", "input_id")),
        text=texts(),
        filename=st.sampled_from(_FILENAMES),
        marked=st.booleans(),
        source=st.integers(0, 5),
    )


def texts() -> st.SearchStrategy[str]:
    """Prompts, one of which is a blank only."""
    return st.sampled_from(_TEXTS)


def conversion_drafts() -> st.SearchStrategy[ConversionDraft]:
    """Conversions: pictures, and archives, which make one file of all inputs."""
    archive = next(entry.target for entry in catalogue() if entry.merges and entry.category == "archive")
    common = {"named_category": st.booleans(), "password": st.none() | passwords()}
    other = st.builds(
        ConversionDraft, target=st.just(archive), options=st.just({}), preset=st.none(), **common
    )
    picture = st.builds(
        ConversionDraft,
        target=st.just(TEXT_TO_IMAGE),
        options=pictures(),
        preset=st.none() | st.integers(0, 3),
        **common,
    )
    return st.one_of(picture, picture, other)


def passwords() -> st.SearchStrategy[int]:
    """Places in `PASSWORDS`."""
    return st.integers(0, len(PASSWORDS) - 1)


def flags() -> st.SearchStrategy[dict[str, bool]]:
    """Some of the switches of a job."""
    return st.fixed_dictionaries({}, optional={name: st.booleans() for name in FLAGS})


def job_drafts() -> st.SearchStrategy[JobDraft]:
    """Jobs: some lack a part, some are staged, some run at once."""
    partial = st.builds(
        JobDraft,
        flags=flags(),
        conversions=st.lists(conversion_drafts(), max_size=2).map(tuple),
        inputs=st.lists(input_drafts(), max_size=2).map(tuple),
        passwords=st.lists(passwords(), max_size=2).map(tuple),
    )
    return partial | running_drafts()


def running_drafts() -> st.SearchStrategy[JobDraft]:
    """Jobs that run at once."""
    return st.builds(
        JobDraft,
        conversions=st.lists(conversion_drafts(), min_size=1, max_size=2).map(tuple),
        inputs=st.lists(input_drafts(), min_size=1, max_size=3).map(tuple),
        passwords=st.lists(passwords(), max_size=1).map(tuple),
    )


def staged_drafts() -> st.SearchStrategy[JobDraft]:
    """Jobs with all their parts that wait for their start, so that the parts can be read and changed."""
    return st.builds(
        JobDraft,
        flags=flags().map(lambda drawn: {**drawn, "process": False}),
        conversions=st.lists(conversion_drafts(), min_size=1, max_size=2).map(tuple),
        inputs=st.lists(input_drafts(), min_size=1, max_size=2).map(tuple),
        passwords=st.lists(passwords(), max_size=1).map(tuple),
    )


def key_of(fault: Invalid, *, options: str) -> str:
    """The key of a fault in the `errors` of a refusal; `options` is the key of the options as a whole."""
    return options if fault.option is None else fault.option


def refused_options(
    conversion: JSONObject, profile: Profile, *, preset_known: bool
) -> Iterator[tuple[str, ...]]:
    """Paths of the options (or the category) of a valid conversion that a stricter profile refuses."""
    options = conversion["options"]
    if "category" not in conversion and profile["omitted-category"] == "refuse":
        yield ("category",)
    if [options.get("aspect_ratio"), options.get("style")] in profile.value("ratio-with-style"):
        yield ("options", "aspect_ratio")
    if "preset" in options and not preset_known and profile["unknown-preset"] == "refuse":
        yield ("options", "preset")
    if conversion["target"] == TEXT_TO_IMAGE:
        yield from (("options", name) for name, value in options.items() if _is_refused(name, value, profile))


def _is_refused(name: str, value: Any, profile: Profile) -> bool:
    spec = options_schema()["properties"][name]
    if profile["integral-number"] == "refuse" and spec["type"] == "integer" and isinstance(value, float):
        return True
    counts_bytes = profile["text-length"] == "bytes" and "pattern" in spec
    return counts_bytes and not ecma_regex(spec["pattern"]).search(value.encode().decode("latin-1"))
