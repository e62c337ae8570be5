"""A mock server that counts the requests that reach it, and may do something at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.accounts.presets import PRESET
from pixelpact.mockserver.jobs.documents import finished_files, output_status
from pixelpact.mockserver.jobs.lifecycle import state_of
from pixelpact.mockserver.server import serving
from pixelpact.mockserver.service.mock import Mock


class Counted:
    """A server and the number of HTTP requests that it has received, of any kind."""

    def __init__(self) -> None:
        self.requests = 0
        self.created = 0
        self.at: dict[int, Callable[[], None]] = {}
        self.server: Server
        self.proxy_url = ""

    @property
    def base_url(self) -> str:
        """The base URL of its API, or of the proxy before it."""
        return self.proxy_url or self.server.base_url

    def left(self) -> list[str]:
        """What has not been tidied in any account: jobs that may still run, outputs and presets."""
        return asyncio.run(_left(self.server.mock))


async def _left(mock: Mock) -> list[str]:
    contents = await mock.store.contents()
    found = [f"preset of {owner}" for owner, kind, _, _ in contents.records if kind == PRESET]
    for job in contents.jobs:
        state = state_of(job, now=(await mock.accounts.load(job.account)).now())
        if not state.is_over:
            found.append(f"job {job.id} is {state.code}")
        found += [
            f"output {file.name}" for file in finished_files(state) if output_status(file, state) == "enabled"
        ]
    return found


@contextmanager
def counting(**settings: Any) -> Iterator[Counted]:
    """A counted server."""
    counted = Counted()
    with pytest.MonkeyPatch.context() as patch:
        create_app = serving.create_app

        def create(mock: Any) -> Any:
            app = create_app(mock)

            async def count(scope: Any, receive: Any, send: Any) -> None:
                if scope["type"] == "http":
                    counted.requests += 1
                    counted.created += scope["method"] == "POST" and scope["path"].endswith("/jobs")
                    counted.at.get(counted.requests, lambda: None)()
                await app(scope, receive, send)

            return count

        patch.setattr(serving, "create_app", create)
        with Server(Settings(**{"pace": "instant", **settings})) as counted.server:
            yield counted
