"""Checks of the documents in which the API describes itself: Swagger 2.0 and OpenAPI, both without a key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import document_of
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step, check
from pixelpact.schema import as_object, operations

_SDK = "older SDKs and generators of clients ask for it"
#: The field that says which language a document is written in, and the versions that clients read.
_LANGUAGES = {"getSchema": ("swagger", ("2.",)), "getOpenapi": ("openapi", ("3.",))}
#: What an older client reads of the Swagger document.
_INFO = (("termsOfService",), ("contact", "email"))
#: Paths that the vendor's document has: uploads and downloads belong to another server.
_PATHS = frozenset(
    operation.path
    for name, operation in operations().items()
    if not name.startswith(("upload", "download", "head", "getSchema", "getOpenapi"))
)


def _asked(operation: str) -> Step[Exchange]:
    rule = f"{operation} is answered without a key"
    return Step(
        f"documents.{operation}", rule, lambda context: context.call(operation, credentials={}), Cost(1)
    )


DOCUMENTS = {operation: _asked(operation) for operation in _LANGUAGES}


def _language(operation: str, context: Context) -> None:
    answer = DOCUMENTS[operation](context).expect(200)
    kind = answer.response.headers.get("content-type", "none").partition(";")[0].strip()
    if kind != "application/json":
        raise answer.broken(f"must have the content type application/json, has {kind[:80]}")
    field, versions = _LANGUAGES[operation]
    version = document_of(answer).get(field)
    if not isinstance(version, str) or not version.startswith(versions):
        raise answer.broken(f"must have `{field}` {versions[0]}x, has {in_json(version)}")


def _paths(operation: str, context: Context) -> None:
    answer = DOCUMENTS[operation](context)
    shown = _shapes_of(as_object(document_of(answer).get("paths")))
    missing = [path for path in sorted(_PATHS) if not any(one.endswith(_shape_of(path)) for one in shown)]
    if missing:
        raise answer.broken(f"must describe all `paths`, lacks {', '.join(missing[:3])}")


def _shape_of(path: str) -> str:
    """A path without the names of its parameters, which each document chooses."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _shapes_of(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_shape_of, paths))


for _operation, (_field, _) in _LANGUAGES.items():
    check(
        f"http/document-{_field}",
        operation=_operation,
        rule=f"{_operation} is answered with a document in JSON, without a key",
        source=_SDK,
        confidence="observed",
        uses=(DOCUMENTS[_operation],),
    )(partial(_language, _operation))
    check(
        f"http/document-{_field}-paths",
        operation=_operation,
        rule=f"the document of {_operation} has the paths of all operations",
        source=_SDK,
        confidence="observed",
        uses=(DOCUMENTS[_operation],),
    )(partial(_paths, _operation))


@check(
    "http/document-info",
    operation="getSchema",
    rule="the Swagger document names terms of service and an e-mail address",
    source="a test of an older SDK reads both",
    confidence="observed",
    uses=(DOCUMENTS["getSchema"],),
)
def info(context: Context) -> None:
    """Both are texts that are not empty."""
    answer = DOCUMENTS["getSchema"](context)
    for path in _INFO:
        value: object = as_object(document_of(answer).get("info"))
        for step in path:
            value = as_object(value).get(step)
        if not isinstance(value, str) or not value:
            raise answer.broken(f"must have a text as `info.{'.'.join(path)}`, has {in_json(value)}")
