"""Keeps the tests on this machine: no code of their process may call another one, or ask for its address."""

from __future__ import annotations

import socket
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any
from unicodedata import normalize

import pytest

#: What was forbidden since it was last looked at.
FORBIDDEN: list[str] = []

_CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def is_here(host: object) -> bool:
    """Whether a host is this machine, without asking anybody."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return name == "localhost"
    return address.is_loopback


def forbid(host: object) -> None:
    """Raise PermissionError, unless the host is this machine; it is noted as well, as many would catch it.

    No name below `invalid` exists (RFC 6761 section 6.4), so nobody is asked for one.
    """
    if str(host).endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "There is no such name")
    if not is_here(host):
        FORBIDDEN.append(str(host))
        raise PermissionError(f"A test tried to reach {host}")


def watch_sockets() -> None:
    """Watch everything that is done with Python's sockets, for as long as the process lives."""

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CALLS and isinstance(arguments[1], tuple):
            forbid(arguments[1][0])
        elif event == "socket.getaddrinfo" and not _is_address(arguments[0]):
            forbid(arguments[0])

    sys.addaudithook(audit)


def watch_uvloop(patch: pytest.MonkeyPatch) -> None:
    """Watch uvloop too, where it is installed: its sockets are its own, and no audit hook sees them."""
    try:
        from uvloop import Loop
    except ImportError:
        return
    connect, look_up = Loop.create_connection, Loop.getaddrinfo

    def watched_connect(
        loop: Loop, factory: Callable[[], Any], host: object = None, *rest: Any, **options: Any
    ) -> Awaitable[Any]:
        forbid(host)
        return connect(loop, factory, host, *rest, **options)

    def watched_look_up(loop: Loop, host: object, *rest: Any, **options: Any) -> Awaitable[Any]:
        if not _is_address(host):
            forbid(host)
        return look_up(loop, host, *rest, **options)

    patch.setattr(Loop, "create_connection", watched_connect)
    patch.setattr(Loop, "getaddrinfo", watched_look_up)


def _is_address(host: object) -> bool:
    """Whether nobody has to be asked where a host is."""
    try:
        # Numbers of any kind: 0, 0xa9fea9fe, ... and in any dress, which a look-up takes off first (RFC 3490).
        socket.inet_aton(normalize("NFKC", str(host)))
    except OSError:
        return ":" in str(host) or is_here(host)
    return True
