"""JSON values as requests hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: One empty object for all callers: most requests leave most of their objects out.
_EMPTY: Mapping[str, Any] = {}


def as_object(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, otherwise an empty one: PHP clients send `[]` for an empty object.

    >>> as_object({"width": 64}), as_object([]), as_object(None)
    ({'width': 64}, {}, {})
    """
    return value if isinstance(value, dict) else _EMPTY
