"""Draw the golden pictures in other environments, and exit with 1 if any bytes differ.

    python scripts/same_bytes.py

For each supported Python that is installed: with the oldest and the newest supported NumPy and Pillow that
have wheels for it; by one process and by four, in random orders; with Python's own zlib and with zlib-ng.
(Pillow contains another one: zlib in its older wheels, zlib-ng in newer ones.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
GOLDENS = ROOT / "scripts" / "goldens.py"
UV = Path(sys.executable).with_name("uv")
RESOLUTIONS = ("lowest-direct", "highest")
RUNS = (
    ["--workers", "1"],
    ["--workers", "1", "--order", "1"],
    ["--workers", "4", "--order", "2"],
    ["--workers", "4", "--order", "3"],
)
#: Runs the script with another library in place of `zlib`.
WITH_ZLIB_NG = f"""\
import runpy, sys
from zlib_ng import zlib_ng
sys.modules["zlib"] = zlib_ng
runpy.run_path({str(GOLDENS)!r}, run_name="__main__")
"""


def main() -> int:
    """Print a line for each run."""
    failed = 0
    with TemporaryDirectory() as folder:
        for version in _versions():
            python = _python(version)
            if python is None:
                print(f"not tried         Python {version}: not installed", flush=True)
                continue
            for resolution in RESOLUTIONS:
                drawer = _environment(Path(folder, f"{version}-{resolution}"), python, resolution)
                for commands in (*([str(GOLDENS), *run] for run in RUNS), ["-c", WITH_ZLIB_NG]):
                    failed += _run(drawer, *commands)
    print("All bytes are the same." if not failed else f"{failed} runs differ.")
    return 1 if failed else 0


def _versions() -> list[str]:
    """The versions of Python in the package's metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    last_words = (classifier.rsplit(" ", 1)[1] for classifier in project["classifiers"])
    return [word for word in last_words if word.startswith("3.")]


def _python(version: str) -> Path | None:
    """An interpreter of that version, found by uv or pyenv."""
    search = [UV, "python", "find", "--no-python-downloads", version]
    found = subprocess.run(search, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return Path(found.stdout.strip())
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(iter(sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)), None)


def _environment(folder: Path, python: Path, resolution: str) -> Path:
    """The Python of a new environment with the dependencies of the package, and zlib-ng."""
    made = folder / "bin" / "python"
    subprocess.run([UV, "venv", "--quiet", "--python", python, folder], check=True)
    install = [UV, "pip", "install", "--quiet", "--no-build", "--python", made]
    subprocess.run([*install, "--resolution", resolution, "-r", ROOT / "pyproject.toml"], check=True)
    subprocess.run([*install, "zlib-ng"], check=True)
    return made


def _run(python: Path, *commands: str) -> int:
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return int(subprocess.run([python, *commands], env=surroundings, check=False).returncode != 0)


if __name__ == "__main__":
    raise SystemExit(main())
