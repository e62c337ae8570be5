"""Checks of presets that conversions name by their ids: those that apply, and those that do not."""

from __future__ import annotations

from functools import partial

from pixelpact.contract_tests.checks.failing import fruitless, fruitless_job
from pixelpact.contract_tests.checks.started import uploaded_job
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.probes.pictures import PRESET_SIZE, download, downloads
from pixelpact.contract_tests.suite.comparisons import expect_same, rows_of, succeeded
from pixelpact.contract_tests.suite.contents import open_picture
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.presets import (
    OTHER,
    SIZE,
    applied_preset,
    category,
    foreign_preset,
    unusable_presets,
)
from pixelpact.schema import success_status

_TABLE = "text-to-image option table"
_PAGE = "vendor page conversion-with-options"
_OLD_PAGE = "vendor page custom_user_presets"


def _size(answer: Exchange) -> tuple[int, int]:
    opened = open_picture(succeeded(answer).response.content)
    if opened is None:
        raise NotConclusive("the output is not a picture")
    return opened.width, opened.height


@check(
    "presets/applied",
    operation="createJob",
    rule="a conversion that names a preset by its id uses the preset's options",
    source=_TABLE,
    uses=(downloads,),
)
def applied(context: Context) -> None:
    """A picture has the height that the preset says; the width is given, and the ledger says which wins."""
    answer = download(context, "preset")
    expect_same(answer, "the height of a `preset`,", PRESET_SIZE[1], _size(answer)[1])


@check(
    "presets/applied-by-a-change",
    operation="updateConversion",
    rule="a conversion that a PATCH tells to use a preset uses the options that the preset has by then",
    source=_TABLE,
    requests=1,
    uses=(uploaded_job,),
)
def applied_by_a_change(context: Context) -> None:
    """A picture has the size that the preset was changed to."""
    job = uploaded_job(context)
    if job.named is None:
        raise NotConclusive("no preset could be created and changed")
    succeeded(job.named)
    download = succeeded(context.download(job.last.text("output", 0, "uri")))
    for side, expected, got in zip(("width", "height"), SIZE, _size(download), strict=True):
        if expected != got:
            raise download.broken(f"must have the {side} {expected} of the preset, has {got}")


@check(
    "presets/category-by-default",
    operation="createPreset",
    rule="a preset that is created without a category has that of its target",
    source=_PAGE,
    confidence="assumed",
    uses=(applied_preset,),
)
def category_by_default(context: Context) -> None:
    """The target is one that only one category has."""
    created = succeeded(applied_preset(context).created)
    what = f"the `category` of a preset for {OTHER.target}"
    expect_same(created, what, OTHER.category, created.at("category"))


@check(
    "presets/category-follows-target",
    operation="updatePreset",
    rule="a preset whose target changes gets the category of the new one",
    source=_PAGE,
    confidence="assumed",
    uses=(applied_preset,),
)
def category_follows_target(context: Context) -> None:
    """The target changes to text-to-image."""
    changed = applied_preset(context).changed.expect(success_status("updatePreset"))
    what = "the `category` of a preset after a change of its target"
    expect_same(changed, what, category(), changed.at("category"))


def _does_not_apply(what: str, context: Context) -> None:
    if context.profile["unknown-preset"] == "refuse":
        raise NotConclusive("presets that can't be used are refused, not warned of")
    if what not in unusable_presets(context):
        raise NotConclusive(f"there is no preset that is {what}")
    succeeded(fruitless(context).created)
    last = fruitless_job(context).last
    conversion = last.text("conversion", fruitless(context).presets.index(what), "id")
    field = context.profile.value("message-source-field")
    warned = [row.get(field) for row in rows_of(last, "warnings") if row.get("source") == "conversion"]
    if conversion not in warned:
        raise last.broken(f"must not apply {what} preset, and have a row in `warnings` about its conversion")


for _id, _what, _rule, _confidence in (
    ("removed", "a removed", "a preset that was removed", "documented"),
    ("others", "another account's", "a private preset of another account", "documented"),
    ("other-targets", "another target's", "a preset for another target", "assumed"),
):
    check(
        f"presets/{_id}-not-applied",
        operation="createJob",
        rule=f"{_rule} does not apply: a conversion that names it is warned of",
        source=_OLD_PAGE,
        confidence=_confidence,
        uses=(fruitless_job, foreign_preset),
        depends=("unknown-preset", "message-source-field"),
    )(partial(_does_not_apply, _what))


@check(
    "presets/own-without-warning",
    operation="createJob",
    rule="a conversion that names no preset, or one of its account for its target, is not warned of",
    source=_TABLE,
    uses=(fruitless_job, applied_preset),
    depends=("message-source-field",),
)
def own_without_warning(context: Context) -> None:
    """The conversions beside those that name presets which they can't use have no warning."""
    job, names = fruitless_job(context), fruitless(context).presets
    field = context.profile.value("message-source-field")
    warned = {row.get(field): row for row in rows_of(job.last, "warnings")}
    for name, row in zip(names, rows_of(job.last, "conversion"), strict=False):
        if name in ("", "own") and row.get("id") in warned:
            what = f"{name} preset".strip() if name else "no preset"
            raise job.last.broken(f"must not have a row in `warnings` about a conversion with {what}")
