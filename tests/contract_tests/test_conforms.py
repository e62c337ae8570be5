"""The mock server conforms: in ten runs in a row, at any pace, in any order, behind a proxy.

CI makes two runs in a row and one of another kind, `make contract` all of them.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract_tests.runs.test_budget_in_practice import environment, planned, run
from tests.counting import Counted, counting
from tests.samples import ALL_ROWS, sampled

_PATIENCE_S = 600
_ORDERS = {"shuffled": ("-p", "shuffled"), "four processes": ("-n", "4")}
_PROXY = "a proxy"
#: The kinds of runs that are made besides those in a row.
_KINDS = sampled([*_ORDERS, _PROXY], 1)
#: A plugin that orders items as pytest-randomly may, which users have.
_SHUFFLED = """
import random

def pytest_collection_modifyitems(items):
    random.Random(7).shuffle(items)
"""


def expect_no_finding(counted: Counted, folder: Path) -> None:
    """Check by the command line, with the built-in answers expected."""
    code, output = run(counted, folder, "--profile", "default")

    assert code == 0, output
    assert counted.requests <= 800, output
    assert counted.left() == []


@pytest.mark.parametrize("run_number", range(10 if ALL_ROWS else 1))
def test_each_run_of_many_is_without_a_finding(tmp_path: Path, run_number: int) -> None:
    with counting(seed=run_number) as counted:
        expect_no_finding(counted, tmp_path)
        counted.requests = 0
        expect_no_finding(counted, tmp_path)  # the accounts have jobs now


@pytest.mark.skipif(not ALL_ROWS, reason="takes minutes: make contract")
def test_a_realistic_pace_changes_nothing(tmp_path: Path) -> None:
    with counting(pace="realistic") as counted:
        expect_no_finding(counted, tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in _ORDERS if kind in _KINDS])
def test_any_order_and_any_number_of_processes_do(tmp_path: Path, kind: str) -> None:
    (tmp_path / "shuffled.py").write_text(_SHUFFLED, encoding="utf-8")
    with counting() as counted:
        requests, _ = planned(counted, tmp_path)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--pyargs",
            "pixelpact.contract_tests",
            "-q",
            *_ORDERS[kind],
        ]
        command += ["--pixelpact-base-url", counted.base_url, "--pixelpact-profile", "default"]
        result = subprocess.run(
            [*command, "-p", "no:cacheprovider", "--rootdir", str(tmp_path)],
            cwd=tmp_path,
            env={**environment(tmp_path), "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )

        assert result.returncode == 0, result.stdout[-4000:]
        assert counted.requests <= min(requests, 800)
        assert counted.left() == []


@pytest.mark.skipif(_PROXY not in _KINDS, reason="another kind of run was drawn: make contract")
@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx (a Debian package)")
def test_a_proxy_with_a_path_prefix_changes_nothing(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public_url = f"http://127.0.0.1:{port}/behind"
    with counting(public_url=public_url) as counted, nginx(tmp_path, port, counted.server.port):
        counted.proxy_url = f"{public_url}/v2"
        expect_no_finding(counted, tmp_path)


@contextmanager
def nginx(folder: Path, port: int, upstream: int) -> Iterator[None]:
    """nginx on `port`, which passes what is below /behind/ on to `upstream`."""
    (folder / "nginx.conf").write_text(
        f"""
        daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr notice;
        events {{}}
        http {{
          access_log off; client_max_body_size 100m; client_body_temp_path {folder}/body;
          proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
          scgi_temp_path {folder}/s; underscores_in_headers on;
          server {{
            listen 127.0.0.1:{port};
            location /behind/ {{
              proxy_pass http://127.0.0.1:{upstream}/; proxy_http_version 1.1;
              proxy_set_header Host $http_host; proxy_request_buffering off; proxy_buffering off;
            }}
          }}
        }}
        """,
        encoding="utf-8",
    )
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            # It listens by then.
            assert any("event method" in line for line in lines), "nginx does not start"
            yield
        finally:
            process.terminate()
