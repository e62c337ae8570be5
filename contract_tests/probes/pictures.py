"""Probes of pictures: their size, settings, seeds and format, of one job with many conversions.

Only their size and pixels tell, because a real picture says nothing about how it was drawn. Settings are
compared with those of pictures for which they were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import ContractBroken, NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.lifecycle import PLAIN_OPTIONS, remote_job
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.drawings import (
    DrawnJob,
    Output,
    Picture,
    draw_each,
    picture_of,
)
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion, ledger

#: The pictures that an API may refuse; the others are asked for without them then.
_RISKY = ("fraction", "preset")
_QUICK = {"num_inference_steps": 1, "allow_multiple_outputs": True}
_SIDE, _RATIO = 96, "16:9"
#: Cut off, rounded half up and rounded half to even, they are three different sizes.
_FRACTIONS = (64.5, 99.75)
#: The size that the preset has, and the width that is given beside it.
PRESET_SIZE, _GIVEN_WIDTH = (96, 128), 64
#: The names of the pictures whose settings are given.
GIVEN_SETTINGS = tuple(ledger()["default-settings"].choices)
#: The part of the pixels that may differ between pictures with equal settings: a caption may tell which of
#: them were given.
_SAME = 0.05

_PICTURES: Mapping[str, Mapping[str, Any]] = {
    "default": _QUICK,
    "side": {**_QUICK, "width": _SIDE},
    "fraction": {**_QUICK, "width": _FRACTIONS[0], "height": _FRACTIONS[1]},
    "ratio": {**_QUICK, "aspect_ratio": _RATIO},
    "plain": PLAIN_OPTIONS,
    **{id_: {**PLAIN_OPTIONS, **each.value} for id_, each in ledger()["default-settings"].choices.items()},
}


@dataclass(frozen=True, slots=True)
class Drawings:
    """A job that has drawn `_PICTURES`; `names` are those of its conversions, in their order."""

    job: DrawnJob
    names: tuple[str, ...]

    def output(self, name: str) -> Output:
        """The output of the conversion with a name.

        Raises:
            NotConclusive: there is none.
        """
        if name not in self.names:
            raise NotConclusive(f"the job was refused with the conversion {name!r}")
        return self.job.output(self.names.index(name))


@step(
    requests=2 + 2 + len(_PICTURES) + 1, paid_jobs=1, rule="a job with many conversions draws a picture each"
)
def drawings(context: Context) -> Drawings:
    """A job with a conversion for each question about pictures, one of them with a preset."""
    width, height = PRESET_SIZE
    preset = _preset_id(context, {"width": width, "height": height})
    wanted = dict(_PICTURES)
    if preset is not None:
        wanted["preset"] = {**_QUICK, "width": _GIVEN_WIDTH, "preset": preset}
    certain = {name: options for name, options in wanted.items() if name not in _RISKY}
    job = draw_each(context, [*wanted.values()], [*certain.values()])
    return Drawings(job, tuple(certain if job.choice else wanted))


def _preset_id(context: Context, options: Mapping[str, Any]) -> str | None:
    """The id of a new preset; `None` if none can be made."""
    entry = find_conversion(TEXT_TO_IMAGE)
    body = {
        "name": f"sizes of {context.run_id}",
        "target": TEXT_TO_IMAGE,
        "category": entry.category if entry else "",
        "scope": "private",
        "options": options,
    }
    try:
        return context.id_of(context.call("createPreset", leaves=1, json=body))
    except (NotConclusive, ContractBroken):
        return None


@step(requests=len(_PICTURES) + 1, rule="each picture can be downloaded", uses=(drawings,))
def downloads(context: Context) -> Mapping[str, Exchange]:
    """The downloads of the pictures, by the names of their conversions; those that are missing left out."""
    drawn, found = drawings(context), {}
    for name in drawn.names:
        outputs = drawn.job.outputs(drawn.names.index(name))
        if outputs:
            found[name] = context.download(outputs[0].uri)
    return found


def picture(context: Context, name: str) -> Picture:
    """The picture of the conversion with a name.

    Raises:
        NotConclusive: there is none, or it is no picture.
    """
    return picture_of(download(context, name).response.content)


def download(context: Context, name: str) -> Exchange:
    """The download of the conversion with a name.

    Raises:
        NotConclusive: there is none.
    """
    answer = downloads(context).get(name)
    if answer is None or not answer.response.is_success:
        raise NotConclusive(f"there is no download of the conversion {name!r}")
    context.last = answer
    return answer


@probe("default-size", operation="createJob", uses=(downloads,), rank=40)
def default_size(context: Context) -> str:
    """The size of a picture for which none was asked."""
    size = picture(context, "default").size
    for answer in ledger()["default-size"].choices.values():
        if list(size) == answer.value:
            return answer.id
    raise context.unknown("default-size", f"draws {_text(size)} without a size", download(context, "default"))


@probe("single-side", operation="createJob", uses=(downloads,), rank=41)
def single_side(context: Context) -> str:
    """The height of a picture for which a width was asked."""
    size, default = picture(context, "side").size, picture(context, "default").size
    if size == (_SIDE, _SIDE):
        return "same"
    if size == (_SIDE, default[1]):
        return "default"
    what = f"draws {_text(size)} with the option `width` {_SIDE} alone"
    raise context.unknown("single-side", what, download(context, "side"))


@probe("fractional-pixels", operation="createJob", uses=(downloads,), rank=41)
def fractional_pixels(context: Context) -> str:
    """The size of a picture with a fractional width and height."""
    size = picture(context, "fraction").size
    width, height = _FRACTIONS
    answers = {(int(width), int(height)): "floor", (int(width + 0.5), int(height + 0.5)): "round"}
    if size not in answers:
        what = f"draws {_text(size)} with the options `width` {width} and `height` {height}"
        raise context.unknown("fractional-pixels", what, download(context, "fraction"))
    return answers[size]


@probe("ratio-sizes", operation="createJob", uses=(downloads,), rank=41)
def ratio_sizes(context: Context) -> str:
    """The size of a picture with a ratio."""
    size = picture(context, "ratio").size
    for answer in ledger()["ratio-sizes"].choices.values():
        if list(size) == answer.value[_RATIO]:
            return answer.id
    what = f"draws {_text(size)} with the option `aspect_ratio` {_RATIO}"
    raise context.unknown("ratio-sizes", what, download(context, "ratio"))


@probe("preset-precedence", operation="createJob", uses=(downloads,), rank=41)
def preset_precedence(context: Context) -> str:
    """The width of a picture for which it was given beside a preset that has another one."""
    size = picture(context, "preset").size
    if size[1] != PRESET_SIZE[1]:
        raise NotConclusive(f"a picture with a preset of height {PRESET_SIZE[1]} is {_text(size)}")
    answers = {_GIVEN_WIDTH: "explicit", PRESET_SIZE[0]: "preset"}
    if size[0] not in answers:
        what = f"draws {_text(size)} with `width` {_GIVEN_WIDTH} and a `preset` of {_text(PRESET_SIZE)}"
        raise context.unknown("preset-precedence", what, download(context, "preset"))
    return answers[size[0]]


@probe("picture-format", operation="downloadOutput", uses=(downloads,), rank=41)
def picture_format(context: Context) -> str:
    """The format of a picture, by its content."""
    found = picture(context, "side").format
    answers = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
    if found not in answers:
        raise context.unknown(
            "picture-format", f"has a picture of the format {found}", download(context, "side")
        )
    return answers[found]


@probe("seed-repeats", operation="createJob", requests=1, uses=(remote_job, downloads), rank=42)
def seed_repeats(context: Context) -> str:
    """Whether another job has drawn the same picture of the same prompt, settings and seed."""
    job = remote_job(context)
    prompt = job.input_id(1)
    output = next((each for each in job.outputs() if each.inputs == {prompt}), None)
    if output is None:
        raise NotConclusive("no output of another job names the prompt that it is made of")
    again = context.download(output.uri)
    if not again.response.is_success:
        raise NotConclusive(f"a picture can't be downloaded ({again.response.status_code})")
    is_same = picture_of(again.response.content).difference(picture(context, "plain")) == 0
    return "always" if is_same else "never"


@probe(
    "default-settings",
    operation="createJob",
    uses=(downloads,),
    hidden_by={"seed-repeats": "never"},
    rank=43,
)
def default_settings(context: Context) -> str:
    """The answer whose settings, given, lead to the same picture as none."""
    plain = picture(context, "plain")
    choices = ledger()["default-settings"].choices
    differences = {id_: plain.difference(picture(context, id_)) for id_ in choices}
    nearest = min(differences, key=lambda id_: differences[id_])
    if differences[nearest] > _SAME:
        settings = ", ".join(next(iter(choices.values())).value)
        what = f"draws another picture without {settings} than with those of each choice"
        raise context.unknown("default-settings", what, download(context, "plain"))
    return nearest


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]} pixels"
