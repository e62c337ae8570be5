"""Checks of the catalogue of conversions and of the list of statuses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import expect_same, rows_of, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.jobs import read_job
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    as_object,
    find_conversion,
    headers,
    options_schema,
    page_size,
    success_status,
)

_PAGE = "vendor page conversion-with-options"
_TABLE = "text-to-image option table"
_OAS = "vendor OpenAPI 2.0.1"
_COUNT = headers().count
_NO_CONTENT = 204
#: The most pages that are read; the known catalogue has two.
_MOST_PAGES = 2
#: A page that no catalogue has.
_FAR_PAGE = 999
#: What the catalogue says of an option; `format` and the like are our own.
_KEYWORDS = ("type", "enum", "minimum", "maximum", "pattern", "default")
OPTION_FACTS: tuple[tuple[str, str], ...] = tuple(
    (name, keyword)
    for name, spec in options_schema()["properties"].items()
    for keyword in _KEYWORDS
    if keyword in spec
)
_ENTRY = find_conversion(TEXT_TO_IMAGE)
_CATEGORY = _ENTRY.category if _ENTRY else ""


@step(requests=1, rule="the catalogue lists text-to-image")
def text_to_image_rows(context: Context) -> Exchange:
    """The catalogue's rows with the target text-to-image."""
    return context.call("listConversions", params={"target": TEXT_TO_IMAGE})


@step(requests=1, rule="the catalogue lists a target that is the beginning of another")
def rows_of_a_beginning(context: Context) -> Exchange:
    """The rows of a target that is text-to-image but for its last letter."""
    return context.call("listConversions", params={"target": TEXT_TO_IMAGE[:-1]})


@step(requests=2, rule="the catalogue lists a category, and a target in a category")
def filtered_rows(context: Context) -> tuple[Exchange, Exchange]:
    """The rows of the category of text-to-image, and of its target within that."""
    category = {"category": _CATEGORY}
    return (
        context.call("listConversions", params=category),
        context.call("listConversions", params={**category, "target": TEXT_TO_IMAGE}),
    )


@step(requests=_MOST_PAGES + 1, rule="the catalogue is read page by page")
def catalogue_pages(context: Context) -> Sequence[Exchange]:
    """The first pages of the catalogue, and one far past its end."""
    numbers = (*range(1, _MOST_PAGES + 1), _FAR_PAGE)
    return [context.call("listConversions", params={"page": number}) for number in numbers]


@step(requests=1, rule="statuses are listed")
def listed_statuses(context: Context) -> Exchange:
    """The list of statuses, asked for without a key."""
    return context.call("listStatuses", credentials={})


def _row(context: Context) -> dict[str, Any]:
    answer = text_to_image_rows(context)
    rows = [row for row in rows_of(answer) if row.get("category") == _CATEGORY]
    if not rows:
        raise answer.broken(f"must have a row with the category {_CATEGORY} for {TEXT_TO_IMAGE}")
    return rows[0]


@check(
    "catalogue/text-to-image",
    operation="listConversions",
    rule=f"the catalogue has {TEXT_TO_IMAGE} in the category {_CATEGORY}, and a filter finds it alone",
    source=_TABLE,
    uses=(text_to_image_rows,),
)
def text_to_image(context: Context) -> None:
    """A listing with the target has rows of that target only, the first one with the category."""
    answer = text_to_image_rows(context).expect(success_status("listConversions"))
    _row(context)
    for row in rows_of(answer):
        expect_same(answer, "`target` of each row", TEXT_TO_IMAGE, row.get("target"))


@check(
    "catalogue/options",
    operation="listConversions",
    rule="the catalogue has the options of the option table",
    source=_TABLE,
    uses=(text_to_image_rows,),
)
def options(context: Context) -> None:
    """Each option of the table is in the row, and no other."""
    answer, shown = text_to_image_rows(context), _row(context).get("options")
    names = sorted(shown) if isinstance(shown, dict) else []
    expect_same(answer, "the options", sorted(options_schema()["properties"]), names)


def _fact(name: str, keyword: str, context: Context) -> None:
    answer = text_to_image_rows(context)
    word = context.profile.value("limit-words").get(keyword, keyword)
    shown = _row(context).get("options")
    option = shown.get(name) if isinstance(shown, dict) else None
    value = option.get(word) if isinstance(option, dict) else None
    expected = options_schema()["properties"][name][keyword]
    expect_same(answer, f"`{word}` of {name}", expected, value)


for _name, _keyword in OPTION_FACTS:
    check(
        f"catalogue/{_name.replace('_', '-')}-{_keyword}",
        operation="listConversions",
        rule=f"the catalogue shows the {_keyword} of {_name} as the option table has it",
        source=_TABLE,
        uses=(text_to_image_rows,),
        depends=("limit-words",),
    )(partial(_fact, _name, _keyword))


@check(
    "catalogue/filter-whole-target",
    operation="listConversions",
    rule="a filter by target compares the whole target",
    source=_OAS,
    uses=(rows_of_a_beginning,),
    depends=("empty-catalogue",),
)
def filter_whole_target(context: Context) -> None:
    """The beginning of a target finds nothing."""
    answer = rows_of_a_beginning(context)
    found = [row.get("target") for row in rows_of(answer)]
    expect_same(answer, f"the rows of the target {TEXT_TO_IMAGE[:-1]}", [], found)


@check(
    "catalogue/filter-category",
    operation="listConversions",
    rule="a listing with a category has rows of that category only",
    source=_OAS,
    uses=(filtered_rows,),
)
def filter_category(context: Context) -> None:
    """Each row has the category, and text-to-image is one of them."""
    answer, _ = filtered_rows(context)
    for row in rows_of(answer):
        expect_same(answer, "`category` of each row", _CATEGORY, row.get("category"))
    if TEXT_TO_IMAGE not in {row.get("target") for row in rows_of(answer)}:
        raise answer.broken(f"must list {TEXT_TO_IMAGE} in the category {_CATEGORY}")


@check(
    "catalogue/filter-both",
    operation="listConversions",
    rule="a listing with a category and a target has rows of both only",
    source=_OAS,
    uses=(filtered_rows,),
)
def filter_both(context: Context) -> None:
    """One row is left of the category."""
    _, answer = filtered_rows(context)
    pairs = [(row.get("category"), row.get("target")) for row in rows_of(answer)]
    expect_same(answer, "the rows", [(_CATEGORY, TEXT_TO_IMAGE)], pairs)


@check(
    "catalogue/pages",
    operation="listConversions",
    rule=f"{_COUNT} is the number of all rows, of which a page has {page_size()}, the last one the rest",
    source="vendor guide rate-limits",
    uses=(catalogue_pages,),
    depends=("empty-catalogue",),
)
def pages(context: Context) -> None:
    """Each page has as many rows as the count in its header leaves for it."""
    for number, answer in enumerate(catalogue_pages(context)[:_MOST_PAGES]):
        if succeeded(answer).response.status_code == _NO_CONTENT:
            continue
        text = answer.response.headers.get(_COUNT, "")
        all_rows = int(text) if text.isdecimal() else None
        if all_rows is None:
            raise answer.broken(f"must have the number of all rows in {_COUNT}, has {in_json(text)}")
        expected = min(max(all_rows - number * page_size(), 0), page_size())
        what = f"the number of rows on page {number + 1} with {_COUNT}: {all_rows},"
        expect_same(answer, what, expected, len(rows_of(answer)))


@check(
    "catalogue/far-page",
    operation="listConversions",
    rule="a page past the end is empty",
    source="vendor command line, which reads pages until an empty one",
    confidence="observed",
    uses=(catalogue_pages,),
)
def far_page(context: Context) -> None:
    """A page far past the end has no rows."""
    answer = succeeded(catalogue_pages(context)[-1])
    expect_same(answer, f"the number of rows on page {_FAR_PAGE}", 0, len(rows_of(answer)))


@check(
    "catalogue/denoising-strength",
    operation="listConversions",
    rule="denoising_strength of image-inpaint goes from 0 to 1, which are numbers",
    source="option table of image-inpaint",
    uses=(catalogue_pages,),
    depends=("limit-words",),
)
def denoising_strength(context: Context) -> None:
    """The limits that the catalogue shows, if it has that option on its first pages."""
    words = context.profile.value("limit-words")
    for answer in catalogue_pages(context)[:_MOST_PAGES]:
        for row in rows_of(answer):
            spec = as_object(as_object(row.get("options")).get("denoising_strength"))
            if row.get("target") == "image-inpaint" and spec:
                shown = [spec.get(words.get(word, word)) for word in ("minimum", "maximum")]
                expect_same(answer, "limits of denoising_strength", [0, 1], [*map(_as_number, shown)])
                return
    raise NotConclusive("the first pages have no denoising_strength of image-inpaint")


def _as_number(value: object) -> object:
    """A limit; the vendor's tables show 0 and 1 as booleans."""
    return int(value) if isinstance(value, bool) else value


@check(
    "catalogue/no-row-twice",
    operation="listConversions",
    rule="no row is listed twice, and all ids differ",
    source=_OAS,
    uses=(catalogue_pages,),
)
def no_row_twice(context: Context) -> None:
    """Neither an id nor a pair of target and category comes twice on the first pages."""
    seen: set[str] = set()
    for answer in catalogue_pages(context)[:_MOST_PAGES]:
        for row in rows_of(answer):
            for names in (("id",), ("target", "category")):
                key = " and ".join(f"the {name} {in_json(row.get(name))}" for name in names)
                if key in seen and row.keys() >= {*names}:
                    raise answer.broken(f"must not list {key} twice")
                seen.add(key)


@check(
    "catalogue/shape",
    operation="listConversions",
    rule="rows of the catalogue have their documented form",
    source=_PAGE,
    uses=(catalogue_pages,),
)
def shape(context: Context) -> None:
    """Each row of the first page follows the schema of an entry."""
    succeeded(catalogue_pages(context)[0]).document("CatalogueEntry", rows=True)


@check(
    "catalogue/status-of-a-job",
    operation="getJob",
    rule="the status of a job has the info that the list of statuses gives for its code",
    source="vendor guide job-lifecycle",
    confidence="observed",
    uses=(listed_statuses, read_job),
)
def status_of_a_job(context: Context) -> None:
    """A job that waits explains its status as the list does."""
    infos = {row.get("code"): row.get("info") for row in rows_of(listed_statuses(context))}
    read = succeeded(read_job(context))
    code = read.text("status", "code")
    if code not in infos:
        raise NotConclusive(f"the list of statuses does not have {code}")
    expect_same(read, f"`info` of the status {code}", infos[code], read.at("status", "info"))


@check(
    "catalogue/statuses-once",
    operation="listStatuses",
    rule="the list of statuses needs no key and has each status once",
    source="vendor guide job-lifecycle",
    uses=(listed_statuses,),
)
def statuses_once(context: Context) -> None:
    """No code comes twice; which ones there are, the ledger asks."""
    answer = listed_statuses(context).expect(success_status("listStatuses"))
    codes = [row.get("code") for row in rows_of(answer)]
    for code in codes:
        expect_same(answer, f"the number of rows with the `code` {code}", 1, codes.count(code))


@check(
    "catalogue/statuses-explained",
    operation="listStatuses",
    rule="each status in the list has a code and an info",
    source=_OAS,
    uses=(listed_statuses,),
)
def statuses_explained(context: Context) -> None:
    """No row lacks one of them."""
    answer = listed_statuses(context)
    for row in rows_of(answer):
        for field in ("code", "info"):
            if not isinstance(row.get(field), str) or not row[field]:
                raise answer.broken(
                    f"must have a text as `{field}` of each status, has {in_json(row.get(field))}"
                )
