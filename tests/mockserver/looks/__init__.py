"""Looks at what a server does: for each entry of the ledger one function, and what it sees by each answer.

A look takes a client of a server with an account of its own and, where it has to, that server's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from pixelpact.mockserver import read_image
from tests.bodies import PROMPT, runnable

#: For some entries: how to look, and what is seen by each answer.
Looks = dict[str, tuple[Callable[..., object], dict[str, object]]]


def create(http: httpx.Client, options: dict[str, Any] | None = None, **job: Any) -> httpx.Response:
    """The answer to a new job with a small picture."""
    return http.post("/jobs", json=runnable(options, **job))


def finished(http: httpx.Client, options: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
    """A job with exactly these options, after the read that ended it."""
    body = {"conversion": [{"target": "text-to-image", "options": options or {}}], "input": [PROMPT], **job}
    created = http.post("/jobs", json=body).json()
    read: dict[str, Any] = http.get(f"/jobs/{created['id']}").json()
    return read


def size(http: httpx.Client, **options: Any) -> tuple[int, int]:
    """Width and height of the picture that options lead to."""
    picture = read_image(http.get(finished(http, options)["output"][0]["uri"]).content)
    return picture.width_px, picture.height_px


def text(content: str, **fields: Any) -> dict[str, Any]:
    """An input that is a text file."""
    from base64 import b64encode

    encoded = b64encode(content.encode()).decode()
    return {"type": "base64", "source": encoded, "filename": "prompt.txt", **fields}
