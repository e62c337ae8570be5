"""Servers that a test starts and stops itself. Whoever waits for one gives up after some seconds."""

from __future__ import annotations

import socket
import threading
from typing import Any

from pixelpact.mockserver import Controller, JournalEntry, Server

#: Longer than anything that is waited for takes on a busy machine.
PATIENCE_S = 20


def connected(server: Server) -> socket.socket:
    """A connection to a server, on which reading gives up in the end."""
    return socket.create_connection((server.host, server.port), timeout=PATIENCE_S)


def arrival(server: Server, **wanted: Any) -> JournalEntry:
    """The first request that a server has received, or will receive; the answer may still be to come."""
    with Controller(server.url) as control:
        return control.wait(timeout=PATIENCE_S, **wanted)


def waiting(server: Server, query: str) -> socket.socket:
    """A connection on which the server was asked to wait for an entry of its journal, and does wait."""
    connection = connected(server)
    connection.sendall(f"GET /_pixelpact/journal/wait?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    with Controller(server.url) as control:
        control.now()  # the server reads requests in the order in which they come
    return connection


def stop(server: Server) -> None:
    """Stop a server; fails where it does not stop."""
    end = threading.Thread(target=server.__exit__, args=(None, None, None), daemon=True)
    end.start()
    end.join(timeout=PATIENCE_S)
    assert not end.is_alive(), "the server does not stop"
