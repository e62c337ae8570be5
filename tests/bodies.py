"""Request bodies that many tests send, and the jobs that they come to."""

from __future__ import annotations

import json
from typing import Any

import httpx

#: A job that runs at once: a prompt as base64 (`A fox`), a small picture.
PROMPT = {"type": "base64", "source": "QSBmb3g=", "filename": "prompt.txt"}
SMALL = {"seed": 7, "width": 64, "height": 64}


def runnable(options: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
    """The body of a job that starts when it is created."""
    conversion = {"target": "text-to-image", "options": {**SMALL, **(options or {})}}
    return {"conversion": [conversion], "input": [PROMPT], **job}


def finished(http: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    """The job that `body` creates, read once more: when the pace is `instant`, it is over by then."""
    created = http.post("/jobs", json=body).json()
    job: dict[str, Any] = http.get(f"/jobs/{created['id']}").json()
    return job


def json_text(value: Any) -> str:
    """The JSON text of a value, its keys sorted: it tells 1, 1.0 and true apart, which are equal in Python."""
    return json.dumps(value, sort_keys=True)


def answers(http: httpx.Client, times: int) -> list[int]:
    """How so many new jobs are answered."""
    return [http.post("/jobs", json=runnable()).status_code for _ in range(times)]
