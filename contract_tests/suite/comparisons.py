"""Comparisons of answers with what is expected of them; each failure names the field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.schema import ledger

#: Fields whose values no message repeats.
_SECRET_FIELDS = ("token", "download_passwords", "credentials")


def expect_same(answer: Exchange, name: str, expected: object, got: object) -> None:
    """Check that a value in an answer is the expected one; `[]` and nothing stand for an empty object.

    Raises:
        ContractBroken: it is not.
    """
    __tracebackhide__ = True
    same = _plain(got) == _plain(expected) and isinstance(got, bool) == isinstance(expected, bool)
    if same:
        return
    if any(secret in name for secret in _SECRET_FIELDS):
        raise answer.broken(f"must have the expected {name}, has another")
    raise answer.broken(f"must have {name} {in_json(expected)}, has {in_json(got)}")


def expect_fields(
    answer: Exchange, expected: Mapping[str, Any], got: Mapping[str, Any], *, of: str, but: Iterable[str] = ()
) -> None:
    """Check that an object in an answer has the fields of another one, `but` for some.

    Raises:
        ContractBroken: a field differs.
    """
    __tracebackhide__ = True
    skipped = {*but}
    for name, value in expected.items():
        if name not in skipped:
            expect_same(answer, f"`{name}` of {of}", value, got.get(name))


def succeeded(answer: Exchange) -> Exchange:
    """The answer, if it is a success.

    Raises:
        NotConclusive: it is a refusal. The check of that operation tells.
    """
    if not answer.response.is_success:
        raise NotConclusive(f"{answer.operation.id} was answered {answer.response.status_code}")
    return answer


def document_of(answer: Exchange) -> dict[str, Any]:
    """The object in the body of a successful answer.

    Raises:
        NotConclusive: it is a refusal.
        ContractBroken: it is not an object.
    """
    body = succeeded(answer).json()
    if not isinstance(body, dict):
        raise answer.broken("must answer with a JSON object")
    return body


def rows_of(answer: Exchange, *path: str | int) -> list[dict[str, Any]]:
    """The objects in a list in the body of a successful answer; none, if there is no body.

    Raises:
        NotConclusive: it is a refusal.
        ContractBroken: there is no list of objects.
    """
    if not succeeded(answer).response.content:
        return []
    rows = answer.at(*path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise answer.broken(f"must have a list of objects{' as `' + str(path[-1]) + '`' if path else ''}")
    return rows


def row_with(answer: Exchange, rows: Iterable[Mapping[str, Any]], row_id: object) -> Mapping[str, Any]:
    """The row with an id.

    Raises:
        ContractBroken: there is none.
    """
    for row in rows:
        if row.get("id") == row_id:
            return row
    ids = ", ".join(in_json(row["id"]) for row in rows if "id" in row)
    raise answer.broken(f"must have a row with the id {in_json(row_id)}, has {ids or 'none with an id'}")


def possible_values(context: Context, entry: str) -> list[Any]:
    """The values of the answers that an entry may have: of the observed one, or before that of all."""
    choices = ledger()[entry].choices
    if entry in context.observed:
        return [choices[context.observed[entry]].value]
    return [answer.value for answer in choices.values()]


def checksums(context: Context, content: bytes) -> list[str]:
    """The checksums that a content may have: by the observed digest, or before that by each."""
    seen = context.observed.get("checksum")
    names = [seen] if seen else [*ledger()["checksum"].choices]
    return [hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in names]


def _plain(value: object) -> object:
    return None if value in ({}, []) else value
