"""Findings: documented facts that do not hold, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from pixelpact.contract_tests.client.curl import excerpt


@dataclass(frozen=True, slots=True)
class RedactedExchange:
    """A request and its answer as text, with every secret masked.

    `status` and `body` are the answer's, `curl` is a line that sends the request again.
    """

    status: int
    body: str
    curl: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A documented fact that does not hold.

    `operation` is the `operationId`, `rule` the fact, `source` the document that states it, and `what`
    reads on from the operation: "must answer 400, got 201". Findings are equal where all of these are:
    the `exchange` that revealed one differs from run to run, so it is not compared.

    >>> from dataclasses import replace
    >>> finding = Finding("getJob", "rule", "source", "must answer 200", RedactedExchange(500, "", ""))
    >>> finding == replace(finding, exchange=RedactedExchange(502, "", ""))
    True
    """

    operation: str
    rule: str
    source: str
    what: str
    exchange: RedactedExchange = field(compare=False)

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.operation} {self.what}",
                f"  rule     {self.rule}",
                f"  source   {self.source}",
                f"  answer   {self.exchange.status} {excerpt(self.exchange.body)}",
                f"  repeat   {self.exchange.curl}",
            )
        )
