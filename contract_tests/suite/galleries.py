"""Two jobs with a conversion for each of many pictures: one for each ratio, and one for each size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.album import MULTIPLE
from pixelpact.contract_tests.suite.contents import OpenedPicture, open_picture
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.contract_tests.suite.several import SeveralJob, draw_several
from pixelpact.schema import JSONObject, options_schema

_PROMPT = "A lighthouse in the fog"
_OPTIONS: Mapping[str, Any] = options_schema()["properties"]
RATIOS: tuple[str, ...] = tuple(_OPTIONS["aspect_ratio"]["enum"])
STYLES: tuple[str, ...] = tuple(_OPTIONS["style"]["enum"])
SMALLEST, LARGEST = _OPTIONS["width"]["minimum"], _OPTIONS["width"]["maximum"]
LARGEST_SEED = _OPTIONS["seed"]["maximum"]
#: Drawn in both jobs; the others differ from it in one option.
_BASE = {**SMALL, "seed": LARGEST_SEED, "style": STYLES[0], "cfg_scale": 7}
WIDTH, HEIGHT = 101, 83  # no server can round these to sizes that it likes better
_QUICK = {"num_inference_steps": 1, MULTIPLE: True}

#: What is drawn in the first job, by name: each ratio, and variations of one picture.
FIRST: Mapping[str, Mapping[str, Any]] = {
    **{ratio: {"aspect_ratio": ratio} for ratio in RATIOS},
    "base": _BASE,
    "seed": {**_BASE, "seed": LARGEST_SEED - 2**31},  # the same in its lowest 31 bits
    "style": {**_BASE, "style": STYLES[1]},
    "cfg_scale": {**_BASE, "cfg_scale": 20},
    "num_inference_steps": {**_BASE, "num_inference_steps": 8},
}
#: A seed with each style that the base does not have.
_SEEDED = [{"seed": 4711, "style": style} for style in reversed(STYLES)][:3]
#: What is drawn in the second job, by name.
SECOND: Mapping[str, Mapping[str, Any]] = {
    "both": {"width": WIDTH, "height": HEIGHT, **_SEEDED[0]},
    "both and ratio": {
        **_SEEDED[0],
        "aspect_ratio": RATIOS[-1],
        "height": HEIGHT,
        "width": WIDTH,
    },
    "width and ratio": {"width": WIDTH, "aspect_ratio": RATIOS[-1], **_SEEDED[1]},
    "height and ratio": {"height": HEIGHT, "aspect_ratio": RATIOS[-1], **_SEEDED[2]},
    "width": {"width": WIDTH, **_SEEDED[1]},
    "height": {"height": HEIGHT, **_SEEDED[2]},
    "smallest": {"width": SMALLEST, "height": SMALLEST},
    "widest": {"width": LARGEST, "height": SMALLEST},
    "highest": {"width": SMALLEST, "height": LARGEST},
    "base": _BASE,
}


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures of one job: their outputs, and their downloads, by the name of what was asked for."""

    job: SeveralJob
    names: tuple[str, ...]
    downloads: Mapping[str, Exchange]

    def output(self, name: str) -> JSONObject:
        """The output of a picture."""
        return self.job.only_output_of(self.names.index(name))

    def download(self, name: str) -> Exchange:
        """The download of a picture.

        Raises:
            NotConclusive: there is none, or it was refused.
        """
        found = self.downloads.get(name)
        if found is None or not found.response.is_success:
            raise NotConclusive(f"the picture for {name} could not be downloaded")
        return found

    def picture(self, name: str) -> OpenedPicture:
        """A picture, opened.

        Raises:
            NotConclusive: it is not a picture.
        """
        opened = open_picture(self.download(name).response.content)
        if opened is None:
            raise NotConclusive(f"the download for {name} is not a picture")
        return opened


@step(requests=26, paid_jobs=1, rule="a job with a conversion for each ratio completes")
def ratios(context: Context) -> Gallery:
    """The pictures of `FIRST`."""
    return _gallery(context, FIRST)


@step(requests=26, paid_jobs=1, rule="a job with a conversion for each size completes")
def sizes(context: Context) -> Gallery:
    """The pictures of `SECOND`."""
    return _gallery(context, SECOND)


def _gallery(context: Context, wanted: Mapping[str, Mapping[str, Any]]) -> Gallery:
    options = [{**_QUICK, **own} for own in wanted.values()]
    job = draw_several(context, options, _PROMPT, outputs=len(options))
    downloads: dict[str, Exchange] = {}
    for number, name in enumerate(wanted):
        for output in job.outputs_of(number)[:1]:
            downloads[name] = context.download(str(output["uri"]))
    return Gallery(job, tuple(wanted), downloads)
