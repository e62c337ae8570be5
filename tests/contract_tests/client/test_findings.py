"""Findings are data: they can be compared, counted and passed on, and a failure's text is made of one."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import FrozenInstanceError, replace

import pytest

from pixelpact.contract_tests import ContractBroken, Finding
from pixelpact.contract_tests.client.findings import RedactedExchange

EXCHANGE = RedactedExchange(201, '{"id": "1"}', "curl -i http://127.0.0.1:1/v2/jobs")
FINDING = Finding("createJob", "the rule", "the source", "must answer 400, got 201", EXCHANGE)


def test_the_text_names_operation_rule_source_answer_and_request() -> None:
    assert str(ContractBroken(FINDING)) == (
        "createJob must answer 400, got 201\n"
        "  rule     the rule\n"
        "  source   the source\n"
        '  answer   201 {"id": "1"}\n'
        "  repeat   curl -i http://127.0.0.1:1/v2/jobs"
    )


def test_a_long_answer_is_cut_in_the_text_and_whole_in_the_data() -> None:
    long = replace(FINDING, exchange=replace(EXCHANGE, body="y" * 601))

    assert f"  answer   201 {'y' * 600}... (601 characters)\n" in str(long)
    assert long.exchange.body == "y" * 601


@pytest.mark.parametrize("name", ["operation", "rule", "source", "what"])
def test_findings_differ_where_one_of_their_words_does(name: str) -> None:
    assert replace(FINDING, **{name: "another"}) != FINDING


def test_the_same_fault_in_another_exchange_is_the_same_finding() -> None:
    again = replace(FINDING, exchange=replace(EXCHANGE, body='{"id": "2"}'))

    assert Counter([FINDING, again, replace(FINDING, rule="another")]) == {
        FINDING: 2,
        replace(FINDING, rule="another"): 1,
    }


def test_a_finding_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FINDING.what = "must answer nothing"  # type: ignore[misc]


def test_a_failure_reaches_another_process_with_its_finding() -> None:
    sent = pickle.loads(pickle.dumps(ContractBroken(FINDING)))

    assert (sent.finding, sent.finding.exchange) == (FINDING, EXCHANGE)
    assert isinstance(sent, AssertionError)
