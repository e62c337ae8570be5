"""Results: what became of each check and probe."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pixelpact.contract_tests.client.findings import RedactedExchange


class Verdict(Enum):
    """What became of a check or probe.

    A check holds or breaks. A probe is learned or, with a profile that says otherwise, changed; its answer
    may be unknown. Both may be not conclusive (what was seen does not tell), not asked (something that it
    needs is missing) or not reached (the budget ended before).
    """

    HOLDS = "holds"
    BREAKS = "breaks"
    LEARNED = "learned"
    CHANGED = "changed"
    UNKNOWN = "unknown answer"
    NOT_CONCLUSIVE = "not conclusive"
    NOT_ASKED = "not asked"
    NOT_REACHED = "not reached"

    @property
    def is_red(self) -> bool:
        """Whether it fails the run."""
        return self in (Verdict.BREAKS, Verdict.CHANGED, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one check or probe: `what` was seen, or the reason; `answer` is what a probe observed.

    Where a check breaks, `operation` is the one that was answered wrongly, and `what` reads on from it.
    `requests` and `paid_jobs` are what it has cost, with the steps that it took first.
    """

    id: str
    area: str
    operation: str
    rule: str
    source: str
    confidence: str
    verdict: Verdict
    what: str = ""
    answer: str = ""
    exchange: RedactedExchange | None = field(default=None, compare=False)
    #: For a probe, the request that showed its answer, and the status.
    evidence: str = field(default="", compare=False)
    requests: int = field(default=0, compare=False)
    paid_jobs: int = field(default=0, compare=False)
