"""The whole state of a server as JSON, and back: jobs, counters, records, and what accounts override.

Left out: what can be drawn again, the journal, and incomplete uploads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import msgspec

from pixelpact.mockserver.accounts.overrides import OVERRIDES, overrides_from
from pixelpact.mockserver.accounts.scenarios import RULE_COUNTS
from pixelpact.mockserver.errors import ScenarioError, SnapshotError
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Contents
from pixelpact.mockserver.stores.codec import decode, encode

#: Raised whenever states of before can't be read any longer.
VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that decides what a server answers.

    `seed` is the one that it was started with, `requests` the number of requests that it has answered.
    """

    version: int = VERSION
    seed: int
    requests: int
    contents: Contents


async def snapshot(mock: Mock) -> State:
    """The state of a server."""
    kept = await mock.store.contents()
    # As it is in force: another server may be started with other options.
    server = replace(
        await mock.accounts.overrides(SERVER), profile=(await mock.accounts.load(SERVER)).profile
    )
    others = tuple(row for row in kept.records if row[:3] != (SERVER, OVERRIDES, SERVER))
    contents = Contents(kept.jobs, kept.counts, (*others, (SERVER, OVERRIDES, SERVER, server.record())))
    return State(seed=mock.settings.seed, requests=mock.request_ids.count, contents=contents)


async def restore(mock: Mock, state: State, *, at_startup: bool = False) -> None:
    """Resume from a state, in place of everything there is; `at_startup`, options given to the server win.

    Raises:
        SnapshotError: the state was made with another seed; nothing has changed then.
    """
    if state.seed != mock.settings.seed:
        raise SnapshotError(
            f"The state was made with the seed {state.seed}, this server has {mock.settings.seed}: "
            f"start it with --seed {state.seed}."
        )
    mock.callbacks.forget(SERVER)
    mock.outputs.clear()
    mock.uploads.clear()
    await mock.store.fill(state.contents)
    await mock.accounts.refresh(SERVER)
    mock.request_ids.count = state.requests
    await mock.scenarios.reapply(at_startup=at_startup)
    if at_startup and mock.settings.profile.answers:
        await mock.accounts.update(SERVER, lambda overrides: replace(overrides, profile=None))


def to_json(state: State) -> bytes:
    """A state as JSON text."""
    return encode(state)


def from_json(text: bytes) -> State:
    """The state that a JSON text holds.

    Raises:
        SnapshotError: it holds none, or one of another version, or names what is not known here.
    """
    try:
        version = decode(text, _Version).version
        if version != VERSION:
            raise SnapshotError(f"The state has version {version}; this pixelpact reads version {VERSION}.")
        state = decode(text, State)
        _check_records(state.contents.records)
    except ScenarioError as error:
        raise SnapshotError(f"The state's scenarios can't be restored: {error}") from None
    except (msgspec.MsgspecError, ValueError) as error:
        if isinstance(error, SnapshotError):
            raise
        raise SnapshotError(f"This is not a state of pixelpact: {error}.") from None
    return state


def read_state(file: Path) -> State | None:
    """The state in a file; `None` if there is no such file yet.

    Raises:
        SnapshotError: the file can't be read, does not hold a state, or can't be written later because its
            folder is missing.
    """
    if not file.parent.is_dir():
        raise SnapshotError(
            f"The state {file} needs the folder {file.parent}, which does not exist. Make it."
        )
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


@dataclass(frozen=True, slots=True)
class _Version:
    version: int


def _check_records(records: Iterable[tuple[str, str, str, dict[str, Any]]]) -> None:
    """Raise an error, if the server could not use one of its own records later."""
    for owner, kind, _, record in records:
        if (owner, kind) == (SERVER, OVERRIDES):
            Settings().override(overrides_from(record).settings)
        elif (owner, kind) == (SERVER, RULE_COUNTS):
            msgspec.convert(record, type=dict[str, tuple[int, int]])
