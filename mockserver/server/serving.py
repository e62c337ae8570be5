"""Serve the application on a real socket: in the foreground, or in a thread beside a test.

PortUnavailable     the address can't be listened on
"""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import threading
from functools import partial
from types import TracebackType

import uvicorn

from pixelpact.mockserver.clock import Clock
from pixelpact.mockserver.journal.access_log import AccessLog
from pixelpact.mockserver.journal.journal import Journal
from pixelpact.mockserver.server.app import create_app
from pixelpact.mockserver.server.protocol import Protocol
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import read_state
from pixelpact.mockserver.settings import Settings
from pixelpact.schema import operations

_BACKLOG = 1024
#: Answers that are under way may take so long when the server stops.
_SECONDS_TO_STOP = 30


class PortUnavailable(OSError):
    """Nobody can listen on `host` and `port`; the text says why and what to try."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Can't listen on {host} port {port}: {reason}. Choose another one, or 0 for a free one."
        )


class Server:
    """A mock server bound to a socket; connections are accepted from the moment this object exists.

    `run` serves in the foreground until interrupted; as a context manager it serves in a thread.

    Raises:
        PortUnavailable: somebody else has the port, or the host is none of this machine's.
        SnapshotError: the settings name a state that can't be restored.

    >>> with Server(Settings(pace="instant")) as server:
    ...     server.base_url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        log_requests: bool = False,
    ) -> None:
        self.mock = Mock(settings, clock)
        state = None if settings.state_file is None else read_state(settings.state_file)
        if state is not None:
            asyncio.run(self.mock.restore(state))
            self.mock.insist()
        self._socket = _listening_socket(host, port)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._uvicorn = _Uvicorn(
            self.mock.journal,
            uvicorn.Config(
                create_app(self.mock),
                lifespan="on",
                http=partial(  # type: ignore[arg-type]  # uvicorn calls it as it would a class
                    Protocol, access_log=AccessLog(sys.stdout) if log_requests else None
                ),
                ws="none",
                log_level="info" if log_requests else "warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the one that matters is read where URLs are made
                timeout_graceful_shutdown=_SECONDS_TO_STOP,
            ),
        )
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port}"  # noqa: S104  # compared, not bound

    @property
    def base_url(self) -> str:
        """What a client takes as the API's base URL."""
        return self.url + operations()["createJob"].base

    def run(self) -> None:
        """Serve until a signal says stop; answers that are under way are finished."""
        self._uvicorn.run(sockets=[self._socket])

    def run_alone(self) -> None:
        """The same in a process that does nothing else, whose memory is looked through less often.

        Jobs are many small records that never form cycles: each search through all of them finds nothing.
        """
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        self.run()

    def close(self) -> None:
        """Stop listening, if nothing else has."""
        self._socket.close()

    def __enter__(self) -> Server:
        self._thread = threading.Thread(target=self.run, name="pixelpact", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._thread:
            # One that is told to stop while it starts would leave out what belongs to the end.
            while self._thread.is_alive() and not self._uvicorn.has_started.wait(0.1):
                pass
            self._uvicorn.should_exit = True
            self._thread.join()
        self.close()


class _Uvicorn(uvicorn.Server):
    """uvicorn, which does not wait for those who wait for it."""

    def __init__(self, journal: Journal, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._journal = journal
        self.has_started = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        try:
            await super().startup(sockets)
        finally:
            self.has_started.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the answers that are under way."""
        self._journal.stop_waiting()
        await super().shutdown(sockets)


def _listening_socket(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Named as TCP, or asyncio leaves Nagle's algorithm on: 40 ms for each answer.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise PortUnavailable(host, port, error.strerror or str(error)) from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise PortUnavailable(host, port, getattr(error, "strerror", None) or str(error)) from None
    return listening
