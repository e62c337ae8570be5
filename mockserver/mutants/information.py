"""Mutants in the catalogue, the list of statuses, contracts and statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.rewriting import Condition, answered, edited, put, query
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import TEXT_TO_IMAGE, error_answers, headers, load_document, options_schema

_COUNT = headers().count
_INVALID = error_answers()["Invalid"].status
_KEYWORDS = ("type", "enum", "minimum", "maximum", "pattern", "default")
_PERIODS = ("day", "month", "year")
_FILTERS = tuple(load_document("openapi")["components"]["parameters"]["StatsFilter"]["schema"]["enum"])


def _asks(**expected: str) -> Condition:
    """Whether exactly these parameters are asked for; `*` stands for any value."""
    return lambda response: (
        query(response).keys() == expected.keys()
        and all(value in ("*", query(response)[name]) for name, value in expected.items())
    )


def _with_another(**fields: str) -> Callable[[Any, Traffic], Any]:
    return lambda rows, _: [*rows, *({**row, "id": "9", **fields} for row in rows[:1])]


def _catalogue(
    check: str, what: str, word: str, edit: Callable[[Any, Traffic], Any], when: Condition
) -> None:
    mutant(
        f"catalogue/{check}", what, operations=("listConversions",), word=word, response=edited(edit, when)
    )


def _wrong(keyword: str, value: Any) -> Any:
    """Another value for a keyword of an option."""
    if keyword == "enum":
        return value[:-1]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}?"


def _with_fact(name: str, keyword: str) -> Callable[[Any, Traffic], Any]:
    def edit(rows: Any, _: Traffic) -> None:
        for row in rows:
            option = row["options"][name]
            option[keyword] = _wrong(keyword, option[keyword])

    return edit


_of_target = _asks(target="*")
_catalogue(
    "text-to-image",
    "lists another target where one is asked for",
    "target",
    _with_another(target="png"),
    _of_target,
)
_catalogue(
    "options",
    "has an option more",
    "options",
    lambda rows, _: rows[0]["options"].update(prompt={"type": "string"}),
    _of_target,
)
for _name, _spec in options_schema()["properties"].items():
    for _keyword in _KEYWORDS:
        if _keyword in _spec:
            _catalogue(
                f"{_name.replace('_', '-')}-{_keyword}",
                f"lists another {_keyword} of {_name}",
                _name,
                _with_fact(_name, _keyword),
                _of_target,
            )
_catalogue(
    "filter-category",
    "lists a row of another category",
    "category",
    _with_another(category="wrong"),
    _asks(category="*"),
)
_catalogue(
    "filter-both",
    "lists another target of the category",
    "rows",
    _with_another(target="wrong"),
    _asks(category="*", target="*"),
)


def _whole(request: Traffic) -> None:
    """Complete a target that is nearly text-to-image."""
    if query(request).get("target") == TEXT_TO_IMAGE[:-1]:
        request.query = f"target={TEXT_TO_IMAGE}"


mutant(
    "catalogue/filter-whole-target",
    "finds targets that begin as the filter says",
    operations=("listConversions",),
    word="target",
    request=_whole,
)


def _above_one(rows: Any, _: Traffic) -> None:
    for row in rows:
        if row["target"] == "image-inpaint":
            row["options"]["denoising_strength"]["maximum"] = 2


_catalogue(
    "denoising-strength",
    "lists another maximum of denoising_strength",
    "denoising_strength",
    _above_one,
    _asks(page="1"),
)


def _one_more(_: Any, response: Traffic) -> None:
    response.set_header(_COUNT, str(int(response.header(_COUNT) or 0) + 1))


def _first_twice(rows: Any, _: Traffic) -> None:
    rows[1] = rows[0]


_catalogue("pages", f"counts a row too many in {_COUNT} of page 2", _COUNT, _one_more, _asks(page="2"))
_catalogue(
    "far-page",
    "begins again past the end",
    "999",
    lambda *_: [{"id": "1", "target": "png", "category": "image", "options": {}}],
    lambda response: len(query(response).get("page", "")) > 2,
)
_catalogue("no-row-twice", "lists its first row twice", "twice", _first_twice, _asks(page="1"))
_catalogue(
    "shape",
    "has ids that are no digits",
    "id",
    lambda rows, _: rows[0].update(id="number-one"),
    _asks(page="1"),
)


def _without_info(job: Any, _: Traffic) -> None:
    job["status"]["info"] = job["status"]["code"]


mutant(
    "catalogue/status-of-a-job",
    "explains the status of a job by its code",
    operations=("getJob",),
    word="info",
    response=edited(_without_info, lambda response: response.json.get("input") == []),
)
mutant(
    "catalogue/statuses-once",
    "lists its first status twice",
    operations=("listStatuses",),
    word="code",
    response=edited(lambda rows, _: [*rows, rows[0]]),
    also=("ledger/listed-statuses",),
    why="that probe compares the whole list",
)
mutant(
    "catalogue/statuses-explained",
    "has no info for its first status",
    operations=("listStatuses",),
    word="info",
    response=edited(lambda rows, _: rows[0].update(info="")),
    also=("catalogue/status-of-a-job",),
    why="the status of a job is compared with its row",
)


def _contracts(check: str, what: str, word: str, edit: Callable[[Any, Traffic], Any]) -> None:
    mutant(f"contracts/{check}", what, operations=("getContracts",), word=word, response=edited(edit))


def _more_than_bought(body: Any, _: Traffic) -> None:
    left = body["contracts"][0]["credits_bought"] + 1
    body["contracts"][0]["credits_remaining"] = body["credits_remaining"] = left


_contracts(
    "rows",
    "writes the date of a contract with a T",
    "contract_creation_date",
    lambda body, _: body["contracts"][0].update(contract_creation_date="2016-02-02T10:52:36"),
)
_contracts("remaining", "has more credits left than were bought", "credits_remaining", _more_than_bought)
_contracts(
    "total",
    "adds a credit to the total",
    "credits_remaining",
    lambda body, _: body.update(credits_remaining=body["credits_remaining"] + 1),
)


def _is_filter(word: str) -> Condition:
    return lambda response: response.path.endswith(f"/{word}")


def _is_refusal(*, of_filter: bool) -> Condition:
    """Whether a request was refused for its filter, or for something else."""
    return lambda response: (
        response.status == _INVALID and (response.path.rpartition("/")[2] not in _FILTERS) is of_filter
    )


for _period in _PERIODS:
    _operation = f"get{_period.capitalize()}Stats"
    for _word in _FILTERS:
        mutant(
            f"stats/{_period}-{_word}",
            f"has a row of another {_period} in statistics for {_word} keys",
            operations=(_operation,),
            word="date",
            response=edited(
                lambda rows, _: [*rows, {"date": "1999-01-01", "conversions": 1, "credits": 1}],
                _is_filter(_word),
            ),
        )
    if _period != "day":  # that of a day is asked by a probe
        mutant(
            f"stats/wrong-{_period}",
            f"answers statistics of a wrong {_period} with 404",
            operations=(_operation,),
            word=_period,
            response=answered(404, _is_refusal(of_filter=False)),
        )
mutant(
    "stats/wrong-filter",
    "answers statistics with a wrong filter with 404",
    operations=("getYearStats",),
    word="filter",
    response=answered(404, _is_refusal(of_filter=True)),
)


def _without_conversions(rows: Any, message: Traffic) -> None:
    for row in rows:
        put(conversions=0)(row, message)


mutant(
    "stats/counts",
    "knows no jobs of a single key",
    operations=("getYearStats",),
    word="single",
    response=edited(lambda _, __: [], lambda response: response.path.endswith("/single")),
    id="stats/counts~single",
)
mutant(
    "stats/counts",
    "counts no conversions in statistics",
    operations=("getYearStats",),
    word="conversions",
    response=edited(_without_conversions),
)
