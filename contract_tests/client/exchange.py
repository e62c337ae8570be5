"""A request and its answer, and the expectations that a contract test may check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from pixelpact.contract_tests.client.curl import curl, json_type, masked_text, printable
from pixelpact.contract_tests.client.errors import ContractBroken
from pixelpact.contract_tests.client.findings import Finding, RedactedExchange
from pixelpact.schema import (
    Operation,
    Violation,
    component_validator,
    find_violations,
    follows_component,
    load_document,
)

#: Characters of an answer that a finding keeps; its text shows fewer.
_LONGEST_KEPT = 65536


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of an operation and its answer."""

    operation: Operation
    response: httpx.Response

    def expect(self, status: int, *, rule: str = "", source: str = "") -> Exchange:
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

    def expect_success(self, *, rule: str = "", source: str = "") -> Exchange:
        """This exchange, if it succeeded, whatever its exact status.

        Raises:
            ContractBroken: it was refused.
        """
        __tracebackhide__ = True
        if not self.response.is_success:
            expected, status = self.operation.success_status, self.response.status_code
            raise self.broken(f"must answer {expected}, got {status}", rule=rule, source=source)
        return self

    def document(
        self,
        component: str,
        *,
        rule: str = "",
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

    def expect_error(
        self, status: int, *, naming: str | None = None, rule: str = "", source: str = ""
    ) -> Exchange:
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

    def json(self, *, rule: str = "", source: str = "") -> Any:
        """The body of the answer as JSON.

        Raises:
            ContractBroken: it is not JSON.
        """
        __tracebackhide__ = True
        try:
            return self.response.json()
        except (ValueError, RecursionError):
            raise self.broken("must answer with JSON", rule=rule, source=source) from None

    def at(self, *path: str | int) -> Any:
        """The value at a place in the JSON body, such as `at("conversion", 0, "id")`.

        Raises:
            ContractBroken: the body is not JSON, or has no such place.
        """
        __tracebackhide__ = True
        value = self.json()
        for number, step in enumerate(path):
            try:
                value = value[step]
            except (LookupError, TypeError):
                place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
                what = "is missing" if number == len(path) - 1 else f"is missing: nothing at {step!r}"
                raise self.broken(f"must have `{place.lstrip('.')}`, which {what}") from None
        return value

    def text(self, *path: str | int) -> str:
        """The text at a place in the JSON body.

        Raises:
            ContractBroken: the body is not JSON, or has no text there.
        """
        __tracebackhide__ = True
        value = self.at(*path)
        if not isinstance(value, str):
            raise self.broken(f"must have a text as `{path[-1]}`, has {json_type(value)}")
        return value

    def broken(self, what: str, *, rule: str = "", source: str = "") -> ContractBroken:
        """The failure that says `what` is wrong with this exchange."""
        return ContractBroken(Finding(self.operation.id, rule, source, printable(what), self.redacted()))

    def redacted(self) -> RedactedExchange:
        """The request and its answer as text, with every secret masked."""
        return RedactedExchange(
            status=self.response.status_code,
            body=masked_text(self.response.content)[:_LONGEST_KEPT],
            curl=curl(self.response.request),
        )


def required_fields(component: str) -> list[str]:
    """The fields that an object of `openapi.json` always has."""
    fields: list[str] = load_document("openapi")["components"]["schemas"][component].get("required", [])
    return fields
