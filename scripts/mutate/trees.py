"""Copies of the working tree in which code is mutated, so that the tree itself is never touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The folder that holds this package's parent: the plugin is imported from it.
_TOOL = Path(__file__).parents[2]


def tracked(root: Path) -> list[str]:
    """The files that git knows or would take, links included."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.split("\0") if name and os.path.lexists(root / name)]


def commit(root: Path) -> str:
    """The commit that is checked out."""
    return _git(root, "rev-parse", "HEAD").strip()


def digest(root: Path, *more: str) -> str:
    """A digest of all files, of the Python at work, and of `more`."""
    summed = hashlib.sha256("\0".join((sys.version, *more)).encode())
    for name in tracked(root):
        file = root / name
        content = os.readlink(file).encode() if file.is_symlink() else file.read_bytes()
        summed.update(f"{name}\0{len(content)}\0".encode() + content)
    return summed.hexdigest()[:16]


def copy_tree(root: Path, target: Path) -> Path:
    """A copy of all tracked files in `target`, a git repository of its own, because some tests ask git."""
    for name in tracked(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target / name, follow_symlinks=False)
    _git(target, "init", "--quiet")
    _git(target, "add", "--all")
    return target.resolve()


def environment(tree: Path, **more: str) -> dict[str, str]:
    """The environment in which Python imports the copy instead of the tree that is installed.

    A coverage measurement of the caller's own does not go on in it.
    """
    path = os.pathsep.join(map(str, (tree / "src", tree, _TOOL)))
    own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return {**own, "PYTHONPATH": path, **more}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
