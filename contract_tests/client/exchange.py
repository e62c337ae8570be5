"""What a broken contract looks like: the operation, the rule, the request and how to repeat it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

import httpx

from pixelpact.schema import (
    Operation,
    component_validator,
    find_violations,
    follows_component,
    headers,
    load_document,
)

_EXCERPT = 600
#: Where a secret header stood, a `curl` line names the variable to fill in.
_PLACEHOLDERS = {
    **{name.lower(): "$API2CONVERT_API_KEY" for name in headers().api_key},
    **{name.lower(): "$JOB_TOKEN" for name in headers().job_token},
    **{name.lower(): "$DOWNLOAD_PASSWORD" for name in headers().download_password},
    "cookie": "$COOKIE",
}
#: Headers that curl sends anyway or that say nothing.
_UNINTERESTING = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
_SECRET_FIELDS = {"token", "download_password", "download_passwords", "credentials"}


class ContractBroken(AssertionError):
    """A documented fact does not hold; the text says which, where, and how to see it again."""


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

    def expect_schema(self, component: str, *, rule: str, source: str = "vendor OpenAPI 2.0.1") -> Exchange:
        """This exchange, if its answer follows a schema of `openapi.json`.

        Raises:
            ContractBroken: it does not, or is no JSON.
        """
        __tracebackhide__ = True
        self.expect_component(self.json(rule=rule, source=source), component, rule=rule, source=source)
        return self

    def expect_component(
        self, value: object, component: str, *, rule: str, source: str = "vendor OpenAPI 2.0.1"
    ) -> None:
        """Raise ContractBroken, where a part of this answer doesn't follow a schema of `openapi.json`."""
        __tracebackhide__ = True
        if follows_component(component, value):
            return
        faults = find_violations(component_validator(component), value)
        fields = ", ".join(required_fields(component))
        what = f"must answer with the fields {fields} of {component}: {'; '.join(map(str, faults))}"
        raise self.broken(what, rule=rule, source=source)

    def expect_error(self, status: int, *, naming: str | None = None, rule: str, source: str) -> Exchange:
        """This exchange, if it was refused with `status`, the API's error body, and the name `naming` in it.

        Raises:
            ContractBroken: it was not.
        """
        __tracebackhide__ = True
        self.expect(status, rule=rule, source=source).expect_schema("Error", rule=rule)
        body = self.json(rule=rule, source=source)
        if naming is not None and naming not in body["errors"]:
            raise self.broken(f"must name {naming!r} in `errors`", rule=rule, source=source)
        if not body["message"]:
            raise self.broken("must say in `message` what was wrong", rule=rule, source=source)
        return self

    def json(self, *, rule: str, source: str) -> dict[str, Any]:
        """The body of the answer as JSON.

        Raises:
            ContractBroken: it is none.
        """
        __tracebackhide__ = True
        try:
            value: dict[str, Any] = self.response.json()
        except ValueError:
            raise self.broken("must answer with JSON", rule=rule, source=source) from None
        return value

    def broken(self, what: str, *, rule: str, source: str) -> ContractBroken:
        """The failure that says `what` is wrong with this exchange."""
        request = self.response.request
        lines = (
            f"{self.operation.id} {what}",
            f"  rule     {rule}",
            f"  source   {source}",
            f"  answer   {self.response.status_code} {_excerpt(_shown(self.response.content))}",
            f"  repeat   {curl(request)}",
        )
        return ContractBroken("\n".join(lines))


def required_fields(component: str) -> list[str]:
    """The fields that an object of `openapi.json` always has."""
    fields: list[str] = load_document("openapi")["components"]["schemas"][component].get("required", [])
    return fields


def curl(request: httpx.Request) -> str:
    """A `curl` line that sends the request again, with every secret replaced by a variable's name."""
    parts = ["curl", "-i"]
    if request.method != "GET":
        parts += ["-X", request.method]
    parts.append(shlex.quote(str(request.url)))
    for name, value in request.headers.items():
        if name not in _UNINTERESTING:
            shown = _PLACEHOLDERS.get(name)
            # Double quotes, so that the shell fills the variable in.
            parts += ["-H", f'"{name}: {shown}"' if shown else shlex.quote(f"{name}: {value}")]
    try:
        body = request.content
    except httpx.RequestNotRead:
        body = b""
    if body:
        parts += ["--data-binary", shlex.quote(_excerpt(_shown(body)))]
    return " ".join(parts)


def _shown(content: bytes) -> str:
    """Content as text, secret fields of JSON masked; bytes of other things by their number."""
    try:
        return json.dumps(_masked(json.loads(content)), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace")
        return text if text.isprintable() else f"<{len(content)} bytes>"


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: "***" if name in _SECRET_FIELDS and item else _masked(item) for name, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}... ({len(text)} characters)"
