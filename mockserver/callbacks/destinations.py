"""Which addresses callbacks may go to. Judged by what a name resolves to, never by the name.

AddressRefused      callbacks don't go to that host
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_Address = IPv4Address | IPv6Address
#: IPv4 addresses behind a translator (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Cloud machines answer here with their own secrets, some outside the link-local range.
_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "fd00:ec2::254",
            "fd20:ce::254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
        ),
    )
)


class AddressRefused(ValueError):
    """Callbacks don't go to a host; the text says why."""


async def resolve(host: str, port: int, *, opened: Sequence[str]) -> Sequence[str]:
    """The addresses of `host`, in the order to try: loopback ones or, if it matches `opened`, decent ones.

    All addresses of the name have to be allowed; the caller must connect to one of those given, since a name
    may lead elsewhere a moment later.

    Raises:
        AddressRefused: the name is unknown, or an address of it is not allowed.
    """
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"The host {host!r} is unknown") from None
    found = [str(row[4][0]) for row in rows]
    for text in found:
        address = judged(text)
        if is_here(text):
            continue
        if address.is_loopback or is_never_allowed(address):
            raise AddressRefused(f"The host {host!r} leads to {address}, where callbacks never go")
        if not is_open(host, opened):
            raise AddressRefused(
                f"The host {host!r} leads to {address}, and callbacks go to this machine only. "
                f"Open it with --callback-hosts {host}"
            )
    return list(dict.fromkeys(found))


def judged(text: str) -> _Address:
    """The address that a packet to `text` would reach: of one inside an IPv6 address, the inner one.

    >>> str(judged("::ffff:169.254.169.254")), str(judged("64:ff9b::a9fe:a9fe"))
    ('169.254.169.254', '169.254.169.254')
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    translated = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or translated or address


def is_here(text: str) -> bool:
    """Whether a packet to `text` stays on this machine: a tunnel's address leaves it, whatever is inside.

    >>> is_here("::ffff:127.0.0.1"), is_here("2002:7f00:1::1")
    (True, False)
    """
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_never_allowed(address: _Address) -> bool:
    """Whether no flag opens the address: link-local, metadata, unspecified, multicast or reserved."""
    return (
        address in _METADATA
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
    )


def is_open(host: str, opened: Iterable[str]) -> bool:
    """Whether a host is one of those that were opened; `*` in these stands for anything.

    >>> is_open("App.Example.", ["*.example"]), is_open("example", ["*.example"])
    (True, False)
    """
    name = host.rstrip(".").lower()
    return any(fnmatchcase(name, pattern.rstrip(".").lower()) for pattern in opened)
