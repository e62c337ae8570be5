"""Serve the application on a real socket: in the foreground, or in a thread beside a test."""

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
from pixelpact.mockserver.errors import PortUnavailable
from pixelpact.mockserver.journal.access_log import AccessLog
from pixelpact.mockserver.journal.journal import Journal
from pixelpact.mockserver.server.app import create_app
from pixelpact.mockserver.server.protocol import Protocol
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import read_state, restore
from pixelpact.mockserver.settings import Settings
from pixelpact.schema import operations

_BACKLOG = 1024
#: Seconds that open responses may take to finish when the server stops.
_SECONDS_TO_STOP = 30


class Server:
    """A mock server bound to a socket; connections are accepted from the moment this object exists.

    `run` serves in the foreground until interrupted; as a context manager it serves in a thread.

    Raises:
        PortUnavailable: the port is taken, or the host is not one of this machine's.
        SnapshotError: the settings name a state that can't be restored.
        ScenarioError: the settings name scenarios that can't be followed.
        OSError: the file of scenarios can't be read.

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
            asyncio.run(restore(self.mock, state, at_startup=True))
        app = create_app(self.mock)
        self._socket = _listening_socket(host, port)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._uvicorn = _Uvicorn(
            self.mock.journal,
            uvicorn.Config(
                app,
                lifespan="on",
                http=partial(  # type: ignore[arg-type]  # uvicorn calls it as it would a class
                    Protocol, access_log=AccessLog(sys.stdout) if log_requests else None
                ),
                ws="none",
                log_level="info" if log_requests else "warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # `Call.origin` reads the one that matters
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
        """The base URL of the API, for a client."""
        return self.url + operations()["createJob"].base

    def run(self) -> None:
        """Serve until a signal says stop; open responses are finished."""
        self._uvicorn.run(sockets=[self._socket])

    def run_alone(self) -> None:
        """Serve in a process that does nothing else: the garbage collector runs less often.

        Jobs are many small records that never form cycles: a search through all of them finds nothing.
        """
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        self.run()

    def close(self) -> None:
        """Close the socket, if the server has not done so."""
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
            # Stopped during startup, uvicorn would skip the lifespan shutdown.
            while self._thread.is_alive() and not self._uvicorn.has_started.wait(0.1):
                pass
            self._uvicorn.should_exit = True
            self._thread.join()
        self.close()


class _Uvicorn(uvicorn.Server):
    """A uvicorn server that ends long polls before it shuts down."""

    def __init__(self, journal: Journal, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._journal = journal
        self.has_started = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to serve."""
        try:
            await super().startup(sockets)
        finally:
            self.has_started.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish open responses, then stop."""
        self._journal.stop_waiting()
        await super().shutdown(sockets)


def _listening_socket(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Declared as TCP, or asyncio leaves Nagle's algorithm on: 40 ms for each response.
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
