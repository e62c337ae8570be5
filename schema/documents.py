"""The canonical JSON documents, as Python data.

Every fact about the API is in the `*.json` files of this folder, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

#: A parsed JSON object: string keys, any JSON values.
JSONObject: TypeAlias = Mapping[str, Any]

TEXT_TO_IMAGE = "text-to-image"
_EMPTY: JSONObject = {}


@cache
def _parsed(name: str) -> JSONObject:
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def load_document(name: str) -> JSONObject:
    """The document `schema/<name>.json`, read once; treat it as read-only.

    Raises:
        FileNotFoundError: there is no such document.

    >>> load_document("text-to-image")["properties"]["seed"]["maximum"]
    4294967295
    """
    return _parsed(name)


def as_object(value: Any) -> JSONObject:
    """`value` if it is a JSON object, otherwise an empty one: a request may also hold `[]` or nothing.

    >>> as_object({"seed": 7}), as_object([]), as_object(None)
    ({'seed': 7}, {}, {})
    """
    return value if isinstance(value, dict) else _EMPTY


def bundled_openapi() -> dict[str, Any]:
    """`openapi.json` with the documents that it refers to inlined, for readers that can't follow references.

    >>> sorted(bundled_openapi()["components"]["schemas"]["TextToImageOptions"]["properties"])[:2]
    ['allow_multiple_outputs', 'aspect_ratio']
    """
    document: dict[str, Any] = _with_local_references(load_document("openapi"))
    options = {key: value for key, value in load_document(TEXT_TO_IMAGE).items() if not key.startswith("$")}
    document["components"]["schemas"]["TextToImageOptions"] = options
    return document


def _with_local_references(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("$ref") == f"{TEXT_TO_IMAGE}.json":
            return {"$ref": "#/components/schemas/TextToImageOptions"}
        return {key: _with_local_references(item) for key, item in value.items()}
    return [_with_local_references(item) for item in value] if isinstance(value, list) else value
