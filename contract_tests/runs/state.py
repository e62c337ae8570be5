"""The files of runs: what each has spent and made, in the user's state folder, one set for each run."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from filelock import FileLock
from platformdirs import user_state_path

from pixelpact.contract_tests.client.errors import UsageError
from pixelpact.contract_tests.client.urls import without_userinfo
from pixelpact.contract_tests.suite.made import Made

#: The environment variable that names another folder.
FOLDER_VARIABLE = "PIXELPACT_STATE_DIR"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run."""

    folder: Path
    run_id: str

    @property
    def budget(self) -> Path:
        """What it has spent."""
        return self.folder / f"{self.run_id}.budget.json"

    @property
    def made(self) -> Path:
        """What it has made at the server."""
        return self.folder / f"{self.run_id}.made.jsonl"

    @property
    def results(self) -> Path:
        """What became of its checks and probes, for the other processes of the run."""
        return self.folder / f"{self.run_id}.results.jsonl"

    @property
    def lock(self) -> FileLock:
        """Held as long as the run lives; the system lets go of it when the process ends."""
        return FileLock(self.folder / f"{self.run_id}.lock", timeout=0)

    def remove(self) -> None:
        """Remove the files."""
        for file in self.folder.glob(f"{self.run_id}.*"):
            with suppress(FileNotFoundError):
                file.unlink()


def new_run_id() -> str:
    """An id that no other run has."""
    return secrets.token_hex(6)


def files_of(base_url: str, run_id: str) -> RunFiles:
    """The files of a run against the API at `base_url`, in a folder that exists then.

    Raises:
        UsageError: the folder can't be made, or nothing can be written there.
    """
    folder = _folder(base_url)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"can't write to the folder {folder}: {error.strerror} ({FOLDER_VARIABLE} names another one)"
        ) from None
    return RunFiles(folder, run_id)


def dead_runs(base_url: str) -> Iterator[tuple[RunFiles, Made]]:
    """The runs against this API that ended without tidying, and what each of them made."""
    for file in sorted(_folder(base_url).glob("*.made.jsonl")):
        files = RunFiles(file.parent, file.name.partition(".")[0])
        lock = files.lock
        try:
            lock.acquire()
        except OSError:
            continue  # it still runs, or its files are not ours to change
        try:
            made = Made.read(file)
        finally:
            lock.release()
        if made.is_tidy:
            files.remove()
        else:
            yield files, made


def _folder(base_url: str) -> Path:
    root = os.environ.get(FOLDER_VARIABLE)
    base = Path(root) if root else user_state_path("pixelpact") / "runs"
    return base / hashlib.sha256(without_userinfo(base_url).rstrip("/").encode()).hexdigest()[:16]
