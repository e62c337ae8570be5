"""A server as a process of its own: what it loads, and how it stops."""

from __future__ import annotations

import subprocess
import sys

IDLE = """
import sys
from pixelpact.mockserver import Server, Settings

server = Server(Settings())
server._uvicorn.should_exit = True
server.run_alone()
print(*sorted({"numpy", "PIL", "jsonschema", "httpx"} & set(sys.modules)))
"""


def test_an_idle_server_has_not_loaded_what_drawing_needs() -> None:
    loaded = subprocess.run([sys.executable, "-c", IDLE], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == []
