"""Steps that tests take on the parts of a server: each changes what a level overrides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pixelpact.mockserver import Mock
from pixelpact.mockserver.levels import SERVER
from pixelpact.schema import Profile

#: A server, a namespace, an account of it.
LEVELS = [SERVER, "tests/*", "tests/a"]


def on(mock: Mock, *steps: Callable[[Mock], Awaitable[Any]]) -> list[Any]:
    """What some steps come to, one after the other."""

    async def run() -> list[Any]:
        return [await step(mock) for step in steps]

    return asyncio.run(run())


async def set_profile(mock: Mock, *, level: str, answers: dict[str, str]) -> None:
    await mock.accounts.set_profile(level, Profile(answers))


async def advance(mock: Mock, *, level: str, seconds: float) -> None:
    await mock.accounts.set_clock(level, lambda shift, base: shift.advance(seconds, base=base))


async def freeze(mock: Mock, *, level: str) -> None:
    await mock.accounts.set_clock(level, lambda shift, base: shift.freeze(base=base))


async def read_clock(mock: Mock, *, level: str) -> tuple[float, bool]:
    account = await mock.accounts.load(level)
    return account.now(), account.has_frozen_clock


async def choose(mock: Mock, *, level: str, scenario: str) -> None:
    await mock.scenarios.choose(level, [scenario])
