"""The majority of votes decides, and where there is none each vote is named."""

from __future__ import annotations

import httpx
import pytest

from pixelpact.contract_tests.client.errors import NotConclusive, UnknownAnswer
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.made import Made
from pixelpact.contract_tests.suite.votes import Vote, by_status, majority
from pixelpact.schema import Profile, operations

_CONTEXT = Context(clients={}, given=Profile(), made=Made(None), run_id="run")


def _answer(status: int) -> Exchange:
    request = httpx.Request("POST", "http://127.0.0.1/v2/jobs")
    return Exchange(operations()["createJob"], httpx.Response(status, json={}, request=request))


def _votes(*answers: str | None) -> list[Vote]:
    return [
        Vote(f"option {number}", answer, f"is {answer}", _answer(200 + number))
        for number, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("keep",), "keep"),
        (("keep", "keep"), "keep"),
        (("refuse", "keep", "keep"), "keep"),
        ((None, "refuse", "refuse"), "refuse"),
    ],
)
def test_more_than_half_of_the_votes_decide(answers: tuple[str | None, ...], expected: str) -> None:
    assert majority(_CONTEXT, "unknown-option", _votes(*answers)) == expected


@pytest.mark.parametrize(
    ("answers", "odd"),
    [((None,), 200), (("refuse", "keep"), 201), (("refuse", None), 201), ((None, None, "keep"), 200)],
)
def test_without_a_majority_each_vote_is_named_and_an_odd_one_shown(
    answers: tuple[str | None, ...], odd: int
) -> None:
    with pytest.raises(UnknownAnswer) as failure:
        majority(_CONTEXT, "unknown-option", _votes(*answers))

    for number, answer in enumerate(answers):
        assert f"option {number}: is {answer}" in failure.value.what
    assert failure.value.exchange.status == odd


@pytest.mark.parametrize(("entry", "default"), [("unknown-option", "refuse"), ("numeric-text", "refuse")])
def test_of_equally_many_votes_those_for_the_default_count_where_each_has_a_check(
    entry: str, default: str
) -> None:
    votes = _votes(default, "another")

    assert majority(_CONTEXT, entry, votes, each_checked=True) == default
    with pytest.raises(UnknownAnswer):
        majority(_CONTEXT, entry, votes)


@pytest.mark.parametrize("answers", [("refuse", None), ("keep", None), ("keep", "keep", "refuse", None)])
def test_nothing_counts_beside_a_vote_for_none_of_the_choices(answers: tuple[str | None, ...]) -> None:
    with pytest.raises(UnknownAnswer):
        majority(_CONTEXT, "unknown-option", _votes(*answers), each_checked=True)


def test_without_votes_nothing_is_concluded() -> None:
    with pytest.raises(NotConclusive, match="nothing"):
        majority(_CONTEXT, "unknown-option", [])


@pytest.mark.parametrize(
    ("status", "expected"), [(200, "keep"), (201, "keep"), (400, "refuse"), (422, "refuse"), (500, None)]
)
def test_a_status_votes_for_a_success_or_a_refusal(status: int, expected: str | None) -> None:
    vote = by_status("the option width", _answer(status), success="keep", refusal="refuse")

    assert (vote.subject, vote.answer, vote.seen) == ("the option width", expected, f"was answered {status}")
