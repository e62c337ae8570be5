"""What the machine asks for: drafts of jobs and their parts, drawn small, and the requests they make.

Drafts name what exists by number and passwords by their place in `PASSWORDS`: so steps that are printed say
the same in every run, and nothing that is secret.
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

#: Passwords to give and to present: ordinary ones, and the corners of what the schema allows.
PASSWORDS: tuple[str, ...] = (
    "sesame 41",
    "a, comma",
    *(each.payload["download_password"] for each in boundaries() if each.option == "download_password"),
)
#: So much longer than at least the sides of a picture are at most: it is drawn in a moment.
_SPREAD_PX = 16
#: A text that any server can fetch: one of the vendor's example files, which its own tests use.
_REMOTE = "https://example-files.online-convert.com/document/txt/example.txt"
_TEXTS = ("A fox", "Ein Bär im Schnee", "夜の狐", "🦊", " ")
_FILENAMES = ("prompt.txt", "fox.txt")
#: Which answer to the ledger lets a fault pass that breaks which keyword.
_FORGIVEN = {"unknown-option": "additionalProperties", "trailing-newline": "pattern", "numeric-text": "type"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDraft:
    """An input: `text` as base64, a `remote` one, or the input number `source` again (`input_id`)."""

    type: str
    text: str
    filename: str
    marked: bool
    source: int

    @property
    def options(self) -> dict[str, Any]:
        """Its options: `marked` says that it is the prompt."""
        return {"type": "prompt"} if self.marked else {}

    def request(self, source_id: str) -> JSONObject:
        """The descriptor, `source_id` being the id of the input that it may name."""
        sources = {
            "base64": base64.b64encode(self.text.encode()).decode(),
            "remote": _REMOTE,
            "input_id": source_id,
        }
        described = {"type": self.type, "source": sources[self.type], "filename": self.filename}
        return {**described, **({"options": self.options} if self.marked else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionDraft:
    """A conversion; `password` is a place in `PASSWORDS`, `preset` the number of a preset."""

    target: str
    named_category: bool
    options: Mapping[str, Any]
    password: int | None
    preset: int | None

    def request(self, preset_id: str | None) -> JSONObject:
        """The conversion, `preset_id` being the id of the preset that it may name."""
        options = dict(self.options)
        if self.password is not None:
            options["download_password"] = PASSWORDS[self.password]
        if self.preset is not None and preset_id is not None and self.target == TEXT_TO_IMAGE:
            options["preset"] = preset_id
        category = {"category": entry_of(self.target).category} if self.named_category else {}
        return {"target": self.target, **category, "options": options}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """A job: its flags as far as they are sent, its parts, and places in `PASSWORDS`."""

    flags: Mapping[str, bool] = field(default_factory=dict)
    conversions: tuple[ConversionDraft, ...] = ()
    inputs: tuple[InputDraft, ...] = ()
    passwords: tuple[int, ...] = ()


def entry_of(target: str) -> CatalogueEntry:
    """The entry of the catalogue that a target without a category means.

    Raises:
        LookupError: it has none.
    """
    entry = find_conversion(target)
    if entry is None:
        raise LookupError(f"The catalogue has no target {target!r}.")
    return entry


def small_options() -> JSONObject:
    """The schema of the options of a picture that is drawn in a moment; secret ones are left out.

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


def forgiven(fault: Invalid, profile: Profile) -> bool:
    """Whether a server with this profile may let a fault of options pass."""
    return any(fault.keyword == word and profile[entry] != "refuse" for entry, word in _FORGIVEN.items())


def input_drafts() -> st.SearchStrategy[InputDraft]:
    """Inputs: mostly texts at hand."""
    return st.builds(
        InputDraft,
        type=st.sampled_from(("base64", "base64", "base64", "base64", "remote", "input_id")),
        text=texts(),
        filename=st.sampled_from(_FILENAMES),
        marked=st.booleans(),
        source=st.integers(0, 5),
    )


def texts() -> st.SearchStrategy[str]:
    """Prompts: one of them is empty, but for a blank."""
    return st.sampled_from(_TEXTS)


def conversion_drafts() -> st.SearchStrategy[ConversionDraft]:
    """Conversions: pictures, and of other targets the first that makes one file of all inputs."""
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
    waiting = st.builds(
        JobDraft,
        flags=flags(),
        conversions=st.lists(conversion_drafts(), max_size=2).map(tuple),
        inputs=st.lists(input_drafts(), max_size=2).map(tuple),
        passwords=st.lists(passwords(), max_size=2).map(tuple),
    )
    return waiting | running_drafts()


def running_drafts() -> st.SearchStrategy[JobDraft]:
    """Jobs that run at once."""
    return st.builds(
        JobDraft,
        conversions=st.lists(conversion_drafts(), min_size=1, max_size=2).map(tuple),
        inputs=st.lists(input_drafts(), min_size=1, max_size=3).map(tuple),
        passwords=st.lists(passwords(), max_size=1).map(tuple),
    )


def refused_options(conversion: JSONObject, profile: Profile, *, preset_known: bool) -> Iterator[str]:
    """The options (or `category`) of a valid conversion that a stricter profile refuses all the same."""
    options, known = conversion["options"], options_schema()["properties"]
    if "category" not in conversion and profile["omitted-category"] == "refuse":
        yield "category"
    if [options.get("aspect_ratio"), options.get("style")] in profile.value("ratio-with-style"):
        yield "aspect_ratio"
    if "preset" in options and not preset_known and profile["unknown-preset"] == "refuse":
        yield "preset"
    if conversion["target"] != TEXT_TO_IMAGE:
        return
    for name, value in options.items():
        spec = known[name]
        if profile["integral-number"] == "refuse" and spec["type"] == "integer" and isinstance(value, float):
            yield name
        too_long = profile["text-length"] == "bytes" and "pattern" in spec
        if too_long and not ecma_regex(spec["pattern"]).search(value.encode().decode("latin-1")):
            yield name
