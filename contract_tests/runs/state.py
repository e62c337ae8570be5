"""The files of runs: what each has spent and made, in the user's state folder, one set for each run."""

from __future__ import annotations

import glob
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
#: A run that looks for dead ones may hold the lock of one that begins, for a moment.
_PATIENCE_S = 10.0
#: The files that tell of a run; its id comes before the first dot.
_PATTERNS = ("*.lock", "*.budget.json", "*.made.jsonl", "*.results.jsonl")


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
    def locks(self) -> tuple[Path, Path]:
        """Locks of the process that asks, and of the main one of a run that several processes share.

        The run lives as long as one of them is held; the system lets go of them when the processes end.
        """
        return self.folder / f"{self.run_id}.lock", self.folder / f"{self.run_id}.shared.lock"

    @contextmanager
    def held(self, *, is_shared: bool = False) -> Iterator[None]:
        """Hold the lock of the process that asks, or the main one's if the run `is_shared`.

        Raises:
            Timeout: another process holds it.
            OSError: the folder can't be made, or written to.
        """
        path = self.locks[is_shared]
        while True:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(path, timeout=_PATIENCE_S):
                if path.exists():  # otherwise taken for a dead run's, in the moment before it was held
                    yield
                    return

    def remove(self) -> None:
        """Remove the files, and the folder with the last of them."""
        for file in self.folder.glob(f"{glob.escape(self.run_id)}.*"):
            with suppress(FileNotFoundError):
                file.unlink()
        with suppress(OSError):  # it has files of other runs
            self.folder.rmdir()


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
    """The runs against this API that ended without tidying, and what each of them made.

    The locks of a run are held while it is looked at, so that no two processes tidy it at once.
    """
    folder = _folder(base_url)
    ids = {file.name.partition(".")[0] for pattern in _PATTERNS for file in folder.glob(pattern)}
    for run_id in sorted(ids):
        files = RunFiles(folder, run_id)
        with ExitStack() as locks:
            try:
                for path in files.locks:
                    locks.enter_context(FileLock(path, timeout=0))
            except OSError:
                continue  # it still runs, or its files are not ours to change
            made = Made.read(files.made) if files.made.is_file() else Made(None)
            if made.is_tidy:
                files.remove()
            else:
                yield files, made


def _folder(base_url: str) -> Path:
    root = os.environ.get(FOLDER_VARIABLE)
    base = Path(root) if root else user_state_path("pixelpact") / "runs"
    return base / hashlib.sha256(without_userinfo(base_url).rstrip("/").encode()).hexdigest()[:16]
