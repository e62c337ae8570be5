"""Mutants in pictures: drawn as if other options had been asked for, or sent as other bytes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

from PIL import Image

from pixelpact.mockserver.mutants.album import Document
from pixelpact.mockserver.mutants.base import Change, mutant
from pixelpact.mockserver.mutants.rewriting import edited, job_id
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import options_schema

_OPTIONS = options_schema()["properties"]
_RATIOS: tuple[str, ...] = tuple(_OPTIONS["aspect_ratio"]["enum"])
_STYLES: tuple[str, ...] = tuple(_OPTIONS["style"]["enum"])
_SMALLEST, _LARGEST = _OPTIONS["width"]["minimum"], _OPTIONS["width"]["maximum"]
_LARGEST_SEED = _OPTIONS["seed"]["maximum"]
#: Mutants of pictures are wrong for jobs with at least this many conversions.
_MANY = 10
#: The options that are drawn instead; `None` leaves them as they are.
_Instead: TypeAlias = Callable[[Document], Document | None]


def _drawn_as(
    check: str,
    what: str,
    word: str,
    instead: _Instead,
    *,
    which: Callable[[list[Document]], bool] = lambda _: True,
    **known: Any,
) -> None:
    """Register a mutant that draws other options than were asked for, and shows those that were.

    `which` chooses the jobs that it is wrong for, by the options of their conversions.
    """

    def changes() -> tuple[Change, Change]:
        asked: dict[str, list[Document]] = {}

        def request(sent: Traffic) -> None:
            body = sent.json
            if sent.operation != "createJob" or not _is_large(body):
                return
            sent.notes["asked"] = [conversion["options"] for conversion in body["conversion"]]
            if not which(sent.notes["asked"]):
                return
            for conversion in body["conversion"]:
                conversion["options"] = instead(conversion["options"]) or conversion["options"]
            sent.json = body

        def response(answered: Traffic) -> None:
            job = answered.json
            if not isinstance(job, dict) or "conversion" not in job:
                return
            notes = answered.request.notes if answered.request else {}
            if "asked" in notes:
                asked[job["id"]] = notes["asked"]
            for conversion, options in zip(job["conversion"], asked.get(job["id"], ()), strict=False):
                conversion["options"] = options
            answered.json = job

        return request, response

    mutant(check, what, operations=("createJob", "getJob"), word=word, changes=changes, **known)


def _is_large(body: object) -> bool:
    return isinstance(body, dict) and len(body.get("conversion", ())) >= _MANY and bool(body.get("input"))


def _given(options: Document) -> set[str]:
    """Which of the options that decide the size are given."""
    return options.keys() & {"width", "height", "aspect_ratio"}


def _if_given(names: set[str], instead: _Instead) -> _Instead:
    """The replacement, where exactly these of the options that decide the size are given."""
    return lambda options: instead(options) if _given(options) == names else None


def _without(options: Document, *names: str) -> Document:
    return {name: value for name, value in options.items() if name not in names}


def _other_shape(ratio: str) -> None:
    other = _RATIOS[(_RATIOS.index(ratio) + 1) % len(_RATIOS)]
    _drawn_as(
        f"pictures/ratio-{ratio.replace(':', '-')}",
        f"draws {other} where aspect_ratio is {ratio}",
        ratio,
        _if_given(
            {"aspect_ratio"},
            lambda options: {**options, "aspect_ratio": other} if options["aspect_ratio"] == ratio else None,
        ),
    )


for _ratio in _RATIOS:
    _other_shape(_ratio)


def _half_size(options: Document) -> Document | None:
    if options["aspect_ratio"] != _RATIOS[-1]:
        return None
    width, height = map(int, _RATIOS[-1].split(":"))
    return {**_without(options, "aspect_ratio"), "width": 32 * width, "height": 32 * height}


_drawn_as(
    "pictures/ratio-sizes",
    f"draws a picture with the aspect_ratio {_RATIOS[-1]} smaller than others",
    _RATIOS[-1],
    _if_given({"aspect_ratio"}, _half_size),
)


def _is_ordinary(number: float) -> bool:
    """Whether it is a whole number of pixels, neither the least nor the most, and not large."""
    return number == int(number) and _SMALLEST < number < _LARGEST // 10


_BOTH, _ALL = {"width", "height"}, {"width", "height", "aspect_ratio"}
_drawn_as(
    "pictures/height",
    "draws pictures one pixel lower than height says",
    "height",
    _if_given(
        _BOTH,
        lambda options: (
            {**options, "height": options["height"] - 1} if _is_ordinary(options["height"]) else None
        ),
    ),
)
_drawn_as(
    "pictures/height",
    "draws pictures one pixel wider than width says",
    "width",
    _if_given(
        _BOTH,
        lambda options: (
            {**options, "width": options["width"] + 1} if _is_ordinary(options["width"]) else None
        ),
    ),
    id="pictures/height~wider",
)
_drawn_as(
    "pictures/size-before-ratio",
    "draws the aspect_ratio although width and height are given",
    "aspect_ratio",
    _if_given(_ALL, lambda options: _without(options, "width", "height")),
)
for _side, _check in (("width", "width-before-ratio"), ("height", "height-before-ratio")):
    _drawn_as(
        f"pictures/{_check}",
        f"draws the aspect_ratio although {_side} is given",
        "aspect_ratio",
        _if_given({_side, "aspect_ratio"}, lambda options: _without(options, "width", "height")),
    )
_drawn_as(
    "pictures/width-alone",
    "draws a low picture where width alone is given",
    "width",
    _if_given({"width"}, lambda options: {**options, "height": _SMALLEST}),
)
_drawn_as(
    "pictures/height-alone",
    "draws a narrow picture where height alone is given",
    "height",
    _if_given({"height"}, lambda options: {**options, "width": _SMALLEST}),
)


def _other_size(
    check: str, what: str, word: str, width: float, height: float, drawn: tuple[float, float]
) -> None:
    """A mutant that draws another size where one size is asked for, and nothing is said of style."""

    def instead(options: Document) -> Document | None:
        if (options["width"], options["height"]) != (width, height) or "style" in options:
            return None
        return {**options, "width": drawn[0], "height": drawn[1]}

    _drawn_as(check, what, word, _if_given(_BOTH, instead))


_other_size(
    "pictures/smallest",
    "draws the smallest picture one pixel wider",
    "smallest",
    _SMALLEST,
    _SMALLEST,
    (_SMALLEST + 1, _SMALLEST),
)
_other_size(
    "pictures/widest",
    "draws pictures of the largest width narrower",
    "width",
    _LARGEST,
    _SMALLEST,
    (_LARGEST - 1, _SMALLEST),
)
_other_size(
    "pictures/highest",
    "draws pictures of the largest height lower",
    "height",
    _SMALLEST,
    _LARGEST,
    (_SMALLEST, _LARGEST - 1),
)


def _other_seed(options: Document) -> Document | None:
    """Draw the largest seed as another one, in jobs that ask for the largest width too."""
    return {**options, "seed": 1} if options.get("seed") == _LARGEST_SEED else None


_drawn_as(
    "pictures/same-seed",
    "draws other pictures for the largest seed in each job",
    "seed",
    _other_seed,
    which=lambda all_options: any(options.get("width") == _LARGEST for options in all_options),
)


def _with_seed_one(options: Document) -> Document | None:
    return {**options, "seed": 1} if "seed" in options else None


for _name, _names in (("both", _ALL), ("width", _ALL - {"height"}), ("height", _ALL - {"width"})):
    _drawn_as(
        f"pictures/same-seed-{_name}-and-ratio",
        f"draws another seed where aspect_ratio is given beside {_name}",
        "seed",
        _if_given(_names, _with_seed_one),
    )


def _same(option: str, drawn: object, what: str) -> None:
    """A mutant that draws one value of an option whatever is asked for, where a style is given."""

    def instead(options: Document) -> Document | None:
        return {**options, option: drawn} if "style" in options else None

    _drawn_as(f"pictures/{option.replace('_', '-')}-matters", what, option, instead)


_same("seed", _LARGEST_SEED, "draws the same picture for all seeds")
_same("style", _STYLES[0], "draws all styles alike")
_same("cfg_scale", 7, "does not heed cfg_scale")
_same("num_inference_steps", 1, "does not heed num_inference_steps")


def _first_prompt(sent: Traffic) -> None:
    body = sent.json
    if not isinstance(body, dict) or "fail_on_conversion_error" in body:
        return
    if len(body.get("input") or []) > 1 and "source" in body["input"][0]:
        for item in body["input"]:
            item["source"] = body["input"][0]["source"]
        sent.json = body


mutant(
    "pictures/prompt-matters",
    "draws the first prompt only",
    operations=("createJob",),
    word="prompt",
    request=_first_prompt,
    also=("outputs/archive-different-pictures",),
    why="the pictures in that archive are drawn for several prompts",
)


def _sent_as(check: str, what: str, word: str, change: Callable[[bytes], bytes]) -> None:
    """Register a mutant that sends other bytes of the first picture with a style, in jobs with many."""

    def changes() -> tuple[None, Change]:
        wrong: dict[str, str] = {}

        def response(answered: Traffic) -> None:
            job = answered.json if answered.operation == "getJob" else None
            if isinstance(job, dict) and len(job["conversion"]) >= _MANY:
                seeds = ((row["id"], row["options"].get("seed")) for row in job["conversion"])
                styled = [conversion for conversion, seed in seeds if seed == _LARGEST_SEED]
                uris = [row["uri"] for row in job["output"] if row["source"]["conversion"] in styled[:1]]
                wrong[job["id"]] = uris[0].rpartition("/")[2] if uris else ""
            is_wrong = answered.path.rpartition("/")[2] == wrong.get(job_id(answered))
            if answered.operation == "downloadOutput" and is_wrong:
                answered.body = change(answered.body)

        return None, response

    mutant(
        check,
        what,
        operations=("getJob", "downloadOutput"),
        word=word,
        changes=changes,
        also=("pictures/files-as-shown",),
        why="other bytes than those whose size and checksum are shown",
    )


def _as_jpeg(content: bytes) -> bytes:
    recoded = BytesIO()
    with Image.open(BytesIO(content)) as picture:
        picture.convert("RGB").save(recoded, "JPEG")
    return recoded.getvalue()


_sent_as("pictures/type", "sends a JPEG as PNG", "content_type", _as_jpeg)
_sent_as("pictures/whole", "sends half of a picture", "whole", lambda content: content[: len(content) // 2])


def _one_byte_more(job: Any, _: Traffic) -> None:
    for output in job["output"] if len(job["conversion"]) >= _MANY else ():
        output["size"] += 1


mutant(
    "pictures/files-as-shown",
    "shows a size that is a byte too large",
    operations=("getJob",),
    word="size",
    response=edited(_one_byte_more),
)
