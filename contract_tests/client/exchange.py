"""A request and its answer, and the expectations that a contract test may check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from pixelpact.contract_tests.client.curl import curl, masked_text
from pixelpact.contract_tests.client.findings import ContractBroken, Finding, RedactedExchange
from pixelpact.schema import (
    Operation,
    Violation,
    component_validator,
    find_violations,
    follows_component,
    load_document,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of an operation and its answer."""

    operation: Operation
    response: httpx.Response

    def expect(self, status: int, *, rule: str, source: str) -> Exchange:
        """This exchange, if it was answered with exactly `status`.

        Raises:
            ContractBroken: it was not.
        """
        __tracebackhide__ = True
        if self.response.status_code != status:
            raise self.broken(
                f"must answer {status}, got {self.response.status_code}", rule=rule, source=source
            )
        return self

    def document(
        self,
        component: str,
        *,
        rule: str,
        source: str = "vendor OpenAPI 2.0.1",
        rows: bool = False,
        allows: Callable[[Violation], bool] = lambda _: False,
    ) -> Any:
        """The body of the answer, if it follows a schema of `openapi.json`, or if each of its `rows` does.

        Violations that `allows` accepts do not count.

        Raises:
            ContractBroken: it does not, or is not JSON, or has no rows.
        """
        __tracebackhide__ = True
        body = self.json(rule=rule, source=source)
        if rows and not isinstance(body, list):
            raise self.broken("must answer with a JSON array", rule=rule, source=source)
        for value in body if rows else [body]:
            if follows_component(component, value):
                continue
            found = [one for one in find_violations(component_validator(component), value) if not allows(one)]
            if found:
                fields = ", ".join(required_fields(component))
                what = f"must answer with the fields {fields} of {component}: {'; '.join(map(str, found))}"
                raise self.broken(what, rule=rule, source=source)
        return body

    def expect_error(self, status: int, *, naming: str | None = None, rule: str, source: str) -> Exchange:
        """This exchange, if it was refused with `status`, the API's error body, and the name `naming` in it.

        Raises:
            ContractBroken: it was not.
        """
        __tracebackhide__ = True
        body = self.expect(status, rule=rule, source=source).document("Error", rule=rule)
        if naming is not None and naming not in body["errors"]:
            raise self.broken(f"must name {naming!r} in `errors`", rule=rule, source=source)
        if not body["message"]:
            raise self.broken("must describe the error in `message`", rule=rule, source=source)
        return self

    def json(self, *, rule: str, source: str) -> Any:
        """The body of the answer as JSON.

        Raises:
            ContractBroken: it is not JSON.
        """
        __tracebackhide__ = True
        try:
            return self.response.json()
        except (ValueError, RecursionError):
            raise self.broken("must answer with JSON", rule=rule, source=source) from None

    def broken(self, what: str, *, rule: str, source: str) -> ContractBroken:
        """The failure that says `what` is wrong with this exchange."""
        exchange = RedactedExchange(
            status=self.response.status_code,
            body=masked_text(self.response.content),
            curl=curl(self.response.request),
        )
        return ContractBroken(Finding(self.operation.id, rule, source, what, exchange))


def required_fields(component: str) -> list[str]:
    """The fields that an object of `openapi.json` always has."""
    fields: list[str] = load_document("openapi")["components"]["schemas"][component].get("required", [])
    return fields
