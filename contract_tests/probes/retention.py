"""Probes of what is no longer there after hours, by a clock that moves; they come last."""

from __future__ import annotations

from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND, success_status
from pixelpact.contract_tests.probes.pictures import GIVEN_SETTINGS, drawings
from pixelpact.contract_tests.suite.answers import by_status
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Need, probe, step
from pixelpact.schema import ledger

#: How far from a boundary is looked, in seconds.
_MARGIN_S = 60
#: A picture that is downloaded seldom and not deleted.
_PICTURE = GIVEN_SETTINGS[0]
#: The answers by their length, the shortest first, and the ages at which is looked.
_LENGTHS = sorted((answer.value, id_) for id_, answer in ledger()["output-retention"].choices.items())
_AGES = (_LENGTHS[0][0] + _MARGIN_S, _LENGTHS[-1][0] - _MARGIN_S, _LENGTHS[-1][0] + _MARGIN_S)
#: The statuses with which a download of what is gone may be answered.
_GONE = frozenset(answer.value for answer in ledger()["gone-output"].choices.values())


@dataclass(frozen=True, slots=True)
class Aged:
    """Downloads of a picture at `_AGES`, and a read of its job after them."""

    downloads: tuple[Exchange, ...]
    job: Exchange


@step(
    requests=2 * len(_AGES) + 1,
    rule="a picture grows old",
    uses=(drawings,),
    needs=(Need.CLOCK,),
)
def aged_pictures(context: Context) -> Aged:
    """Pictures at the ages between and beyond the lengths of time that they may be kept."""
    if context.clock is None:
        raise NotConclusive(f"needs {Need.CLOCK.value}")
    found: list[Exchange] = []
    age = 0
    for next_age in _AGES:
        context.clock.advance(next_age - age)
        age = next_age
        found.append(context.download(drawings(context).output(_PICTURE).uri))
    return Aged(tuple(found), context.read(drawings(context).job.id))


@probe("output-retention", operation="downloadOutput", uses=(aged_pictures,), rank=100)
def output_retention(context: Context) -> str:
    """The age at which a picture can no longer be downloaded."""
    answers = aged_pictures(context).downloads
    if any(_is_trouble(answer) for answer in answers):
        raise NotConclusive("a download was refused, but not as that of a file that is gone")
    kept = [answer.response.is_success for answer in answers]
    if kept == [False, False, False]:
        return _LENGTHS[0][1]
    if kept == [True, True, False]:
        return _LENGTHS[-1][1]
    statuses = ", ".join(str(answer.response.status_code) for answer in answers)
    ages = ", ".join(f"{age} s" for age in _AGES)
    raise context.unknown("output-retention", f"was answered {statuses} after {ages}", answers[-1])


def _is_trouble(answer: Exchange) -> bool:
    return not answer.response.is_success and answer.response.status_code not in _GONE


@probe("job-retention", operation="getJob", uses=(aged_pictures,), rank=101)
def job_retention(context: Context) -> str:
    """Whether a job can be read a day after its end."""
    answers = {success_status("getJob"): "kept", NOT_FOUND: "24-hours"}
    return by_status(context, "job-retention", aged_pictures(context).job, answers)
