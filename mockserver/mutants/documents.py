"""Mutants of the documents in which the API describes itself."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.rewriting import edited, without
from pixelpact.mockserver.mutants.traffic import Traffic


def _without_presets(document: Any, _: Traffic) -> None:
    document["paths"] = {path: item for path, item in document["paths"].items() if "preset" not in path}


def _without_email(document: Any, _: Traffic) -> None:
    document["info"]["contact"].pop("email")


for _operation, _field in (("getSchema", "swagger"), ("getOpenapi", "openapi")):
    mutant(
        f"http/document-{_field}",
        f"does not say the version of {_field}",
        operations=(_operation,),
        word=_field,
        response=edited(without(_field)),
    )
    mutant(
        f"http/document-{_field}-paths",
        f"describes no presets in the document of {_operation}",
        operations=(_operation,),
        word="paths",
        response=edited(_without_presets),
    )
mutant(
    "http/document-info",
    "names no e-mail address in its Swagger document",
    operations=("getSchema",),
    word="email",
    response=edited(_without_email),
)
