"""A file of scenarios that is read again when it changes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from pixelpact.mockserver.errors import ScenarioError
from pixelpact.mockserver.scenarios.catalogue import checked_choice, read_choices

_LOG = logging.getLogger("pixelpact.mockserver")


class WatchedFile:
    """A JSON file with choices of scenarios.

    Raises:
        OSError: the file can't be read.
        ScenarioError: it has choices that can't be followed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._complaint = ""
        self.choices = self._read()

    def changed(self) -> list[Any] | None:
        """The choices, if the file has changed since it was read last; `None` otherwise.

        A file that can't be read or followed changes nothing: the log says so, once for each reason.
        """
        try:
            if _version(self.path) == self._version:
                self._complaint = ""
                return None
            self.choices = self._read()
        except (OSError, ScenarioError) as error:
            self._complain(str(error))
            return None
        self._complaint = ""
        return self.choices

    def _read(self) -> list[Any]:
        version = _version(self.path)
        choices = read_choices(self.path.read_bytes())
        for choice in choices:
            checked_choice(choice)
        self._version = version
        return choices

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            self._complaint = complaint
            _LOG.warning(
                "The scenarios of %s stay as they were until the file is fixed: %s", self.path, complaint
            )


def _version(file: Path) -> tuple[int, ...]:
    """Differs once the file has been changed, even if its time was set back."""
    found = file.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
