"""The connection that a request came over: whether it is still there, and how to cut it."""

from __future__ import annotations

import array
import asyncio
import socket
import struct
from typing import Any

from starlette.types import Receive, Scope

#: The extension of a request's scope that holds the transport of its connection.
TRANSPORT = "pixelpact.transport"
#: How often a pause checks whether the client is still there, in seconds.
_CHECK_INTERVAL_S = 0.1
#: Attempts and interval (s) when polling for the acknowledgement of sent bytes.
_ACK_ATTEMPTS, _ACK_INTERVAL_S = 2000, 0.005


def is_gone(scope: Scope) -> bool:
    """Whether the client has closed the connection."""
    transport = _transport(scope)
    return transport is not None and transport.is_closing()


async def pause(seconds: float, scope: Scope) -> None:
    """Wait, but no longer than the client does: shutdown waits for open responses."""
    while seconds > 0 and not is_gone(scope):
        await asyncio.sleep(min(seconds, _CHECK_INTERVAL_S))
        seconds -= _CHECK_INTERVAL_S


async def hang_up(scope: Scope, receive: Receive, *, graceful: bool) -> None:
    """Close the connection, or reset it, and return when that is done.

    Raises:
        ConnectionResetError: the app runs without a connection of its own (in process).
    """
    transport = _transport(scope)
    if transport is None:
        raise ConnectionResetError("The mock server hung up: a scenario resets the connection.")
    if graceful:
        transport.close()
    else:
        await _acknowledged(transport)
        # Without lingering, closing is a reset: what is still in the buffers is thrown away.
        no_linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> Any:
    """The transport of a request's connection; `None` if the app runs without one (in process)."""
    return scope.get("extensions", {}).get(TRANSPORT)


async def _acknowledged(transport: Any) -> None:
    """Return once the client's machine has acknowledged all that was sent, or takes no more."""
    connection = transport.get_extra_info("socket")
    for _ in range(_ACK_ATTEMPTS):
        if transport.is_closing() or not (transport.get_write_buffer_size() or _unacknowledged(connection)):
            return
        await asyncio.sleep(_ACK_INTERVAL_S)


def _unacknowledged(connection: Any) -> int:
    """The number of bytes that have not been acknowledged; 0 where the system does not tell (Windows)."""
    try:
        import fcntl
        import termios
    except ImportError:
        return 0
    size = array.array("i", [0])
    fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, size)
    return size[0]
