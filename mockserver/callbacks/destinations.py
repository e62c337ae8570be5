"""Which addresses callbacks may go to, decided by what a name resolves to, never by the name."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from pixelpact.mockserver.errors import DestinationRefused

_Address = IPv4Address | IPv6Address
#: IPv4 addresses behind a translator (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Where cloud machines hand out their own secrets, some of them outside the link-local range.
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


async def resolve(host: str, port: int, *, allowed: Sequence[str]) -> Sequence[str]:
    """The addresses of `host`, in the order to try: loopback ones and, if it matches `allowed`, public ones.

    All addresses of the name must be allowed. The caller must connect to one of those returned, because the
    name may resolve to others a moment later.

    Raises:
        DestinationRefused: the name is unknown, or one of its addresses is not allowed.
    """
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DestinationRefused(f"The host {host!r} is unknown") from None
    found = [str(row[4][0]) for row in rows]
    for text in found:
        address = effective_address(text)
        if is_here(text):
            continue
        if address.is_loopback or is_never_allowed(address):
            raise DestinationRefused(f"The host {host!r} leads to {address}, where callbacks never go")
        if not is_allowed(host, allowed):
            raise DestinationRefused(
                f"The host {host!r} leads to {address}, and callbacks go to this machine only. "
                f"Open it with --callback-hosts {host}"
            )
    return list(dict.fromkeys(found))


def effective_address(text: str) -> _Address:
    """The address that a packet to `text` would reach: the inner one, where an IPv6 address holds one.

    >>> str(effective_address("::ffff:169.254.169.254")), str(effective_address("64:ff9b::a9fe:a9fe"))
    ('169.254.169.254', '169.254.169.254')
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    translated = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or translated or address


def is_here(text: str) -> bool:
    """Whether a packet to `text` stays on this machine; an address of a tunnel does not, whatever it holds.

    >>> is_here("::ffff:127.0.0.1"), is_here("2002:7f00:1::1")
    (True, False)
    """
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_never_allowed(address: _Address) -> bool:
    """Whether no flag allows the address: link-local, metadata, unspecified, multicast or reserved."""
    return (
        address in _METADATA
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
    )


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether a host is one of those allowed; `*` in these stands for any text.

    >>> is_allowed("App.Example.", ["*.example"]), is_allowed("example", ["*.example"])
    (True, False)
    """
    name = host.rstrip(".").lower()
    return any(fnmatchcase(name, pattern.rstrip(".").lower()) for pattern in allowed)
