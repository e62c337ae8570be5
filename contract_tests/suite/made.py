"""What a run makes at the server, written down at once, so that it can be tidied even after a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: What code may meet that applies a line which does not hold an event.
_NO_EVENT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


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

    `accounts` holds a fingerprint of the API key of each account by its name, never the key itself. `unknown`
    counts the jobs whose creation was begun and never answered: their ids are not known. `is_damaged` says
    that some lines of the file could not be understood.
    """

    def __init__(self, file: Path | None) -> None:
        self.accounts: dict[str, str] = {}
        self.jobs: dict[str, MadeJob] = {}
        self.presets: dict[str, str] = {}
        self.unknown = 0
        self.is_damaged = False
        self._file = file

    @classmethod
    def read(cls, file: Path) -> Made:
        """What the run made that wrote this file, as far as its lines can be understood.

        A last line that a crash cut off is left out. Any other line that holds no event may have been a job,
        which then counts as unknown.
        """
        made = cls(None)
        *lines, last = file.read_text(encoding="utf-8", errors="replace").split("\n")
        for line in lines:
            made.is_damaged |= not made._understands(line)
        if last:
            made._understands(last)
        made.unknown += made.is_damaged
        made._file = file
        return made

    def _understands(self, line: str) -> bool:
        """Whether a line of a file holds an event, which is applied then."""
        try:
            self._apply(json.loads(line))
        except _NO_EVENT:
            return False
        return True

    def add_account(self, name: str, fingerprint: str) -> None:
        """Note an account that the run uses, with the fingerprint of its key."""
        if self.accounts.get(name) != fingerprint:
            self._note({"event": "account", "name": name, "key": fingerprint})

    def begin_job(self) -> None:
        """Note that a job is about to be created."""
        self._note({"event": "begin"})

    def end_job(self) -> None:
        """Note that the creation was answered, and made nothing (or what is noted)."""
        self._note({"event": "end"})

    def add_job(self, job_id: str, *, account: str, kept_back: int) -> None:
        """Note a new job."""
        self._note({"event": "job", "id": job_id, "account": account, "kept_back": kept_back})

    def job_is_over(self, job_id: str, outputs: Iterable[str] = ()) -> None:
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
    def accounts_to_tidy(self) -> frozenset[str]:
        """The accounts that have something of the run, or may have."""
        having = {job.account for job in self.jobs.values() if not job.is_tidy} | {*self.presets.values()}
        return frozenset(having | self.accounts.keys() if self.unknown else having)

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
        _APPLY[event["event"]](self, event)

    def _apply_account(self, event: Mapping[str, Any]) -> None:
        self.accounts[_text(event, "name")] = _text(event, "key")

    def _apply_begin(self, _: Mapping[str, Any]) -> None:
        self.unknown += 1

    def _apply_end(self, _: Mapping[str, Any]) -> None:
        self.unknown = max(0, self.unknown - 1)

    def _apply_job(self, event: Mapping[str, Any]) -> None:
        job = MadeJob(_text(event, "id"), _text(event, "account"), kept_back=int(event["kept_back"]))
        self.jobs[job.id] = job

    def _apply_over(self, event: Mapping[str, Any]) -> None:
        job, outputs = self.jobs[_text(event, "id")], event["outputs"]
        if not isinstance(outputs, list) or not all(isinstance(output, str) for output in outputs):
            raise TypeError("outputs must be a list of ids")
        job.is_over = True
        job.outputs = set(outputs)

    def _apply_output(self, event: Mapping[str, Any]) -> None:
        self.jobs[_text(event, "id")].outputs.discard(_text(event, "output"))

    def _apply_preset(self, event: Mapping[str, Any]) -> None:
        self.presets[_text(event, "id")] = _text(event, "account")

    def _apply_no_preset(self, event: Mapping[str, Any]) -> None:
        self.presets.pop(_text(event, "id"), None)


#: What an event changes, by its name.
_APPLY: Mapping[str, Callable[[Made, Mapping[str, Any]], None]] = {
    "account": Made._apply_account,
    "begin": Made._apply_begin,
    "end": Made._apply_end,
    "job": Made._apply_job,
    "over": Made._apply_over,
    "output": Made._apply_output,
    "preset": Made._apply_preset,
    "no-preset": Made._apply_no_preset,
}


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text")
    return value
