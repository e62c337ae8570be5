"""The URLs of operations, with or without everything that their paths name."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from pixelpact.schema import Operation
from tests.bodies import finished, runnable

#: Values for all other parameters of paths; there is nothing that has these ids.
PARAMETERS = {
    "file_name": "a.png",
    "conversion_id": "no-such-conversion",
    "input_id": "no-such-input",
    "output_id": "no-such-output",
    "preset_id": "no-such-preset",
    "date": "2026-06",
    "filter": "all",
}
DATES = {"getDayStats": "2026-06-30", "getMonthStats": "2026-06", "getYearStats": "2026"}


def url_of(operation: Operation, http: httpx.Client, job_id: str, **parameters: str) -> str:
    parts = urlsplit(str(http.base_url))
    path = operation.url(**{**PARAMETERS, "job_id": job_id, **parameters})
    return f"{parts.scheme}://{parts.netloc}{operation.base}{path}"


def url_of_existing(operation: Operation, http: httpx.Client) -> str:
    """The URL of an operation, with everything there that its path names."""
    if "utput" in operation.id:
        job = finished(http, runnable())
        (output,) = job["output"]
        parameters = {"output_id": output["id"], "file_name": output["filename"]}
    else:
        job = http.post("/jobs", json=runnable(process=False)).json()
        parameters = {"date": DATES.get(operation.id, "")}
    if "{preset_id}" in operation.path:
        preset = {"name": "mine", "target": "png", "options": {}}
        parameters["preset_id"] = http.post("/presets", json=preset).json()["id"]
    parts = {"conversion_id": job["conversion"][0]["id"], "input_id": job["input"][0]["id"]}
    return url_of(operation, http, job["id"], **parts, **parameters)
