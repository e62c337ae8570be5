"""Request bodies that many tests send."""

from __future__ import annotations

from typing import Any

#: A job that runs at once: a prompt as base64 (`A fox`), a small picture.
PROMPT = {"type": "base64", "source": "QSBmb3g=", "filename": "prompt.txt"}
SMALL = {"seed": 7, "width": 64, "height": 64}


def runnable(options: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
    """The body of a job that starts when it is created."""
    conversion = {"target": "text-to-image", "options": {**SMALL, **(options or {})}}
    return {"conversion": [conversion], "input": [PROMPT], **job}
