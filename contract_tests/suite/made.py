"""What a run makes at the server, written down at once, so that it can be tidied even after a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class MadeJob:
    """A job that the run made: of which account, and the outputs that it still has if it has ended."""

    id: str
    account: str
    is_over: bool = False
    outputs: set[str] = field(default_factory=set)
    #: Requests of the budget that are kept back for tidying it.
    kept_back: int = 0

    @property
    def is_tidy(self) -> bool:
        """Whether nothing of it is left to tidy."""
        return self.is_over and not self.outputs


class Made:
    """The jobs and presets that a run made, in a file of one JSON object a line; without a file, in memory.

    `unknown` counts the jobs whose creation was begun and never answered: their ids are not known.
    """

    def __init__(self, file: Path | None) -> None:
        self.jobs: dict[str, MadeJob] = {}
        self.presets: dict[str, str] = {}
        self.unknown = 0
        self._file = file

    @classmethod
    def read(cls, file: Path) -> Made:
        """What a run made that wrote this file; a last line that a crash cut off is left out."""
        made = cls(None)
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            made._apply(event)
        made._file = file
        return made

    def begin_job(self) -> None:
        """Note that a job is about to be created."""
        self._note({"event": "begin"})

    def end_job(self) -> None:
        """Note that the creation was answered, and made nothing (or what is noted)."""
        self._note({"event": "end"})

    def add_job(self, job_id: str, *, account: str, kept_back: int) -> None:
        """Note a new job."""
        self._note({"event": "job", "id": job_id, "account": account, "kept_back": kept_back})

    def job_is_over(self, job_id: str, outputs: Iterator[str] | list[str] = ()) -> None:  # type: ignore[assignment]
        """Note that a job was canceled, or has ended with these outputs."""
        if job_id in self.jobs and not self.jobs[job_id].is_over:
            self._note({"event": "over", "id": job_id, "outputs": list(outputs)})

    def output_is_gone(self, job_id: str, output_id: str) -> None:
        """Note that an output was deleted."""
        if job_id in self.jobs and output_id in self.jobs[job_id].outputs:
            self._note({"event": "output", "id": job_id, "output": output_id})

    def add_preset(self, preset_id: str, *, account: str) -> None:
        """Note a new preset."""
        self._note({"event": "preset", "id": preset_id, "account": account})

    def preset_is_gone(self, preset_id: str) -> None:
        """Note that a preset was deleted."""
        if preset_id in self.presets:
            self._note({"event": "no-preset", "id": preset_id})

    @property
    def is_tidy(self) -> bool:
        """Whether nothing is left."""
        return not self.presets and not self.unknown and all(job.is_tidy for job in self.jobs.values())

    def _note(self, event: Mapping[str, Any]) -> None:
        self._apply(event)
        if self._file is None:
            return
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, json.dumps(event).encode() + b"\n")
        finally:
            os.close(descriptor)

    def _apply(self, event: Mapping[str, Any]) -> None:
        kind, name = event["event"], event.get("id", "")
        if kind == "begin":
            self.unknown += 1
        elif kind == "end":
            self.unknown -= 1
        elif kind == "job":
            self.jobs[name] = MadeJob(name, event["account"], kept_back=event["kept_back"])
        elif kind == "over":
            self.jobs[name].is_over = True
            self.jobs[name].outputs = set(event["outputs"])
        elif kind == "output":
            self.jobs[name].outputs.discard(event["output"])
        elif kind == "preset":
            self.presets[name] = event["account"]
        else:
            self.presets.pop(name, None)
