"""`make fuzz`: all phases of Schemathesis against a running mock server and its `openapi.json`.

    python scripts/fuzz.py [OPTIONS OF `schemathesis run`]

Exits with 0 if Schemathesis finds nothing. `schemathesis.toml` lists what it must not try, with reasons.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import httpx

from pixelpact.mockserver import Server, Settings
from pixelpact.schema import TEXT_TO_IMAGE, headers

ROOT = Path(__file__).parents[1]
KEY = {headers().api_key[0]: "fuzz"}


def main(arguments: list[str]) -> int:
    """Run Schemathesis with `arguments`, and return its exit code."""
    with Server(Settings(pace="instant")) as server:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml")]
        command += ["run", urljoin(server.base_url, "/openapi.json"), "--continue-on-failure"]
        command += [argument for name, value in KEY.items() for argument in ("--header", f"{name}: {value}")]
        environment = {**os.environ, **_known_ids(server.base_url)}
        return subprocess.run([*command, *arguments], env=environment, check=False).returncode  # ours


def _known_ids(base_url: str) -> dict[str, str]:
    """The ids of a completed job and of a staged one, under the names that the configuration uses."""
    job = {
        "conversion": [{"target": TEXT_TO_IMAGE}],
        "input": [{"type": "remote", "source": "https://example.com/prompt.txt"}],
        "process": True,
    }
    with httpx.Client(base_url=base_url, headers=KEY) as client:
        created = client.post("/jobs", json=job).raise_for_status().json()
        done = client.get(f"/jobs/{created['id']}").raise_for_status().json()
        staged = client.post("/jobs", json={**job, "process": False}).raise_for_status().json()
    (output,) = done["output"]
    return {
        "PIXELPACT_FUZZ_JOB": done["id"],
        "PIXELPACT_FUZZ_OUTPUT": output["id"],
        "PIXELPACT_FUZZ_FILE": output["filename"],
        "PIXELPACT_FUZZ_STAGED": staged["id"],
        "PIXELPACT_FUZZ_CONVERSION": staged["conversion"][0]["id"],
        "PIXELPACT_FUZZ_INPUT": staged["input"][0]["id"],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
