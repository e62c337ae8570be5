"""The whole state of a server as JSON, and back: jobs, counters, presets, clocks, profiles and scenarios.

SnapshotError       a state can't be restored here

Left out: what can be drawn again, the journal, and the chunks of uploads that are not complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from pixelpact.mockserver.clock import Shift
from pixelpact.mockserver.scenarios.rules import KeptScenarios
from pixelpact.mockserver.stores.memory import Contents
from pixelpact.schema import Profile

VERSION = 1


class SnapshotError(ValueError):
    """A state that can't be restored; the text says why."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """The clock of an account and, where it has one of its own, its profile."""

    clock: Shift
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that decides what a server answers. `seed` is the one it was started with."""

    version: int = VERSION
    seed: int
    clock: Shift
    profile: Profile
    requests: int
    contents: Contents
    accounts: dict[str, AccountState] = field(default_factory=dict)
    scenarios: KeptScenarios


def to_json(state: State) -> bytes:
    """A state as JSON text."""
    import msgspec

    return msgspec.json.encode(state, enc_hook=_encoded)


def from_json(text: bytes) -> State:
    """The state that a JSON text holds.

    Raises:
        SnapshotError: it holds none.
    """
    import msgspec

    try:
        state = msgspec.json.decode(text, type=State, dec_hook=_decoded)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SnapshotError(f"This is no state of pixelpact: {error}.") from None
    if state.version != VERSION:
        raise SnapshotError(f"The state has version {state.version}; this pixelpact reads version {VERSION}.")
    return state


def read_state(file: Path) -> State | None:
    """The state in a file; `None` if it is not there yet.

    Raises:
        SnapshotError: it can't be read, holds none, or there is no folder to write it to later.
    """
    if not file.parent.is_dir():
        raise SnapshotError(f"The state {file} needs the folder {file.parent}, which is not there. Make it.")
    try:
        return from_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SnapshotError(f"Can't read the state {file}: {error.strerror}.") from None


def write_state(state: State, file: Path) -> None:
    """Write a state to a file: whole, or not at all.

    Raises:
        OSError: it can't be written.
    """
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as draft:
        draft.write(to_json(state))
    Path(draft.name).replace(file)


def _encoded(profile: Profile) -> object:
    """A profile, the only thing in a state that msgspec does not know, as JSON data."""
    return dict(profile.answers)


def _decoded(_: type[Profile], value: Any) -> object:
    return _profile(tuple(dict(value).items()))


@lru_cache(maxsize=16)
def _profile(answers: tuple[tuple[str, str], ...]) -> Profile:
    """One profile for all jobs that have it."""
    return Profile(dict(answers))
