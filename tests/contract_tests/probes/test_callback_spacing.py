"""Pauses between the attempts to deliver a callback, told by the times at which they came."""

from __future__ import annotations

from itertools import accumulate

import httpx
import pytest

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.listener import Callback
from pixelpact.contract_tests.probes.callbacks import Repeated, fits
from pixelpact.schema import ledger, operations


def repeated(*gaps: float, counts: tuple[int, ...] = ()) -> Repeated:
    created = Exchange(operations()["createJob"], httpx.Response(201))
    callbacks = [Callback("POST", {}, b"", moment) for moment in accumulate((100.0, *gaps))]
    return Repeated(created, callbacks, counts)


@pytest.mark.parametrize(
    ("seen", "fitting"),
    [
        (repeated(1.0, 2.0), ["exponential"]),
        (repeated(1.4, 2.9), ["exponential"]),
        (repeated(10.0, 10.0), ["constant"]),
        (repeated(10.6), ["constant"]),
        (repeated(1.0, 10.0), []),
        (repeated(5.0), []),
        (repeated(), []),
        (repeated(counts=(3, 4)), ["exponential"]),
        (repeated(counts=(1, 2)), ["constant"]),
        (repeated(counts=(1, 1)), []),
        (repeated(counts=(3, 3)), []),
    ],
)
def test_pauses_tell_the_answer(seen: Repeated, fitting: list[str]) -> None:
    choices = ledger()["callback-spacing"].choices.values()

    assert [answer.id for answer in choices if fits(seen, answer.value)] == fitting
