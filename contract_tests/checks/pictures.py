"""Checks of pictures: their size, what the seed and the other options change, their type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NoReturn

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.contents import (
    OpenedPicture,
    content_type_of,
    expect_as_shown,
    open_picture,
    same_type,
)
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.galleries import (
    HEIGHT,
    LARGEST,
    LARGEST_SEED,
    RATIOS,
    SECOND,
    SMALLEST,
    WIDTH,
    Gallery,
    ratios,
    sizes,
)
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.steps import two_pictures

_OAS = "vendor OpenAPI 2.0.1"
_TABLE = "text-to-image option table"


def _ratio(ratio: str) -> None:
    @check(
        f"pictures/ratio-{ratio.replace(':', '-')}",
        operation="createJob",
        rule=f"a picture with the aspect_ratio {ratio} has exactly this shape",
        source=_TABLE,
        uses=(ratios,),
    )
    def verify(context: Context) -> None:
        """Width and height are in this ratio."""
        if not _has_shape(ratios(context).picture(ratio), ratio):
            _must_be(ratios(context), ratio, f"in the aspect_ratio {ratio}")


for _name in RATIOS:
    _ratio(_name)


@check(
    "pictures/ratio-sizes",
    operation="createJob",
    rule="each aspect_ratio has the size that was observed",
    source=_TABLE,
    confidence="assumed",
    uses=(ratios,),
    depends=("ratio-sizes",),
)
def ratio_sizes(context: Context) -> None:
    """All ratios are as large as those that the ledger knows; their shapes are checked elsewhere."""
    expected = context.profile.value("ratio-sizes")
    for ratio in RATIOS:
        picture = ratios(context).picture(ratio)
        width, height = expected[ratio]
        if _has_shape(picture, ratio) and (picture.width, picture.height) != (width, height):
            _must_be(ratios(context), ratio, f"{width} x {height} pixels with the aspect_ratio {ratio}")


def _size(
    case: str,
    name: str,
    rule: str,
    expected: Callable[[Context], tuple[int, int]],
    words: str,
    depends: tuple[str, ...] = (),
    rank: int = 50,
) -> None:
    @check(
        f"pictures/{case}",
        operation="createJob",
        rule=rule,
        source=_TABLE,
        confidence="assumed" if depends else "documented",
        uses=(sizes,),
        depends=depends,
        rank=rank,
    )
    def verify(context: Context) -> None:
        """The picture has the expected width and height."""
        width, height = expected(context)
        picture = sizes(context).picture(name)
        if (picture.width, picture.height) != (width, height):
            _must_be(sizes(context), name, f"{width} x {height} pixels for {words}")


def _other_side(context: Context, given: int) -> int:
    """The length of a side that is not given, as observed; the default picture is a square."""
    if context.profile["single-side"] == "same":
        return given
    length: int = context.profile.value("default-size")[0]
    return length


_SIDES = ("single-side", "default-size")
_size(
    "height",
    "both",
    "a picture is as wide and as high as width and height say",
    lambda _: (WIDTH, HEIGHT),
    "its width and height",
    rank=20,
)
_size(
    "size-before-ratio",
    "both and ratio",
    "width and height take precedence over aspect_ratio",
    lambda _: (WIDTH, HEIGHT),
    "its width and height, whatever aspect_ratio says",
    rank=20,
)
_size(
    "width-before-ratio",
    "width and ratio",
    "width alone takes precedence over aspect_ratio",
    lambda context: (WIDTH, _other_side(context, WIDTH)),
    "its width alone, whatever aspect_ratio says",
    depends=_SIDES,
    rank=20,
)
_size(
    "height-before-ratio",
    "height and ratio",
    "height alone takes precedence over aspect_ratio",
    lambda context: (_other_side(context, HEIGHT), HEIGHT),
    "its height alone, whatever aspect_ratio says",
    depends=_SIDES,
    rank=20,
)
_size(
    "width-alone",
    "width",
    "with width alone, the height is as observed",
    lambda context: (WIDTH, _other_side(context, WIDTH)),
    "its width alone",
    depends=_SIDES,
)
_size(
    "height-alone",
    "height",
    "with height alone, the width is as observed",
    lambda context: (_other_side(context, HEIGHT), HEIGHT),
    "its height alone",
    depends=_SIDES,
)
_size(
    "smallest",
    "smallest",
    f"width and height may be {SMALLEST}",
    lambda _: (SMALLEST, SMALLEST),
    "the smallest width and height",
)
_size("widest", "widest", f"width may be {LARGEST}", lambda _: (LARGEST, SMALLEST), "the largest width")
_size("highest", "highest", f"height may be {LARGEST}", lambda _: (SMALLEST, LARGEST), "the largest height")


@check(
    "pictures/same-seed",
    operation="createJob",
    rule="the same options with the same seed give the same picture, with the largest seed as well",
    source=_TABLE,
    uses=(ratios, sizes),
    depends=("seed-repeats",),
    rank=20,
)
def same_seed(context: Context) -> None:
    """Two jobs draw the same bytes, unless the server was observed to draw others each time."""
    first, second = ratios(context).download("base"), sizes(context).download("base")
    repeats = first.response.content == second.response.content
    if not repeats and context.profile["seed-repeats"] == "always":
        raise second.broken(f"must repeat the picture for the same seed {LARGEST_SEED}, has drawn another")


def _ignored_ratio(name: str) -> None:
    @check(
        f"pictures/same-seed-{name}-and-ratio",
        operation="createJob",
        rule=f"the same seed gives the same picture beside an aspect_ratio that {name} overrides",
        source=_TABLE,
        uses=(sizes,),
        depends=("seed-repeats",),
    )
    def verify(context: Context) -> None:
        """Two conversions of one job draw the same, in whatever order their options are."""
        names = (name, f"{name} and ratio")
        alone, beside = (sizes(context).picture(each) for each in names)
        if (alone.width, alone.height) != (beside.width, beside.height):
            raise NotConclusive("the pictures have different sizes")
        first, second = (sizes(context).download(each) for each in names)
        repeats = first.response.content == second.response.content
        if not repeats and context.profile["seed-repeats"] == "always":
            style = SECOND[name]["style"]
            what = f"must repeat the picture for the same seed and the style {style} with {name}"
            raise second.broken(f"{what}, has drawn another")


for _name in ("both", "width", "height"):
    _ignored_ratio(_name)


def _matters(option: str) -> None:
    @check(
        f"pictures/{option.replace('_', '-')}-matters",
        operation="createJob",
        rule=f"another {option} gives another picture",
        source=_TABLE,
        uses=(ratios,),
    )
    def verify(context: Context) -> None:
        """The picture differs from the one that differs in this option only."""
        base, other = ratios(context).download("base"), ratios(context).download(option)
        if base.response.content == other.response.content:
            raise other.broken(f"must draw another picture for another {option}, has drawn the same")


for _name in ("seed", "style", "cfg_scale", "num_inference_steps"):
    _matters(_name)


@check(
    "pictures/prompt-matters",
    operation="createJob",
    rule="another prompt gives another picture",
    source=_TABLE,
    requests=2,
    uses=(two_pictures,),
    depends=("pictures-per-job",),
)
def prompt_matters(context: Context) -> None:
    """Two prompts of one conversion are drawn differently."""
    uris = [str(two_pictures(context).output(number)["uri"]) for number in range(2)]
    first, second = (context.download(uri) for uri in uris)
    if not first.response.is_success or not second.response.is_success:
        raise NotConclusive("the pictures could not be downloaded")
    if first.response.content == second.response.content:
        raise second.broken("must draw another picture for another prompt, has drawn the same")


@check(
    "pictures/whole",
    operation="downloadOutput",
    rule="a download is a whole picture",
    source=_TABLE,
    uses=(ratios,),
)
def whole(context: Context) -> None:
    """Its bytes can be decoded to the end."""
    download = ratios(context).download("base")
    if open_picture(download.response.content) is None:
        raise download.broken("must be a whole picture, can't be decoded")


@check(
    "pictures/type",
    operation="downloadOutput",
    rule="a picture has the format that its content_type and its extension say",
    source=_OAS,
    uses=(ratios,),
    depends=("output-name-field",),
)
def picture_type(context: Context) -> None:
    """The bytes are of the type that the output shows."""
    gallery = ratios(context)
    output, picture, download = gallery.output("base"), gallery.picture("base"), gallery.download("base")
    name = str(output[context.profile.value("output-name-field")])
    by_name = content_type_of(PurePosixPath(name).suffix.removeprefix("."))
    for what, shown in (("content_type", str(output["content_type"])), (f"extension of {name}", by_name)):
        if shown and not same_type(shown, picture.content_type):
            raise download.broken(f"must be {shown} as the {what} says, is {picture.content_type}")


@check(
    "pictures/files-as-shown",
    operation="downloadOutput",
    rule="each picture has the size in bytes, the checksum, the content_type and the name of its output",
    source=_OAS,
    uses=(ratios, sizes),
    depends=("checksum", "output-name-field"),
)
def files_as_shown(context: Context) -> None:
    """All files of both jobs are as their outputs describe them."""
    for gallery in (ratios(context), sizes(context)):
        for name, download in gallery.downloads.items():
            if download.response.is_success:
                expect_as_shown(context, download, gallery.output(name))


def _has_shape(picture: OpenedPicture, ratio: str) -> bool:
    width, height = map(int, ratio.split(":"))
    return picture.width * height == picture.height * width


def _must_be(gallery: Gallery, name: str, expected: str) -> NoReturn:
    picture = gallery.picture(name)
    raise gallery.download(name).broken(f"must be {expected}, is {picture.width} x {picture.height}")
